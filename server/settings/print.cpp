#include "server/settings/print.hpp"

#include <algorithm>
#include <string_view>

#include "protocols/document/scalar.hpp"
#include "server/settings/declarations.hpp"

namespace mofa::settings {
namespace {

constexpr std::size_t line_width = 120;

std::string scalar_text(const json& value) {
  if (!value.is_string()) return value.dump();
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:-";
  const auto& text = value.get_ref<const std::string&>();
  const auto resolved = document::resolve_scalar(text);
  const bool safe = !text.empty() && text.find_first_not_of(plain) == text.npos && text.front() != '-' &&
                    text.front() != ':' && text.back() != ':' && resolved && resolved->is_string();
  // A JSON string is a double-quoted scalar of YAML. File names need not be UTF-8.
  return safe ? text : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string flow_text(const json& value) {
  std::string out;
  if (value.is_array()) {
    for (const auto& each : value) out += (out.empty() ? "" : ", ") + flow_text(each);
    return "[" + out + "]";
  }
  if (value.is_object()) {
    for (auto member = value.begin(); member != value.end(); ++member) {
      out += (out.empty() ? "" : ", ") + scalar_text(member.key()) + ": " + flow_text(member.value());
    }
    return "{" + out + "}";
  }
  return scalar_text(value);
}

/// Comment lines of at most line_width bytes, cut between words.
void put_comment(std::string& out, std::string_view text, std::string_view indent) {
  while (!text.empty()) {
    const auto room = line_width - indent.size() - 2;
    auto end = text.size();
    if (end > room) {
      end = text.rfind(' ', room);
      if (end == text.npos) end = text.size();
    }
    out.append(indent).append("# ").append(text.substr(0, end)).append("\n");
    text.remove_prefix(end == text.size() ? end : end + 1);
  }
}

std::string comment_of(const setting& each) {
  const std::string effect = each.effect == reload::live ? "live" : "restart";
  return each.description + " (" + (each.bounds.empty() ? "" : each.bounds + "; ") + effect + ")";
}

/// After a key: the value in the same line, or each member of a map in its own.
void put_value(std::string& out, const json& value, std::string_view indent) {
  if (!value.is_object() || value.empty()) {
    out.append(": ").append(flow_text(value)).append("\n");
    return;
  }
  out += ":\n";
  for (auto member = value.begin(); member != value.end(); ++member) {
    out.append(indent).append("  ").append(scalar_text(member.key())).append(": ");
    out.append(flow_text(member.value())).append("\n");
  }
}

std::string_view top_of(std::string_view section) { return section.substr(0, section.find('.')); }

std::size_t depth_of(std::string_view section) {
  return 1 + static_cast<std::size_t>(std::count(section.begin(), section.end(), '.'));
}

/// The lines "name:" that lead from the section `open` to `section`.
void open_section(std::string& out, std::string_view open, std::string_view section) {
  for (std::size_t end = 0; end < section.size();) {
    const auto begin = end == 0 ? 0 : end + 1;
    end = std::min(section.find('.', begin), section.size());
    const auto whole = section.substr(0, end);
    if (open == whole || (open.starts_with(whole) && open[whole.size()] == '.')) continue;
    out.append(2 * (depth_of(whole) - 1), ' ').append(section.substr(begin, end - begin)).append(":\n");
  }
}

}  // namespace

std::string to_yaml(const configuration& values) {
  std::string out;
  std::string_view open;  // the section of the setting before
  for (const auto& each : declarations()) {
    const std::string_view name = each.name;
    const auto dot = name.rfind('.');
    const auto section = dot == name.npos ? std::string_view{} : name.substr(0, dot);
    if (!out.empty() && (section.empty() || top_of(section) != top_of(open))) out += '\n';
    open_section(out, open, section);
    open = section;
    const std::string indent(section.empty() ? 0 : 2 * depth_of(section), ' ');
    put_comment(out, comment_of(each), indent);
    out.append(indent).append(name.substr(dot == name.npos ? 0 : dot + 1));
    put_value(out, each.show(values), indent);
  }
  return out;
}

}  // namespace mofa::settings
