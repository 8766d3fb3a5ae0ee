// The declarations: each setting once, with its name, what it does, its bounds and its place in the configuration.
// Constants; the loader, --print-config and the test of the shipped file all follow from them.
// Immutable; any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "protocols/core/fields.hpp"
#include "server/settings/configuration.hpp"

namespace mofa::settings {

using core::json;

/// When a changed value takes effect.
enum class reload { live, restart };

/// A value that was given for a setting.
struct given_value {
  const json& value;
  std::string path;              ///< JSON pointer in its document, for errors
  std::filesystem::path folder;  ///< what relative paths begin with; empty: the working directory
};

struct setting {
  std::string name;         ///< "limits.body_bytes"; a dot after each section
  std::string description;  ///< one sentence for a person
  std::string bounds;       ///< "from 1 to 10" or "text | json"; empty when the description says all
  reload effect = reload::restart;
  /// A text given in the environment or on the command line is the value; else it is read as YAML.
  bool is_text = false;
  /// Checks the value and stores it; every mistake becomes an error.
  std::function<void(const given_value&, configuration&, core::field_errors&)> store;
  /// The value as the file would have it, secrets masked.
  std::function<json(const configuration&)> show;
  /// Whether both have the same value, and the value taken over; `holds` makes both.
  std::function<bool(const configuration&, const configuration&)> same;
  std::function<void(const configuration& from, configuration& to)> copy;
};

/// All settings, in the order of the shipped file; those of one section stand together, behind them its sections.
std::span<const setting> declarations();

/// The setting of that name; null when there is none.
const setting* find_setting(std::string_view name);

/// Whether settings are named below that: "limits", "a2a.card".
bool is_section(std::string_view name);

/// "unknown key 'lisen'; did you mean 'listen'?"
std::string unknown_key(std::string_view name);

}  // namespace mofa::settings
