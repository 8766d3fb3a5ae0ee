#include "protocols/sse/decoder.hpp"

#include <algorithm>
#include <utility>

namespace mofa::sse {

result<void> decoder::feed(std::string_view bytes, std::vector<received_event>& out) {
  while (!bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    if (line_.size() + open_.data.size() + end > max_bytes_) {
      return fail(errc::payload_too_large, "an event of the stream has more than " + std::to_string(max_bytes_) + " bytes");
    }
    line_ += bytes.substr(0, end);
    if (end == bytes.size()) break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    take_line(out);
    line_.clear();
  }
  return {};
}

void decoder::take_line(std::vector<received_event>& out) {
  std::string_view line = line_;
  if (std::exchange(first_line_, false) && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  if (line.empty()) {
    if (has_data_) {
      if (open_.type.empty()) open_.type = "message";
      out.push_back(std::move(open_));
    }
    open_ = {};
    has_data_ = false;
    return;
  }
  const auto colon = std::min(line.find(':'), line.size());
  const auto field = line.substr(0, colon);
  auto value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") {
    open_.type = value;
  } else if (field == "data") {
    if (has_data_) open_.data += '\n';
    open_.data += value;
    has_data_ = true;
  }
}

}  // namespace mofa::sse
