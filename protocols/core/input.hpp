// What an agent takes: the message that begins a task, held against the agent's input_schema.
// Asked where an agent admits a task, whichever way the message came, and where an agent is chosen for one.
// Pure; any thread.
#pragma once

#include "protocols/core/definition.hpp"

namespace mofa::core {

/// Stands in for an `input_schema` of a stored definition that cannot be compiled any more: tasks that run need none, and
/// what would begin one fails with `why`.
schema_ptr refusing_schema(error why);
/// That `why`; null when the agent's schema is a real one, or it has none.
const error* refusal_of(const definition& agent);

/// Without an `input_schema` every message is taken. With one the message has exactly one part `data`, which fits the
/// schema; other parts may go with it. A text is never read as JSON. Error invalid: `fields` are JSON pointers into the
/// request, the message being its member `message` ("/message/parts/0/data/city").
result<void> check_input(const definition& agent, const message& what);

/// What a caller that holds JSON says to the agent: the arguments of a tool's call, as the one part `data` of an agent with
/// an `input_schema`, else their member `message` as text. Error invalid, as above: there is no such text, or the data does
/// not fit. `fields` are JSON pointers into the arguments.
result<message> input_from(const definition& agent, const json& arguments, std::string message_id);

/// Writes the arguments of a call into the request of a child ("message" when they are a text alone, else "arguments"), and
/// reads them again.
void put_arguments(json& child_request, json arguments);
json arguments_of(const json& child_request);

/// The JSON Schema of these arguments: what a model is told of an agent that it can call. Null: the schema of the agent is
/// not one of objects, and arguments are always an object.
json input_parameters(const definition& agent);

}  // namespace mofa::core
