// A chain of models: the first is asked, and each next one when the one before it failed.
// Made by the registry when a name is resolved; owned by the asker.
// Immutable; call() on any thread, answers come as its models give them.
#pragma once

#include <string>
#include <vector>

#include "protocols/core/ports/model.hpp"

namespace mofa::models {

/// A model by the name that its provider knows it by.
struct named_model {
  core::model_ptr model;
  std::string name;  ///< written into `model_request::model`
};

/// Attempts are counted through: a fallback goes on where the model before it ended, and its text is a new attempt. When all
/// fail, the error is the last one's and its detail names them all.
core::model_ptr chain_of(std::vector<named_model> models);

}  // namespace mofa::models
