// One decision of an agent of kind `llm`: what follows from one fact.
// Made by the behaviour for one fact and gone after it; reads the conversation as it is with the fact taken in.
// Used by one thread.
#pragma once

#include <vector>

#include "actors/llm/conversation.hpp"
#include "protocols/core/ports/kind.hpp"

namespace mofa::llm {

class decision {
 public:
  decision(const plan& how, const core::task_row& task, conversation& at, const core::fact& what)
      : plan_(how), task_(task), at_(at), fact_(what) {}

  std::vector<core::event_draft> on_submitted();
  std::vector<core::event_draft> on_outcome(awaited of);

 private:
  void think();
  void on_answer();
  void act(const core::model_answer& answer);
  void call(const tool_choice& tool, const core::tool_request& wanted);
  void refuse(const core::tool_request& wanted, const std::string& why);
  void finish(const core::model_answer& answer);
  void correct(const std::string& why);
  void stop(const std::string& code, const std::string& why);

  void emit(std::string_view kind, json data);
  json say(core::part what);
  json say(const std::string& text);
  std::string instructions() const;
  json reserve(const json& messages) const;

  const plan& plan_;
  const core::task_row& task_;
  conversation& at_;  // a copy of the state: what is emitted is taken in at once
  const core::fact& fact_;
  std::vector<core::event_draft> events_;
  std::uint64_t said_ = 0;
};

}  // namespace mofa::llm
