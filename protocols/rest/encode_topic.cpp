#include "protocols/rest/encode.hpp"

namespace mofa::rest {
namespace {

void append_seq(std::string& out, std::uint64_t seq) {
  if (seq == 0)
    out += "null";
  else
    append_number(out, seq);
}

void append_topic(std::string& out, const core::topic_info& one) {
  append_string(out += "{\"topic\":", one.topic);
  append_number(out += ",\"subscribers\":", one.subscribers);
  append_number(out += ",\"depth\":", one.depth);
  append_number(out += ",\"published\":", one.published);
  append_number(out += ",\"dropped\":", one.dropped);
  append_number(out += ",\"unheard\":", one.unheard);
  append_number(out += ",\"kept\":", one.kept);
  append_seq(out += ",\"last_seq\":", one.last_seq);
  out += '}';
}

}  // namespace

std::string encode(const core::published& value) {
  std::string out;
  append_number(out += "{\"delivered\":", value.delivered);
  append_seq(out += ",\"seq\":", value.seq);
  out += '}';
  return out;
}

std::string encode(const core::page<core::topic_info>& value) {
  return encode_page(value.items, value.next_cursor, append_topic);
}

}  // namespace mofa::rest
