#include "protocols/rest/encode.hpp"

namespace mofa::rest {

std::string encode(const core::task& value, std::size_t history) {
  std::string out;
  out.reserve(1024);
  append_task(out, value, history);
  return out;
}

std::string encode(const core::page<core::task_row>& value) {
  return encode_page(value.items, value.next_cursor, append_row);
}

std::string encode_events(const std::vector<core::event_ptr>& events, std::uint64_t next) {
  return encode_page(events, next == 0 ? std::string{} : std::to_string(next),
                     [](std::string& out, const core::event_ptr& one) { out += core::to_json_text(*one); });
}

std::string encode(const core::page<core::message>& value) {
  return encode_page(value.items, value.next_cursor, append_message);
}

}  // namespace mofa::rest
