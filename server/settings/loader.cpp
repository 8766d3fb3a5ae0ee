#include "server/settings/loader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <initializer_list>

#include "protocols/document/document.hpp"
#include "protocols/document/scalar.hpp"
#include "protocols/document/text.hpp"
#include "server/settings/declarations.hpp"
#include "server/settings/substitute.hpp"

namespace mofa::settings {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_file_bytes = 1024 * 1024;
constexpr std::string_view environment_prefix = "MOFA__";

/// Collects what is wrong, a line each, while the values are laid over each other.
struct draft {
  configuration values;
  setting_places places;
  std::vector<std::string> mistakes;
};

result<std::string> read_file(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return fail(errc::io, path.string() + ": cannot be read: is a folder");
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  std::string text(max_file_bytes + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) return fail(errc::io, path.string() + ": cannot be read: " + std::strerror(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

/// The file to read; nothing: built-in defaults.
std::optional<fs::path> choose_file(const sources& from) {
  if (from.file) return fs::path{*from.file};
  if (const auto named = from.environment.find("MOFA_CONFIG"); named != from.environment.end() && !named->second.empty()) {
    return fs::path{named->second};
  }
  for (const auto& path : from.usual_files) {
    std::error_code ignored;
    if (fs::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

/// Replaces variables in all texts below `value`.
void substitute_all(json& value, const std::string& path, const environment_map& environment, core::field_errors& errors) {
  if (value.is_object()) {
    for (auto member = value.begin(); member != value.end(); ++member) {
      substitute_all(member.value(), core::child_path(path, member.key()), environment, errors);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) substitute_all(value[i], core::child_path(path, i), environment, errors);
  } else if (value.is_string() && value.get_ref<const std::string&>().find("${") != std::string::npos) {
    auto text = substitute(value.get_ref<const std::string&>(), environment);
    if (text) {
      value = *std::move(text);
    } else {
      errors.push_back({path, text.error().detail});
    }
  }
}

class file_layer {
 public:
  file_layer(const document::document& source, const environment_map& environment, draft& into)
      : source_(source), environment_(environment), into_(into), folder_(fs::path{source.name}.parent_path()) {}

  void apply() {
    if (source_.value.is_null()) return;  // an empty file
    if (!source_.value.is_object()) {
      errors_.push_back({"", "must be a map of settings"});
    } else {
      for (auto member = source_.value.begin(); member != source_.value.end(); ++member) {
        take(member.key(), member.value(), core::child_path("", member.key()));
      }
    }
    report();
  }

 private:
  /// A setting, or a map of what is named below `name`.
  void take(const std::string& name, const json& value, const std::string& path) {
    if (const auto* known = find_setting(name)) return store(*known, value, path);
    if (!is_section(name)) {
      errors_.push_back({path, unknown_key(name)});
    } else if (value.is_object()) {
      for (auto member = value.begin(); member != value.end(); ++member) {
        take(name + "." + member.key(), member.value(), core::child_path(path, member.key()));
      }
    } else if (!value.is_null()) {  // null: a section whose settings are all commented out
      errors_.push_back({path, "must be a map of settings, not " + std::string{core::type_name(value)}});
    }
  }

  void store(const setting& known, json value, const std::string& path) {
    const auto before = errors_.size();
    const bool variable = value.is_string() && value.get_ref<const std::string&>().find("${") != std::string::npos;
    substitute_all(value, path, environment_, errors_);
    if (errors_.size() > before) return;
    if (variable && !known.is_text) {
      // The file had to quote or leave plain a text; what the variable holds may be a number.
      if (auto resolved = document::resolve_scalar(value.get_ref<const std::string&>())) value = *std::move(resolved);
    }
    known.store({value, path, folder_}, into_.values, errors_);
    into_.places[known.name] = document::place_name(source_.name, source_.locate(path));
  }

  void report() {
    std::vector<std::pair<document::position, std::string>> lines;
    for (const auto& each : errors_) {
      lines.emplace_back(source_.locate(each.path), document::explain(source_, error{errc::invalid, "", {each}}));
    }
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
      return std::pair{a.first.line, a.first.column} < std::pair{b.first.line, b.first.column};
    });
    for (auto& [place, line] : lines) into_.mistakes.push_back(std::move(line));
  }

  const document::document& source_;
  const environment_map& environment_;
  draft& into_;
  fs::path folder_;
  core::field_errors errors_;
};

/// One value given as text, in the environment or on the command line. `where` opens each line of error.
void store_text(const std::string& name, const std::string& text, const std::string& where, draft& into) {
  const auto* known = find_setting(name);
  if (known == nullptr) {
    into.mistakes.push_back(where + ": " + unknown_key(name));
    return;
  }
  json value = text;
  if (!known->is_text) {
    auto read = document::read_yaml(text, where);
    if (!read) {
      into.mistakes.push_back(read.error().detail);
      return;
    }
    value = std::move(read->value);
  }
  core::field_errors errors;
  known->store({value, "", {}}, into.values, errors);
  into.places[name] = where;
  for (const auto& each : errors) into.mistakes.push_back(where + ": " + each.message);
}

void apply_environment(const environment_map& environment, draft& into) {
  for (const auto& [variable, text] : environment) {
    if (!variable.starts_with(environment_prefix)) continue;
    std::string name = variable.substr(environment_prefix.size());
    for (auto at = name.find("__"); at != std::string::npos; at = name.find("__")) name.replace(at, 2, ".");
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    store_text(name, text, "environment " + variable, into);
  }
}

void apply_overrides(const std::vector<std::string>& overrides, draft& into) {
  for (const auto& each : overrides) {
    const auto equals = each.find('=');
    if (equals == std::string::npos) {
      into.mistakes.push_back("command line: '" + each + "' is not key=value");
      continue;
    }
    const auto name = each.substr(0, equals);
    store_text(name, each.substr(equals + 1), "command line " + name, into);
  }
}

error all_of(const std::vector<std::string>& mistakes) {
  std::string detail;
  for (const auto& line : mistakes) detail += (detail.empty() ? "" : "\n") + line;
  return {errc::invalid, std::move(detail)};
}

}  // namespace

result<void> check_together(const configuration& values, const setting_places& places) {
  std::vector<std::string> mistakes;
  // The first of these that somebody has given is where the mistake is.
  const auto add = [&](std::initializer_list<std::string_view> names, const std::string& what) {
    for (const auto name : names)
      if (const auto found = places.find(name); found != places.end())
        return mistakes.push_back(found->second + ": " + what);
    mistakes.push_back(what);
  };
  if (!values.listen.is_loopback() && values.auth.keys.empty())
    add({"listen"}, "listen " + values.listen.text() +
                        ": another address than loopback needs a key; make one with "
                        "'mofa keys new NAME' and put its line under auth.keys, or use --listen 127.0.0.1:" +
                        std::to_string(values.listen.port));
  const auto& a2a = values.a2a;
  // Without it a card's URLs begin with the host that the request names, and anybody could have theirs signed.
  if (a2a.enabled && !a2a.card.signing_key.empty() && a2a.public_base_url.empty())
    add({"a2a.card.signing_key"},
        "a2a.card.signing_key needs a2a.public_base_url: a signed card says where the server is, and no request may choose "
        "that; set a2a.public_base_url to where clients reach this server, such as https://agents.example.org");
  if (a2a.push.first_pause > a2a.push.longest_pause)
    add({"a2a.push.first_pause_ms", "a2a.push.longest_pause_ms"},
        "a2a.push.first_pause_ms: " + std::to_string(a2a.push.first_pause.count()) +
            " is longer than a2a.push.longest_pause_ms, " + std::to_string(a2a.push.longest_pause.count()));
  if (mistakes.empty()) return {};
  return all_of(mistakes);
}

result<loaded> load(const sources& from) {
  draft into;
  std::string origin = "built-in defaults";
  std::optional<std::string> file;
  if (const auto path = choose_file(from)) {
    origin = path->string();
    file = origin;
    const auto text = read_file(*path);
    if (!text) return text.error();
    const auto source =
        path->extension() == ".json" ? document::read_json(*text, origin) : document::read_yaml(*text, origin);
    if (!source) return source.error();
    file_layer{*source, from.environment, into}.apply();
  }
  apply_environment(from.environment, into);
  apply_overrides(from.overrides, into);
  if (into.mistakes.empty()) {
    if (auto checked = check_together(into.values, into.places); !checked) return std::move(checked).error();
    return loaded{std::move(into.values), std::move(origin), std::move(file)};
  }
  return all_of(into.mistakes);
}

environment_map process_environment() {
  environment_map out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != text.npos) out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace mofa::settings
