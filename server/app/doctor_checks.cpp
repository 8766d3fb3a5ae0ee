#include "server/app/doctor_checks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <future>
#include <sstream>

#include "server/app/a2a.hpp"
#include "server/app/card_key.hpp"
#include "server/app/check_bench.hpp"
#include "server/app/definitions.hpp"
#include "server/gateway/gateway.hpp"
#include "server/settings/values.hpp"
#include "server/store/data_folder.hpp"

namespace mofa::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;

constexpr microseconds slow_disk{20'000};
constexpr milliseconds local_patience{1500};

/// How long a page takes to the disk, the middle of some tries; nothing when the folder cannot be written.
std::optional<microseconds> time_to_keep(const fs::path& folder) {
  auto name = (folder / ".mofa-doctor-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file < 0) return std::nullopt;
  ::unlink(name.c_str());
  std::array<microseconds, 5> took{};
  const std::array<char, 4096> page{};
  for (auto& each : took) {
    const auto begun = std::chrono::steady_clock::now();
    const bool kept = ::write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size()) && ::fdatasync(file) == 0;
    each = kept ? std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begun) : microseconds::max();
  }
  ::close(file);
  std::sort(took.begin(), took.end());
  if (took[took.size() / 2] == microseconds::max()) return std::nullopt;
  return took[took.size() / 2];
}

/// Where the folder is, or will be made.
fs::path existing_part(const fs::path& folder) {
  std::error_code ignored;
  auto out = fs::absolute(folder, ignored);
  while (!fs::exists(out, ignored) && out.has_parent_path() && out != out.parent_path()) out = out.parent_path();
  return out;
}

/// The answer of somebody on this machine; nothing when there is none.
std::optional<http_client::response> ask_locally(http_client::client& with, const std::string& url) {
  http_client::request what;
  what.url = url;
  what.trust = http_client::profile::trusted;
  what.connect_timeout = local_patience;
  what.total_timeout = local_patience;
  std::promise<std::optional<http_client::response>> got;
  auto waits = got.get_future();
  const auto call = with.fetch(std::move(what), [&got](result<http_client::response> answer) {
    got.set_value(answer ? std::optional{std::move(*answer)} : std::nullopt);
  });
  return waits.get();
}

finding check_keys(const settings::configuration& from) {
  const auto& keys = from.auth.keys;
  if (keys.empty()) return {"keys", verdict::good, "none; callers on this machine need none", ""};
  const auto now = system_clock{}.now();
  std::string past;
  for (const auto& each : keys)
    if (each.expires && *each.expires <= now) past += (past.empty() ? "" : ", ") + each.name;
  if (past.empty()) return {"keys", verdict::good, fmt::format("{} in auth.keys", keys.size()), ""};
  return {"keys", verdict::notice, "expired: " + past, "mofa keys new NAME"};
}

void add_models(const workbench& bench, std::vector<finding>& out) {
  bool usable = false, stand_in = false;
  for (const auto& each : bench.models->models()) {
    usable = usable || (each.is_default && each.usable);
    stand_in = stand_in || (each.is_default && each.stand_in);
  }
  const std::string fix = "OPENAI_API_KEY or ANTHROPIC_API_KEY in the server's environment, or models.providers";
  const auto how = usable && !stand_in ? verdict::good : verdict::notice;
  out.push_back({"models", how, "default " + bench.models->default_notice(), how == verdict::good ? "" : fix});
  for (const auto& each : bench.models->providers())
    out.push_back({"models", verdict::good, each.name + (each.usable ? " is usable" : " is off: " + each.reason), ""});
}

void add_ollama(const workbench& bench, const settings::configuration& from, std::vector<finding>& out) {
  const auto& providers = from.models.providers;
  const auto found =
      std::find_if(providers.begin(), providers.end(), [](const auto& each) { return each.name == "ollama"; });
  if (found == providers.end()) return;
  const auto answer = ask_locally(*bench.http, found->base_url + "/models");
  const auto shown = settings::without_password(found->base_url);
  if (!answer) {
    out.push_back({"ollama", verdict::good, "none at " + shown + "; nothing needs it", ""});
    return;
  }
  const auto body = core::json::parse(answer->body, nullptr, false);
  std::string names;
  const bool lists = body.is_object() && body.contains("data") && body["data"].is_array();
  for (const auto& each : lists ? body["data"] : core::json::array())
    if (each.is_object() && each.contains("id") && each["id"].is_string())
      names += (names.empty() ? "" : ", ") + each["id"].get<std::string>();
  if (names.empty())
    out.push_back({"ollama", verdict::notice, "answers at " + shown + ", without models", "ollama pull llama3.2"});
  else
    out.push_back({"ollama", verdict::good, fmt::format("at {}: {}", shown, names),
                   fmt::format("to use it: models.default: [ollama/{}]", names.substr(0, names.find(',')))});
}

void add_definitions(const workbench& bench, const settings::configuration& from, std::vector<finding>& out) {
  const std::string begin = "mofa new agent NAME --kind scenario -o FILE, in a folder of `definitions`";
  const auto files = read_definitions(from.definitions, catalog::catalog{bench.kinds, bench.schemas});
  if (!files) {
    std::istringstream mistakes{files.error().detail};
    for (std::string one; std::getline(mistakes, one);)
      out.push_back({"definitions", verdict::bad, one, "correct it there; `mofa validate FILE` checks one file"});
  } else if (files->empty()) {
    out.push_back({"definitions", verdict::notice, "no agents", begin});
  } else {
    out.push_back({"definitions", verdict::good, fmt::format("{} agents", files->size()), ""});
    std::vector<std::string> names;
    for (const auto& each : *files) names.push_back(each.made.definition->name);
    if (const auto missing = missing_default_agent(from.a2a, names))
      out.push_back({"definitions", missing->as_shipped ? verdict::good : verdict::notice, missing->detail, missing->fix});
  }
}

}  // namespace

std::vector<finding> check_data_folder(const fs::path& folder) {
  std::vector<finding> out;
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) {
    out.push_back({"data folder", verdict::good, folder.string() + ": will be made", ""});
  } else if (const auto ours = store::open_data_folder(folder.string()); ours) {
    out.push_back({"data folder", verdict::good, folder.string(), ""});
  } else if (ours.error().code == errc::unavailable) {
    // A server that runs has it: that is as it should be.
    const auto found = split_fix("data folder", verdict::good, ours.error().detail, "");
    out.push_back({found.check, found.how, found.detail, ""});
  } else {
    out.push_back(split_fix("data folder", verdict::bad, ours.error().detail, "use --data DIR"));
    return out;
  }
  const auto where = existing_part(folder);
  const auto took = time_to_keep(where);
  if (!took) {
    out.push_back({"disk", verdict::bad, where.string() + ": cannot be written", "use --data DIR or chown"});
  } else {
    const auto slow = *took > slow_disk;
    out.push_back({"disk", slow ? verdict::notice : verdict::good,
                   fmt::format("fsync takes {}.{:02} ms", took->count() / 1000, took->count() % 1000 / 10),
                   slow ? "a faster disk for data_dir: every acknowledged task waits for it" : ""});
  }
  return out;
}

std::vector<finding> check_door(const settings::configuration& from) {
  std::vector<finding> out;
  gateway::options wanted;
  wanted.address = from.listen.address;
  wanted.port = from.listen.port;
  for (const auto& each : from.auth.keys) {
    const auto hash = gateway::parse_key_hash(each.hash);
    if (hash) wanted.keys.push_back({each.name, *hash, each.tenant, 0, each.expires});
  }
  gateway::probe nobody;
  const system_clock time;
  const auto door = gateway::gateway::listen(std::move(wanted), {}, nobody, time);
  if (door) {
    out.push_back({"port", verdict::good, from.listen.text() + " is free", ""});
  } else {
    const auto http = http_client::client::open({});
    const auto answer = http ? ask_locally(**http, "http://" + from.listen.text() + "/livez") : std::nullopt;
    const auto* server = answer ? answer->find("Server") : nullptr;
    if (server != nullptr && *server == "mofa")
      out.push_back({"port", verdict::good, from.listen.text() + ": a MoFA server answers there", ""});
    else
      out.push_back(split_fix("port", verdict::bad, door.error().detail, "use --listen ADDR:PORT"));
  }
  out.push_back(check_keys(from));
  return out;
}

std::vector<finding> check_cards(const settings::configuration& from) {
  const auto& card = from.a2a.card;
  if (!from.a2a.enabled) return {};
  // Who has keys may have others than this machine's callers in mind, and they come by a proxy.
  if (!from.auth.keys.empty() && from.a2a.public_base_url.empty())
    return {{"agent cards", verdict::notice,
             "their URLs begin with http:// and the Host of the request, also behind a proxy",
             "a2a.public_base_url: https://NAME, where clients reach this server"}};
  if (card.signing_key.empty()) return {};
  const auto signer = card_signer_of(card);
  if (!signer)
    return {split_fix("card key", verdict::bad, signer.error().detail,
                      "openssl genpkey -algorithm ED25519 -out " + card.signing_key.string())};
  const auto tried = (*signer)->sign("a card");
  if (!tried) return {{"card key", verdict::bad, tried.error().detail, "another key"}};
  return {{"card key", verdict::good,
           fmt::format("{} signs with {}, kid {}", card.signing_key.string(), (*signer)->algorithm, card.key_id), ""}};
}

std::vector<finding> check_work(const settings::configuration& from, const extensions& added) {
  std::vector<finding> out;
  const auto bench = check_bench::make(from, added.tools);
  if (!bench) {
    std::istringstream mistakes{bench.error().detail};
    for (std::string one; std::getline(mistakes, one);)
      out.push_back(split_fix("models", verdict::bad, one, "correct it in the configuration"));
    return out;
  }
  add_models(***bench, out);
  add_ollama(***bench, from, out);
  add_definitions(***bench, from, out);
  return out;
}

}  // namespace mofa::app
