#include "protocols/document/document.hpp"

#include "protocols/document/text.hpp"

namespace mofa::document {

position document::locate(std::string_view pointer) const {
  for (;;) {
    if (const auto found = places.find(pointer); found != places.end()) return found->second;
    const auto slash = pointer.rfind('/');
    if (slash == pointer.npos) return {1, 1};
    pointer = pointer.substr(0, slash);
  }
}

result<document> read(std::string_view text, std::string name) {
  if (name.ends_with(".yaml") || name.ends_with(".yml")) return read_yaml(text, std::move(name));
  return read_json(text, std::move(name));
}

std::string explain(const document& source, const error& why) {
  if (why.fields.empty()) return source.name + ": " + why.detail;
  std::string out;
  for (const auto& field : why.fields) {
    if (!out.empty()) out += '\n';
    out += place_name(source.name, source.locate(field.path)) + ": " + field.message;
  }
  return out;
}

}  // namespace mofa::document
