#include "protocols/sse/encoder.hpp"

#include <algorithm>

namespace mofa::sse {

namespace {

// A line break inside the value would begin another field: it starts another `data:` line instead.
void append_data(std::string& out, std::string_view data) {
  while (true) {
    const auto end = std::min(data.find_first_of("\r\n"), data.size());
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == data.size()) return;
    const bool pair = data[end] == '\r' && end + 1 < data.size() && data[end + 1] == '\n';
    data.remove_prefix(end + (pair ? 2 : 1));
  }
}

}  // namespace

void append_event(std::string& out, const core::event& what) {
  out += "id: ";
  out += std::to_string(what.seq);
  out += "\nevent: ";
  out += what.kind;
  out += '\n';
  append_data(out, core::to_json_text(what));
  out += '\n';
}

void append_frame(std::string& out, const core::live_frame& what) {
  out += "event: ";
  out += what.kind;
  out += '\n';
  append_data(out, what.data);
  out += '\n';
}

void append_comment(std::string& out, std::string_view text) {
  out += ": ";
  for (const char c : text) out += c == '\n' || c == '\r' ? ' ' : c;
  out += "\n\n";
}

}  // namespace mofa::sse
