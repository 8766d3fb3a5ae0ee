#include "server/settings/change.hpp"

#include <doctest/doctest.h>

#include "server/settings/declarations.hpp"
#include "server/settings/loader.hpp"

using namespace mofa;
using names = std::vector<std::string>;

namespace {

/// Another value for that setting than its default.
core::json other_value(const settings::setting& which) {
  using core::json;
  const auto list = [](json one) { return json::array({std::move(one)}); };
  if (which.name == "listen") return "127.0.0.1:9";
  if (which.name == "data_dir") return "elsewhere";
  if (which.name == "definitions") return list("more");
  if (which.name == "auth.keys")
    return list(json{{"name", "ci"}, {"hash", "sha256:" + std::string(64, 'a')}, {"scopes", list("admin")}});
  if (which.name == "cors.origins") return list("https://example.org");
  if (which.name == "models.default") return list("scripted/demo");
  if (which.name == "models.aliases") return json{{"a", "b/c"}};
  if (which.name == "models.prices")
    return json{{"a/b", json{{"input_microusd_per_mtok", 1}, {"output_microusd_per_mtok", 2}}}};
  if (which.name == "models.providers") return json{{"p", json{{"kind", "openai"}, {"api_key", "secret"}}}};
  if (which.name == "scheduling.slots") return json{{"tool", 7}};
  if (which.name == "http_client.allow") return list("10.0.0.0/8");
  if (which.name == "http_client.proxy") return "http://me:secret@proxy:1";
  if (which.name == "a2a.enabled") return false;
  if (which.name == "a2a.push.allow_loopback") return true;
  if (which.name == "a2a.default_agent") return "";
  if (which.name == "a2a.public_base_url") return "https://example.org";
  if (which.name == "a2a.card.default") return "v1";
  if (which.name == "a2a.card.signing_key") return "key.pem";
  if (which.name == "a2a.card.key_id") return "2";
  if (which.name == "a2a.errors.profile") return "1.0.0";
  if (which.name == "log.level") return "debug";
  if (which.name == "log.format") return "json";
  return 12;  // what is left are numbers; 12 is within the bounds of all, after the factor below
}

/// The setting stored alone, over the defaults.
settings::configuration with_other(const settings::setting& which) {
  settings::configuration out;
  for (const std::int64_t factor : {1, 1024}) {
    const auto value = other_value(which);
    core::field_errors errors;
    which.store({value.is_number() ? core::json(value.get<std::int64_t>() * factor) : value, "", {}}, out, errors);
    if (errors.empty()) return out;
  }
  FAIL("no other value for " << which.name);
  return out;
}

}  // namespace

TEST_CASE("a change of each setting is found, and taken over or named as waiting") {
  const settings::configuration running;
  for (const auto& each : settings::declarations()) {
    CAPTURE(each.name);
    const auto wanted = with_other(each);
    REQUIRE_FALSE(each.same(running, wanted));
    const auto got = settings::change_of(running, wanted);
    const bool live = each.effect == settings::reload::live;
    CHECK(got.applied == (live ? names{each.name} : names{}));
    CHECK(got.waiting == (live ? names{} : names{each.name}));
    CHECK(each.same(got.now, live ? wanted : running));
  }
}

TEST_CASE("the same configuration is no change, and a waiting setting is named until the restart") {
  settings::configuration running;
  CHECK(settings::change_of(running, running).applied.empty());
  CHECK(settings::change_of(running, running).waiting.empty());
  auto wanted = running;
  wanted.listen.port = 9;
  wanted.log.level = "debug";
  const auto first = settings::change_of(running, wanted);
  CHECK(first.applied == names{"log.level"});
  CHECK(first.waiting == names{"listen"});
  const auto second = settings::change_of(first.now, wanted);
  CHECK(second.applied.empty());
  CHECK(second.waiting == names{"listen"});
}

TEST_CASE("secrets that are shown alike are told apart") {
  settings::configuration running;
  running.auth.keys = {{"ci", "sha256:" + std::string(64, 'a'), "default", {"admin"}, {}}};
  running.http_client.proxy = "http://me:one@proxy:1";
  auto wanted = running;
  wanted.auth.keys[0].hash.back() = 'b';
  wanted.http_client.proxy = "http://me:two@proxy:1";
  const auto got = settings::change_of(running, wanted);
  CHECK(got.applied == names{"auth.keys"});
  CHECK(got.waiting == names{"http_client.proxy"});
}

TEST_CASE("the settings that a running server takes over are these") {
  names live;
  for (const auto& each : settings::declarations())
    if (each.effect == settings::reload::live) live.push_back(each.name);
  CHECK(live == names{"definitions", "auth.keys", "cors.origins", "limits.body_bytes", "limits.header_bytes",
                      "limits.in_flight", "limits.connections", "timeouts.header_ms", "timeouts.idle_ms",
                      "timeouts.write_ms", "scheduling.slots", "scheduling.ageing_ms", "retention.completed_days",
                      "retention.failed_days", "retention.topic_messages_days", "log.level", "log.format",
                      "shutdown.grace_ms"});
}

TEST_CASE("the file that was read is named, so that it can be read again") {
  settings::sources nowhere;
  nowhere.usual_files = {};
  CHECK_FALSE(settings::load(nowhere)->file);
  settings::sources shipped;
  shipped.usual_files = {"config/mofa.yaml"};
  CHECK(settings::load(shipped)->file == "config/mofa.yaml");
}
