// Faults: every failure of the dialect in OpenAI's error form, whoever found it: the reader of a body, a port, or the task.
// Made by the handlers and by the stream of an answer.
// Pure functions over values; any thread.
#pragma once

#include <string>

#include "protocols/core/task.hpp"
#include "protocols/http/message.hpp"
#include "server/base/error.hpp"

namespace mofa::openai {

struct fault {
  int status = 500;
  std::string code;      ///< stable: "unsupported_parameter", "model_not_found", or the code of an errc or of a failed task
  std::string message;   ///< for a person
  std::string param{};   ///< the place in the body ("messages[2].content"); empty: none
  bool settled = false;  ///< the same request would do the same work again: clients shall not repeat it by themselves
};

/// A port's error, or one of the gateway's. What is wrong with a request is 400, as with OpenAI; the other statuses are
/// those of http::problem_kind_of. `param` is the place of the first wrong field.
fault fault_of(const error& why);

/// No agent has that name: 404 `model_not_found`. `why` names near ones.
fault no_model(const error& why);

/// A task that ended otherwise than completed. limit_exceeded 422, deadline_exceeded 504, model_failed 502, rejected 422,
/// canceled 409, everything else 500; the code is the task's own, else the name of its state.
fault fault_of(const core::task_status& end);

/// {"error": {"message", "type", "param", "code"}}
std::string error_text(const fault& what);

/// The answer with that body. One that is settled has `x-should-retry: false`, which OpenAI's clients obey.
http::response to_response(const fault& what);
/// The same for a port's error, with what it says about trying again.
http::response to_response(const error& why);

}  // namespace mofa::openai
