#include "tests/lint/fences.hpp"

#include <algorithm>
#include <set>

#include "tests/lint/lint.hpp"

namespace mofa::lint {

namespace {

using names = std::vector<std::string_view>;

names together(names a, const names& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

const std::vector<std::string_view>& behaviours() {
  static const names all{"actors/scenario",  "actors/llm",    "actors/workflow", "actors/team",
                         "actors/secretary", "actors/script", "actors/remote"};
  return all;
}

const std::vector<room>& rooms() {
  static const std::vector<room> all = [] {
    const names core{"protocols/core"};
    const names wire{"protocols/http", "protocols/sse", "protocols/jsonrpc", "protocols/document"};
    const names hosts{"actors/system",    "actors/supervision", "actors/directory", "actors/scheduling", "actors/bus",
                      "actors/clockwork", "actors/storage",     "actors/catalog",   "actors/task",       "actors/agent",
                      "actors/effects",   "actors/delivery",    "actors/service"};
    std::vector<room> out{
        {"server/base", {}},
        {"server/settings", together(core, {"protocols/document"})},
        // Besides the rooms' probes: GET /metrics is its own route, and whoever has a route brings it.
        {"server/telemetry", {"protocols/http/route.hpp"}},
        {"server/gateway", {"protocols"}},
        {"server/http_client", {"protocols/core/ports/running_call.hpp"}},
        {"server/dashboard", {}},
        {"server/store", core},
        {"server/models", together(core, {"server/http_client", "protocols/openai", "protocols/sse", "protocols/document"})},
        {"server/tools", together(core, {"server/http_client"})},
        {"server/push", together(core, {"server/http_client"})},
        {"server/peers", together(core, {"server/http_client", "protocols/a2a", "protocols/mcp"})},
        {"server/scripting", core},
        {"server/plugins", core},
        {"server/app", together({"server", "protocols", "actors/kernel.hpp"}, behaviours())},
        {"server", {"server/app"}},
        {"protocols/core", {}},
        {"protocols/schema", core},
        {"actors", together(hosts, core)},
    };
    for (const auto folder : wire) out.push_back({folder, core});
    // The envelope is JSON, and protocols/document reads it with the limits.
    for (auto& each : out) {
      if (each.folder == "protocols/jsonrpc") each.sees.push_back("protocols/document");
    }
    for (const auto folder :
         {"protocols/rest", "protocols/openai", "protocols/websocket", "protocols/a2a", "protocols/mcp"}) {
      out.push_back({folder, together(wire, core)});
    }
    for (const auto folder : hosts) out.push_back({folder, together(hosts, core)});
    for (const auto folder : behaviours()) out.push_back({folder, core});
    return out;
  }();
  return all;
}

const std::vector<library>& libraries() {
  static const std::vector<library> all{
      {"CAF", {"caf/"}, {"CAF::core"}, {"actors"}, behaviours(), "actors live in actors/, and behaviours are pure"},
      {"Beast and Asio", {"boost/beast", "boost/asio"}, {}, {"server/gateway"}, {}, "sockets live in server/gateway"},
      {"SQLite", {"sqlite3"}, {"SQLite::SQLite3"}, {"server/store/sqlite"}, {}, "its backend is server/store/sqlite"},
      {"libpq",
       {"libpq", "pqxx/"},
       {"PostgreSQL::PostgreSQL"},
       {"server/store/postgres"},
       {},
       "its backend is server/store/postgres"},
      {"MariaDB", {"mysql", "mariadb"}, {}, {"server/store/mysql"}, {}, "its backend is server/store/mysql"},
      {"yaml-cpp",
       {"yaml-cpp/"},
       {"yaml-cpp", "yaml-cpp::yaml-cpp"},
       {"protocols/document"},
       {},
       "read documents through protocols/document"},
      {"libcurl",
       {"curl/"},
       {"CURL::libcurl"},
       {"server/http_client"},
       {},
       "server/http_client is the only door to foreign hosts"},
      {"AngelScript", {"angelscript"}, {}, {"server/scripting"}, {}, "scripts run in server/scripting"},
      {"prometheus-cpp",
       {"prometheus/"},
       {"prometheus-cpp::core"},
       {"server/telemetry"},
       {},
       "count through the room's probe"},
      {"CLI11", {"CLI/"}, {"CLI11::CLI11"}, {"server/app"}, {}, "the command line is read in server/app"},
      {"std::regex", {"regex"}, {}, {}, {}, "use RE2"},
      {"spdlog",
       {"spdlog/"},
       {},
       {"server", "actors"},
       together(behaviours(), {"server/base"}),
       "protocols and behaviours do not log"},
      {"doctest", {"doctest"}, {"doctest::doctest"}, {}, {}, "tests live in tests/"},
  };
  return all;
}

const room* room_of(std::string_view path) {
  const room* best = nullptr;
  for (const auto& each : rooms()) {
    if (is_under(path, each.folder) && (best == nullptr || each.folder.size() > best->folder.size())) best = &each;
  }
  // What lies directly in server/ or actors/ is the process or the kernel; a folder below them must be a room of its own.
  if (best != nullptr && best->folder.find('/') == std::string_view::npos && folder_of(path) != best->folder) return nullptr;
  return best;
}

bool is_in(std::string_view path, const std::vector<std::string_view>& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](std::string_view folder) { return is_under(path, folder); });
}

void check_fence(const tree& sources, std::vector<finding>& out) {
  for (const auto& [path, text] : sources) {
    if (!is_source(path) || is_under(path, "tests")) continue;
    const auto* own = room_of(path);
    if (own == nullptr) {
      out.push_back({path, 1, "fence", "this folder is no room of the map; add it to tests/lint/fences.cpp"});
      continue;
    }
    for (const auto& each : includes_of(text)) {
      if (!each.quoted || !sources.contains(each.target)) continue;
      const auto* other = room_of(each.target);
      const bool probe = own->folder == "server/telemetry" && each.target.ends_with("/probe.hpp");
      if (other == own || probe || is_under(each.target, "server/base") || is_in(each.target, own->sees)) continue;
      out.push_back({path, each.line, "fence",
                     std::string(own->folder) + " may not include " + each.target +
                         "; meet in a port of protocols/core (the map: tests/lint/fences.cpp)"});
    }
  }
}

void check_foreign(const tree& sources, std::vector<finding>& out) {
  for (const auto& [path, text] : sources) {
    // std::regex is refused everywhere; every other library may be used by a test.
    const bool test = is_under(path, "tests");
    if (!is_source(path)) continue;
    for (const auto& each : includes_of(text)) {
      if (each.quoted) continue;
      for (const auto& lib : libraries()) {
        const bool named = std::any_of(lib.headers.begin(), lib.headers.end(), [&](std::string_view start) {
          return start == "regex" ? each.target == start : each.target.starts_with(start);
        });
        const bool allowed = lib.name != "std::regex" && (test || (is_in(path, lib.lives_in) && !is_in(path, lib.except)));
        if (named && !allowed) {
          out.push_back(
              {path, each.line, "foreign", "<" + each.target + "> may not be included here; " + std::string(lib.advice)});
        }
      }
    }
  }
}

void check_kernel_header(const tree& sources, std::vector<finding>& out) {
  constexpr std::string_view start = "actors/kernel.hpp";
  if (!sources.contains(start)) return;
  std::vector<std::string> open{std::string(start)};
  std::set<std::string, std::less<>> seen{open.front()};
  while (!open.empty()) {
    const auto path = std::move(open.back());
    open.pop_back();
    for (const auto& each : includes_of(sources.find(path)->second)) {
      if (!each.quoted && each.target.starts_with("caf/")) {
        out.push_back({path, each.line, "kernel_header",
                       "actors/kernel.hpp reaches CAF here; the app includes it and must not see <" + each.target +
                           ">; forward-declare, or hide it in a .cpp"});
      }
      if (each.quoted && sources.contains(each.target) && seen.insert(each.target).second) open.push_back(each.target);
    }
  }
}

void check_include_path(const tree& sources, std::vector<finding>& out) {
  for (const auto& [path, text] : sources) {
    if (!is_source(path)) continue;
    for (const auto& each : includes_of(text)) {
      if (!each.quoted || sources.contains(each.target)) continue;
      out.push_back({path, each.line, "include_path",
                     "\"" + each.target +
                         "\" does not exist; own headers are named from the root of the repository, foreign ones in <>"});
    }
  }
}

}  // namespace mofa::lint
