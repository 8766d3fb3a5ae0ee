#include "server/app/client/url.hpp"

namespace mofa::app::client {

std::string server_url(std::string_view given) {
  std::string out{given};
  if (out.find("://") == std::string::npos) out = "http://" + out;
  while (out.ends_with('/')) out.pop_back();
  return out;
}

std::string path_segment(std::string_view name) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view marks = "-._~";
  std::string out;
  for (const char byte : name) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                       marks.find(byte) != marks.npos;
    if (plain) {
      out += byte;
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    out += '%';
    out += digits[value >> 4];
    out += digits[value & 15];
  }
  return out;
}

}  // namespace mofa::app::client
