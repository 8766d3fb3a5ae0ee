#include "server/settings/a2a_values.hpp"

#include <algorithm>
#include <utility>

#include "protocols/core/agent_name.hpp"
#include "server/base/web_url.hpp"
#include "server/settings/values.hpp"

namespace mofa::settings {
namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;
constexpr std::size_t key_id_bytes = 128;

/// Every '%' begins an escape of RFC 3986.
bool is_well_escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdefABCDEF";
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1))
    if (text.size() < at + 3 || text.substr(at + 1, 2).find_first_not_of(digits) != text.npos) return false;
  return true;
}

/// Scheme, host, maybe a port and a path, nothing behind them.
bool is_base_url(std::string_view text) {
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || !is_web_url(text) || text.ends_with('/') || text.find_first_of("?#") != text.npos) return false;
  const auto path = std::min(text.find('/', scheme), text.size());
  return is_well_escaped(text) && text.find_first_of("@\"<>[]{}|^`", path) == text.npos;
}

setting default_agent_setting() {
  setting out;
  out.name = "a2a.default_agent";
  out.description = "The agent that answers at the origin, besides its own /a2a/NAME; \"\" for none.";
  out.is_text = true;
  out.store = [](const given_value& given, configuration& into, core::field_errors& errors) {
    into.a2a.default_agent.clear();
    if (given.value.is_null()) return;
    if (!given.value.is_string()) return errors.push_back({given.path, "must be the name of an agent, or empty"});
    auto name = given.value.get<std::string>();
    if (name.empty()) return;
    if (const auto wrong = core::wrong_agent_name(name); !wrong.empty())
      return errors.push_back({given.path, "is no name of an agent: " + wrong});
    into.a2a.default_agent = std::move(name);
  };
  out.show = [](const configuration& from) { return json(from.a2a.default_agent); };
  return holds(
      std::move(out), [](auto& c) -> auto& { return c.a2a.default_agent; });
}

setting public_base_url_setting() {
  setting out;
  out.name = "a2a.public_base_url";
  out.description =
      "Where clients reach this server, such as https://agents.example.org: what the URLs of cards begin with. null: "
      "http:// "
      "and the Host of the request. Behind a proxy it must be set: forwarded headers are not read.";
  out.store = [](const given_value& given, configuration& into, core::field_errors& errors) {
    into.a2a.public_base_url.clear();
    if (given.value.is_null()) return;
    const auto text = given.value.is_string() ? given.value.get<std::string>() : std::string{" "};
    if (text.empty()) return;
    if (is_base_url(text)) {
      into.a2a.public_base_url = text;
    } else {
      errors.push_back({given.path, "must be null or a URL such as https://agents.example.org, without a slash at its end"});
    }
  };
  out.show = [](const configuration& from) {
    return from.a2a.public_base_url.empty() ? json() : json(from.a2a.public_base_url);
  };
  return holds(
      std::move(out), [](auto& c) -> auto& { return c.a2a.public_base_url; });
}

setting signing_key_setting() {
  setting out;
  out.name = "a2a.card.signing_key";
  out.description =
      "The file of the private key that signs cards: PEM, P-256 (ES256) or Ed25519 (EdDSA); null: cards are not signed. "
      "Needs a2a.public_base_url. A relative path begins at the folder of this file.";
  out.store = [](const given_value& given, configuration& into, core::field_errors& errors) {
    into.a2a.card.signing_key.clear();
    if (given.value.is_null() || (given.value.is_string() && given.value.get_ref<const std::string&>().empty())) return;
    if (given.value.is_string()) {
      // An absolute path replaces the folder.
      into.a2a.card.signing_key = (given.folder / given.value.get<std::string>()).lexically_normal();
    } else {
      errors.push_back({given.path, "must be null or the name of a file"});
    }
  };
  out.show = [](const configuration& from) {
    return from.a2a.card.signing_key.empty() ? json() : json(from.a2a.card.signing_key.string());
  };
  return holds(
      std::move(out), [](auto& c) -> auto& { return c.a2a.card.signing_key; });
}

setting key_id_setting() {
  setting out;
  out.name = "a2a.card.key_id";
  out.description = "What the signatures of cards call their key (kid).";
  out.is_text = true;
  out.store = [](const given_value& given, configuration& into, core::field_errors& errors) {
    const auto text = given.value.is_string() ? given.value.get<std::string>() : std::string{};
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (text.empty() || text.size() > key_id_bytes) {
      errors.push_back({given.path, "must be a string of 1 to " + std::to_string(key_id_bytes) + " bytes"});
    } else if (std::any_of(text.begin(), text.end(), is_control)) {
      errors.push_back({given.path, "must have no control characters"});
    } else {
      into.a2a.card.key_id = text;
    }
  };
  out.show = [](const configuration& from) { return json(from.a2a.card.key_id); };
  return holds(
      std::move(out), [](auto& c) -> auto& { return c.a2a.card.key_id; });
}

void add_card(std::vector<setting>& all) {
  all.push_back(choice(
      "a2a.card.default",
      "The form of a card for who names no version: A2A 1.0 alone, or with the members that 0.3 reads besides.",
      {"v1", "hybrid"}, [](configuration& c) -> std::string& { return c.a2a.card.form; },
      [](const configuration& c) -> const std::string& { return c.a2a.card.form; }));
  all.push_back(signing_key_setting());
  all.push_back(key_id_setting());
}

void add_push(std::vector<setting>& all) {
  all.push_back(boolean(
      "a2a.push.allow_loopback", "Webhooks may be on this machine, and reached by plain HTTP.",
      [](auto& c) -> auto& { return c.a2a.push.allow_loopback; }));
  all.push_back(integer(
      "a2a.push.attempts", "How often one notification is tried before its webhook is given up.", 1, 100,
      [](auto& c) -> auto& { return c.a2a.push.attempts; }));
  all.push_back(integer(
      "a2a.push.first_pause_ms",
      "After the first attempt that failed, at most longest_pause_ms; each pause is twice the one before.", 0, hour_ms,
      [](auto& c) -> auto& { return c.a2a.push.first_pause; }));
  all.push_back(integer(
      "a2a.push.longest_pause_ms", "No pause between two attempts is longer.", 0, day_ms,
      [](auto& c) -> auto& { return c.a2a.push.longest_pause; }));
  all.push_back(integer(
      "a2a.push.timeout_ms", "How long one attempt may take.", 10, hour_ms,
      [](auto& c) -> auto& { return c.a2a.push.timeout; }));
}

}  // namespace

std::vector<setting> a2a_settings_declared() {
  std::vector<setting> all;
  all.push_back(boolean(
      "a2a.enabled", "Whether agents are reached by A2A at all.", [](auto& c) -> auto& { return c.a2a.enabled; }));
  all.push_back(default_agent_setting());
  all.push_back(public_base_url_setting());
  add_card(all);
  all.push_back(choice(
      "a2a.errors.profile", "Whose table of HTTP statuses errors of A2A 1.0 over HTTP+JSON follow.", {"1.0.1", "1.0.0"},
      [](configuration& c) -> std::string& { return c.a2a.errors_profile; },
      [](const configuration& c) -> const std::string& { return c.a2a.errors_profile; }));
  add_push(all);
  return all;
}

}  // namespace mofa::settings
