#include "server/settings/values.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <type_traits>

#include "protocols/core/caller.hpp"
#include "server/base/host.hpp"
#include "server/settings/endpoint.hpp"

namespace mofa::settings {
namespace {

constexpr std::array<std::string_view, 5> key_members{"name", "hash", "tenant", "scopes", "expires"};
constexpr std::size_t key_name_bytes = 128;

/// The strings of an array; what is none of them is an error.
std::vector<std::string> strings_from(const json& value, const std::string& path, core::field_errors& errors) {
  std::vector<std::string> out;
  if (!value.is_array()) {
    errors.push_back({path, "must be a list of strings, not " + std::string{core::type_name(value)}});
    return out;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i].is_string() && !value[i].get_ref<const std::string&>().empty()) {
      out.push_back(value[i].get<std::string>());
    } else {
      errors.push_back({core::child_path(path, i), "must be a string that is not empty"});
    }
  }
  return out;
}

std::optional<std::string> text_from(const given_value& given, core::field_errors& errors) {
  if (given.value.is_string() && !given.value.get_ref<const std::string&>().empty()) return given.value.get<std::string>();
  errors.push_back({given.path, "must be a string that is not empty"});
  return std::nullopt;
}

bool is_key_hash(std::string_view text) {
  constexpr std::string_view prefix = "sha256:";
  return text.size() == prefix.size() + 64 && text.starts_with(prefix) &&
         text.find_first_not_of("0123456789abcdef", prefix.size()) == text.npos;
}

/// RFC 6454, section 6.2: scheme, host and port, no path.
bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == text.npos || (text.substr(0, scheme) != "http" && text.substr(0, scheme) != "https")) return false;
  const auto rest = text.substr(scheme + 3);
  return !rest.empty() && rest.find_first_of("/?#@ *,") == rest.npos;
}

/// What may stand in http_client.allow.
bool is_allowed_host(std::string_view text) {
  return ip_network::parse(text) || is_host_name(text.starts_with("*.") ? text.substr(2) : text);
}

constexpr std::array<std::string_view, 4> proxy_schemes{"http://", "https://", "socks5://", "socks5h://"};

bool is_proxy(std::string_view text) {
  return std::any_of(proxy_schemes.begin(), proxy_schemes.end(), [&](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size() && text.find_first_of(" \t\r\n?#") == text.npos;
  });
}

void read_scopes(const json& value, const std::string& path, auth_key& out, core::field_errors& errors) {
  out.scopes = strings_from(value, path, errors);
  if (value.is_array() && value.empty()) errors.push_back({path, "needs at least one scope"});
  for (std::size_t i = 0; i < out.scopes.size(); ++i) {
    if (core::scope_from(out.scopes[i])) continue;
    errors.push_back({core::child_path(path, i), "unknown scope '" + out.scopes[i] + "'; known: " + core::scope_names()});
  }
}

auth_key read_key(const json& value, const std::string& path, core::field_errors& errors) {
  core::object_fields fields{value, path, key_members, errors};
  auth_key out;
  if (fields.require("name") != nullptr) {
    if (const auto name = fields.text("name", key_name_bytes)) out.name = *name;
    if (out.name.empty()) fields.add("name", "is empty");
  }
  if (fields.require("hash") != nullptr) {
    out.hash = fields.text("hash").value_or("");
    if (!is_key_hash(out.hash))
      fields.add("hash", "must be 'sha256:' and 64 lower-case hex digits, as 'mofa keys new' prints it");
  }
  if (const auto tenant = fields.text("tenant", key_name_bytes)) {
    out.tenant = *tenant;
    if (tenant->empty()) fields.add("tenant", "is empty");
  }
  if (const auto* scopes = fields.require("scopes")) read_scopes(*scopes, fields.path_of("scopes"), out, errors);
  if (const auto expires = fields.text("expires")) {
    out.expires = parse_rfc3339(*expires);
    if (!out.expires) fields.add("expires", "must be a time like 2030-12-31T00:00:00Z");
  }
  return out;
}

void store_keys(const given_value& given, configuration& into, core::field_errors& errors) {
  into.auth.keys.clear();
  if (!given.value.is_array()) {
    errors.push_back({given.path, "must be a list of keys, not " + std::string{core::type_name(given.value)}});
    return;
  }
  for (std::size_t i = 0; i < given.value.size(); ++i) {
    const auto place = core::child_path(given.path, i);
    auto key = read_key(given.value[i], place, errors);
    for (const auto& other : into.auth.keys) {
      if (!key.name.empty() && other.name == key.name) {
        errors.push_back({core::child_path(place, "name"), "'" + key.name + "' is the name of an earlier key"});
      }
    }
    into.auth.keys.push_back(std::move(key));
  }
}

json show_keys(const configuration& from) {
  json out = json::array();
  for (const auto& key : from.auth.keys) {
    json each = {{"name", key.name}, {"hash", "sha256:***"}, {"tenant", key.tenant}, {"scopes", key.scopes}};
    if (key.expires) each["expires"] = to_rfc3339(*key.expires);
    out.push_back(std::move(each));
  }
  return out;
}

template <class At>
setting make(std::string name, std::string description, bool is_text, decltype(setting::store) store,
             decltype(setting::show) show, At at) {
  setting out;
  out.name = std::move(name);
  out.description = std::move(description);
  out.is_text = is_text;
  out.store = std::move(store);
  out.show = std::move(show);
  return holds(std::move(out), at);
}

}  // namespace

setting choice(std::string name, std::string description, std::vector<std::string> words, std::string& (*at)(configuration&),
               const std::string& (*from)(const configuration&)) {
  const auto place = [ at, from ](auto& c) -> auto& {
    if constexpr (std::is_const_v<std::remove_reference_t<decltype(c)>>)
      return from(c);
    else
      return at(c);
  };
  std::string bounds;
  for (const auto& word : words) bounds += (bounds.empty() ? "" : " | ") + word;
  auto out = make(
      std::move(name), std::move(description), true,
      [words = std::move(words), bounds, at](const given_value& given, configuration& into, core::field_errors& errors) {
        if (given.value.is_string() &&
            std::find(words.begin(), words.end(), given.value.get<std::string>()) != words.end()) {
          at(into) = given.value.get<std::string>();
        } else {
          errors.push_back({given.path, "must be one of " + bounds});
        }
      },
      [from](const configuration& c) { return json(from(c)); }, place);
  out.bounds = bounds;
  return out;
}

setting listen_setting() {
  return make(
      "listen", "Address and port of the server. Another address than loopback needs a key under auth.keys.", true,
      [](const given_value& given, configuration& into, core::field_errors& errors) {
        const auto text = text_from(given, errors);
        if (!text) return;
        if (const auto parsed = parse_endpoint(*text)) {
          into.listen = *parsed;
        } else {
          errors.push_back({given.path, "must be ADDRESS:PORT, such as 127.0.0.1:8080, [::1]:8080 or localhost:8080"});
        }
      },
      [](const configuration& from) { return json(from.listen.text()); }, [](auto& c) -> auto& { return c.listen; });
}

setting data_dir_setting() {
  return make(
      "data_dir", "The folder of the database. A relative path begins at the working directory.", true,
      [](const given_value& given, configuration& into, core::field_errors& errors) {
        if (auto text = text_from(given, errors)) into.data_dir = *std::move(text);
      },
      [](const configuration& from) { return json(from.data_dir.string()); }, [](auto& c) -> auto& { return c.data_dir; });
}

setting definitions_setting() {
  return make(
      "definitions",
      "Folders of agent definitions, read at start and watched; none without a file. Relative paths begin at the folder of "
      "this file.",
      false,
      [](const given_value& given, configuration& into, core::field_errors& errors) {
        into.definitions.clear();
        for (const auto& each : strings_from(given.value, given.path, errors)) {
          // An absolute path replaces the folder.
          into.definitions.push_back((given.folder / each).lexically_normal());
        }
      },
      [](const configuration& from) {
        json out = json::array();
        for (const auto& each : from.definitions) out.push_back(each.string());
        return out;
      },
      [](auto& c) -> auto& { return c.definitions; });
}

std::string without_password(std::string_view url) {
  const auto at = url.rfind('@');
  if (at == url.npos) return std::string{url};
  const auto scheme = url.find("://");
  return std::string{url.substr(0, scheme == url.npos ? 0 : scheme + 3)} + "***" + std::string{url.substr(at)};
}

setting auth_keys_setting() {
  return make(
      "auth.keys",
      "Keys of callers, as 'mofa keys new NAME' prints them: {name: ci, hash: \"sha256:…\", tenant: default, "
      "scopes: [" +
          core::scope_names() +
          "], expires: 2030-12-31T00:00:00Z}. "
          "Without keys the server answers on loopback only.",
      false, store_keys, show_keys, [](auto& c) -> auto& { return c.auth.keys; });
}

setting cors_origins_setting() {
  return make(
      "cors.origins", "Origins of web pages that may use the API, such as https://example.org.", false,
      [](const given_value& given, configuration& into, core::field_errors& errors) {
        into.cors.origins = strings_from(given.value, given.path, errors);
        for (std::size_t i = 0; i < into.cors.origins.size(); ++i) {
          if (is_origin(into.cors.origins[i])) continue;
          errors.push_back({given.path, "'" + into.cors.origins[i] + "' is not an origin such as https://example.org"});
        }
      },
      [](const configuration& from) { return json(from.cors.origins); }, [](auto& c) -> auto& { return c.cors.origins; });
}

setting scheduling_slots_setting() {
  return make(
      "scheduling.slots", "How many calls of models and of tools run at one time; more wait, the urgent first.", false,
      [](const given_value& given, configuration& into, core::field_errors& errors) {
        static constexpr std::array<std::string_view, 2> members{"model", "tool"};
        core::object_fields fields{given.value, given.path, members, errors};
        if (const auto n = fields.integer("model", 1, 100'000)) into.scheduling.model_slots = static_cast<int>(*n);
        if (const auto n = fields.integer("tool", 1, 100'000)) into.scheduling.tool_slots = static_cast<int>(*n);
      },
      [](const configuration& from) {
        return json{{"model", from.scheduling.model_slots}, {"tool", from.scheduling.tool_slots}};
      },
      [](auto& c) { return std::tie(c.scheduling.model_slots, c.scheduling.tool_slots); });
}

setting http_client_allow_setting() {
  return make(
      "http_client.allow",
      "Where requests may go whose address comes from users, agents or models, although it is not public: CIDRs, addresses, "
      "hosts, *.suffixes.",
      false,
      [](const given_value& given, configuration& into, core::field_errors& errors) {
        into.http_client.allow = strings_from(given.value, given.path, errors);
        for (const auto& each : into.http_client.allow) {
          if (is_allowed_host(each)) continue;
          errors.push_back({given.path, "'" + each + "' is no CIDR such as 10.1.0.0/16, address, host or *.suffix"});
        }
      },
      [](const configuration& from) { return json(from.http_client.allow); },
      [](auto& c) -> auto& { return c.http_client.allow; });
}

setting http_client_proxy_setting() {
  return make(
      "http_client.proxy", "The proxy of all outbound requests, such as http://proxy:3128; null for none.", false,
      [](const given_value& given, configuration& into, core::field_errors& errors) {
        into.http_client.proxy.clear();
        if (given.value.is_null()) return;
        if (given.value.is_string() && is_proxy(given.value.get_ref<const std::string&>())) {
          into.http_client.proxy = given.value.get<std::string>();
        } else {
          errors.push_back({given.path, "must be null or a URL such as http://proxy:3128 (http, https, socks5, socks5h)"});
        }
      },
      [](const configuration& from) {
        return from.http_client.proxy.empty() ? json() : json(without_password(from.http_client.proxy));
      },
      [](auto& c) -> auto& { return c.http_client.proxy; });
}

}  // namespace mofa::settings
