// The objects of lf.a2a.v1 as ProtoJSON, one by one: what the codec of 1.0 is put together from.
// Used by codec_v1.cpp only; read in codec_v1_read.cpp, written in codec_v1_write.cpp.
// Pure functions over values; any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "protocols/a2a/codec.hpp"
#include "protocols/a2a/proto_fields.hpp"

namespace mofa::a2a::v1 {

/// The enum TaskState by number.
inline constexpr std::array<std::string_view, 9> state_names{
    "TASK_STATE_UNSPECIFIED",    "TASK_STATE_SUBMITTED", "TASK_STATE_WORKING",
    "TASK_STATE_COMPLETED",      "TASK_STATE_FAILED",    "TASK_STATE_CANCELED",
    "TASK_STATE_INPUT_REQUIRED", "TASK_STATE_REJECTED",  "TASK_STATE_AUTH_REQUIRED"};
std::string_view state_name(core::task_state state);
/// `number` is one of state_names, but not the first.
core::task_state state_of(std::size_t number);

// --- reading: what is wrong goes to `errors`, with pointers below `path`

void read_message(const json& value, const std::string& path, core::field_errors& errors, send_question& out);
void read_configuration(const json& value, const std::string& path, core::field_errors& errors, send_question& out);
push_question read_push(const json& value, const std::string& path, core::field_errors& errors);
list_question read_list(proto_fields& fields);

// --- writing

void append_message(std::string& out, const core::message& what, const task_names& names);
void append_artifact(std::string& out, const core::artifact& what);
void append_status(std::string& out, const core::task_status& what, const task_names& names);
/// `,"metadata":{…}` with the status' code; nothing when it has none.
void append_code(std::string& out, const core::task_status& what);
/// `listed`: in a list `artifacts` is there even when there are none.
void append_task(std::string& out, const core::task& what, const shown& how, bool listed);
void append_push(std::string& out, const core::push_config& what);

}  // namespace mofa::a2a::v1
