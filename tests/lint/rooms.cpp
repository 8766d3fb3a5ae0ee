#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "tests/lint/fences.hpp"
#include "tests/lint/lint.hpp"

namespace mofa::lint {

namespace {

bool is_cmake(std::string_view path) { return path == "CMakeLists.txt" || path.ends_with("/CMakeLists.txt"); }

/// The path that an argument of a CMakeLists.txt means, from the root; empty when only CMake can know.
std::string resolved(std::string_view folder, std::string_view argument) {
  constexpr std::string_view root = "${CMAKE_SOURCE_DIR}/";
  constexpr std::string_view here = "${CMAKE_CURRENT_SOURCE_DIR}/";
  if (argument.starts_with(root)) {
    folder = {};
    argument.remove_prefix(root.size());
  } else if (argument.starts_with(here)) {
    argument.remove_prefix(here.size());
  }
  if (argument.find("${") != std::string_view::npos) return {};
  return (std::filesystem::path(folder) / argument).lexically_normal().generic_string();
}

/// A library as its room declares it.
struct declared {
  std::string path;
  std::size_t line = 0;
  std::vector<std::string> deps;
};

/// The words of one keyword of a mofa_library(): NAME, SRCS or DEPS.
std::vector<std::string> keyword(const command& from, std::string_view wanted) {
  std::vector<std::string> out;
  std::string_view current;
  for (const auto& argument : from.arguments) {
    if (argument == "NAME" || argument == "SRCS" || argument == "DEPS" || argument == "SYSTEM_DEPS" ||
        argument == "LABELS" || argument == "TIMEOUT") {
      current = argument;
    } else if (current == wanted) {
      out.push_back(argument);
    }
  }
  return out;
}

std::map<std::string, declared> libraries_of(const tree& sources) {
  std::map<std::string, declared> out;
  for (const auto& [path, text] : sources) {
    if (!is_cmake(path)) continue;
    for (const auto& each : commands_of(text)) {
      if (each.name != "mofa_library") continue;
      const auto name = keyword(each, "NAME");
      if (!name.empty()) out[name.front()] = {path, each.line, keyword(each, "DEPS")};
    }
  }
  return out;
}

/// A library's folder, or the room around it, when that declares the folder's sources in its own CMakeLists.txt.
bool may_link(std::string_view folder, const library& lib) {
  if (is_in(folder, lib.except)) return false;
  return std::any_of(lib.lives_in.begin(), lib.lives_in.end(), [&](std::string_view home) {
    return is_under(folder, home) || (is_under(home, folder) && folder.find('/') != std::string_view::npos);
  });
}

void check_own_links(const tree& sources, std::vector<finding>& out) {
  for (const auto& [path, text] : sources) {
    if (!is_cmake(path) || path == "CMakeLists.txt" || is_under(path, "tests")) continue;
    for (const auto& each : commands_of(text)) {
      for (const auto& lib : libraries()) {
        for (const auto target : lib.targets) {
          const auto& words = each.arguments;
          if (may_link(folder_of(path), lib) || std::find(words.begin(), words.end(), target) == words.end()) continue;
          out.push_back(
              {path, each.line, "link", std::string(target) + " may not be linked here; " + std::string(lib.advice)});
        }
      }
    }
  }
}

}  // namespace

void check_readme(const tree& sources, std::vector<finding>& out) {
  std::set<std::string_view> asked;
  for (const auto& [path, text] : sources) {
    const auto* own = is_source(path) && !is_under(path, "tests") ? room_of(path) : nullptr;
    if (own == nullptr || !asked.insert(own->folder).second) continue;
    auto readme = std::string(own->folder) + "/README.md";
    if (!sources.contains(readme)) {
      out.push_back({std::move(readme), 1, "readme",
                     "missing; half a page: what the room is for, its nouns, what it may see, what it must never do"});
    }
  }
}

void check_unlisted(const tree& sources, std::vector<finding>& out) {
  std::set<std::string, std::less<>> listed{"CMakeLists.txt"};
  for (const auto& [path, text] : sources) {
    if (!is_cmake(path)) continue;
    for (const auto& each : commands_of(text)) {
      for (const auto& argument : each.arguments) {
        const auto target = resolved(folder_of(path), argument);
        listed.insert(each.name == "add_subdirectory" ? target + "/CMakeLists.txt" : target);
      }
    }
  }
  for (const auto& [path, text] : sources) {
    if (listed.contains(path)) continue;
    if (path.ends_with(".cpp"))
      out.push_back({path, 1, "unlisted", "no CMakeLists.txt names this file; list it under SRCS, or delete it"});
    if (is_cmake(path)) out.push_back({path, 1, "unlisted", "no add_subdirectory() reaches this file"});
  }
}

void check_glob(const tree& sources, std::vector<finding>& out) {
  for (const auto& [path, text] : sources) {
    if (!is_cmake(path)) continue;
    for (const auto& each : commands_of(text)) {
      const bool globs = each.name == "aux_source_directory" ||
                         (each.name == "file" && !each.arguments.empty() && each.arguments.front().starts_with("GLOB"));
      if (globs) out.push_back({path, each.line, "glob", "sources are listed by name under SRCS"});
    }
  }
}

void check_link(const tree& sources, std::vector<finding>& out) {
  check_own_links(sources, out);
  const auto all = libraries_of(sources);
  for (const auto& [name, own] : all) {
    if (!is_in(own.path, behaviours())) continue;
    // Walks all that the behaviour links, and remembers the way for the report.
    std::vector<std::vector<std::string>> open{{name}};
    std::set<std::string> seen{name};
    while (!open.empty()) {
      const auto way = std::move(open.back());
      open.pop_back();
      const auto at = all.find(way.back());
      if (at == all.end()) continue;
      for (const auto& dep : at->second.deps) {
        // A behaviour that names CAF itself has been reported already.
        if (dep.starts_with("CAF::") && way.size() > 1) {
          std::string through;
          for (const auto& step : way) through.append(step).append(" -> ");
          out.push_back({own.path, own.line, "link", "a behaviour may not link CAF: " + through + dep});
        }
        if (!seen.insert(dep).second) continue;
        open.push_back(way);
        open.back().push_back(dep);
      }
    }
  }
}

}  // namespace mofa::lint
