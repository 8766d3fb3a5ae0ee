#include "server/settings/loader.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "server/settings/print.hpp"

using namespace mofa;
using settings::load;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone at the end of the test.
class scratch {
 public:
  scratch() {
    std::string pattern = (fs::temp_directory_path() / "mofa-settings-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
  }
  ~scratch() { fs::remove_all(folder); }
  std::string write(const std::string& name, std::string_view text) const {
    const auto path = folder / name;
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
    return path.string();
  }
  fs::path folder;
};

/// Loads this text as a file; the file's folder is cut from errors.
struct attempt {
  attempt(std::string_view text, settings::environment_map environment = {}, std::vector<std::string> overrides = {}) {
    scratch place;
    settings::sources from;
    from.file = place.write("mofa.yaml", text);
    from.environment = std::move(environment);
    from.overrides = std::move(overrides);
    auto done = load(from);
    if (done) {
      values = done->values;
      ok = true;
      return;
    }
    error = done.error().detail;
    const auto prefix = place.folder.string() + "/";
    for (auto at = error.find(prefix); at != error.npos; at = error.find(prefix)) error.erase(at, prefix.size());
  }
  bool ok = false;
  settings::configuration values;
  std::string error;
};

settings::sources nothing() {
  settings::sources from;
  from.usual_files = {};
  return from;
}

const std::string some_hash = "sha256:" + std::string(64, 'a');

}  // namespace

TEST_CASE("without any file the built-in defaults hold") {
  const auto done = load(nothing());
  REQUIRE(done);
  CHECK(done->origin == "built-in defaults");
  CHECK(done->values.listen.text() == "127.0.0.1:8080");
  CHECK(done->values.limits.body_bytes == 8388608);
  CHECK(done->values.retention.failed == std::chrono::days{90});
  CHECK(done->values.retention.topic_messages == std::chrono::days{7});
}

TEST_CASE("a file sets what it names and leaves the rest") {
  const attempt got{
      "listen: '[::1]:0'\nlimits: {body_bytes: 2048}\ntimeouts:\nshutdown: {grace_ms: 5}\nlog:\n  level: debug\n  format: "
      "json\n"};
  REQUIRE(got.ok);
  CHECK(got.values.listen.address == "::1");
  CHECK(got.values.listen.port == 0);
  CHECK(got.values.limits.body_bytes == 2048);
  CHECK(got.values.limits.header_bytes == 16384);
  CHECK(got.values.shutdown.grace == milliseconds{5});
  CHECK(got.values.log.level == "debug");
  CHECK(got.values.log.format == "json");
  CHECK(attempt{""}.ok);
}

TEST_CASE("an unknown key is named with its place and the nearest known one") {
  CHECK(attempt{"# mine\n\nlisen: 127.0.0.1:1\n"}.error == "mofa.yaml:3:1: unknown key 'lisen'; did you mean 'listen'?");
  CHECK(attempt{"limits:\n  body_byte: 1\n"}.error ==
        "mofa.yaml:2:3: unknown key 'limits.body_byte'; did you mean 'limits.body_bytes'?");
  CHECK(attempt{"tls: null\n"}.error ==
        "mofa.yaml:1:1: unknown key 'tls'; known: listen, data_dir, definitions, auth, cors, limits, timeouts, threads, "
        "models, scheduling, http_client, a2a, retention, log, shutdown");
  CHECK(attempt{"auth: {keys: [{name: a, hsh: x, hash: '" + some_hash + "', scopes: [admin]}]}"}.error ==
        "mofa.yaml:1:25: unknown member 'hsh'; did you mean 'hash'?");
}

TEST_CASE("settings of later versions are unknown keys") {
  for (const std::string key : {"tls", "store", "peers"}) {
    CHECK(attempt{key + ": {}\n"}.error.starts_with("mofa.yaml:1:1: unknown key '" + key + "'"));
  }
}

TEST_CASE("every mistake is named, in the order of the file") {
  CHECK(attempt{"threads: {io: -1}\nlimits:\n  in_flight: 0\n  connections: many\nlisten: nowhere\ncors: 3\n"}.error ==
        "mofa.yaml:1:11: must be from 0 to 256\n"
        "mofa.yaml:3:3: must be from 1 to 1000000\n"
        "mofa.yaml:4:3: must be an integer, not a string\n"
        "mofa.yaml:5:1: must be ADDRESS:PORT, such as 127.0.0.1:8080, [::1]:8080 or localhost:8080\n"
        "mofa.yaml:6:1: must be a map of settings, not an integer");
}

TEST_CASE("values out of bounds and of wrong types are refused") {
  CHECK(attempt{"limits: {body_bytes: 1023}"}.error == "mofa.yaml:1:10: must be from 1024 to 1073741824");
  CHECK(attempt{"limits: {body_bytes: 18446744073709551615}"}.error == "mofa.yaml:1:10: must be from 1024 to 1073741824");
  CHECK(attempt{"limits: {body_bytes: 1e4}"}.error == "mofa.yaml:1:10: must be an integer, not a number");
  CHECK(attempt{"log: {level: loud}"}.error == "mofa.yaml:1:7: must be one of trace | debug | info | warn | error");
  CHECK(attempt{"data_dir: ''"}.error == "mofa.yaml:1:1: must be a string that is not empty");
  CHECK(attempt{"definitions: agents"}.error == "mofa.yaml:1:1: must be a list of strings, not a string");
  CHECK(attempt{"definitions: [a, 1]"}.error == "mofa.yaml:1:18: must be a string that is not empty");
  CHECK(attempt{"cors: {origins: ['https://a.example/', 'https://b.example:8443']}"}.error ==
        "mofa.yaml:1:8: 'https://a.example/' is not an origin such as https://example.org");
  CHECK(attempt{"[1]"}.error == "mofa.yaml:1:1: must be a map of settings");
  CHECK(attempt{"listen: 127.0.0.1:65536"}.error.starts_with("mofa.yaml:1:1: must be ADDRESS:PORT"));
  CHECK(attempt{"listen: example.org:80"}.error.starts_with("mofa.yaml:1:1: must be ADDRESS:PORT"));
  CHECK(attempt{"listen: '::1:80'"}.error.starts_with("mofa.yaml:1:1: must be ADDRESS:PORT"));
}

TEST_CASE("a file that is no YAML is refused with line and column") {
  CHECK(attempt{"listen: 127.0.0.1:1\nlisten: 127.0.0.1:2"}.error == "mofa.yaml:2:1: the key 'listen' is there already");
  CHECK(attempt{"a: &x [*x]"}.error == "mofa.yaml:1:4: anchors and aliases are not allowed");
}

TEST_CASE("a file that somebody named must be readable") {
  auto from = nothing();
  from.file = "/nonexistent/mofa.yaml";
  auto done = load(from);
  REQUIRE_FALSE(done);
  CHECK(done.error().code == errc::io);
  CHECK(done.error().detail == "/nonexistent/mofa.yaml: cannot be read: No such file or directory");
  from.file.reset();
  from.environment["MOFA_CONFIG"] = "/nonexistent/other.yaml";
  CHECK(load(from).error().detail == "/nonexistent/other.yaml: cannot be read: No such file or directory");
  from.file = "/";
  CHECK(load(from).error().detail == "/: cannot be read: is a folder");
  from.file = "/dev/zero";  // endless
  CHECK(load(from).error().detail == "/dev/zero:1:1: control characters are not allowed");
}

TEST_CASE("the first named file wins, then the first usual one") {
  const scratch place;
  auto from = nothing();
  const auto a = place.write("a.yaml", "threads: {io: 1}");
  const auto b = place.write("b.yaml", "threads: {io: 2}");
  const auto c = place.write("c.yaml", "threads: {io: 3}");
  from.usual_files = {place.folder / "none.yaml", b, c};
  CHECK(load(from)->origin == b);
  CHECK(load(from)->values.threads.io == 2);
  from.environment["MOFA_CONFIG"] = c;
  CHECK(load(from)->origin == c);
  from.file = a;
  CHECK(load(from)->origin == a);
  CHECK(load(from)->values.threads.io == 1);
}

TEST_CASE("the environment beats the file and the command line beats both") {
  const std::string file = "limits: {body_bytes: 2000, header_bytes: 2000, in_flight: 2000}";
  const settings::environment_map environment{
      {"MOFA__LIMITS__BODY_BYTES", "3000"}, {"MOFA__LIMITS__HEADER_BYTES", "3000"}, {"OTHER", "x"}, {"MOFA_X", "y"}};
  const attempt got{file, environment, {"limits.body_bytes=4000"}};
  REQUIRE(got.ok);
  CHECK(got.values.limits.in_flight == 2000);
  CHECK(got.values.limits.header_bytes == 3000);
  CHECK(got.values.limits.body_bytes == 4000);
}

TEST_CASE("texts and lists come from environment and command line too") {
  const attempt got{"",
                    {{"MOFA__LISTEN", "localhost:1234"}, {"MOFA__CORS__ORIGINS", "[http://a.example, 'http://b.example']"}},
                    {"data_dir=01", "log.level=warn"}};
  REQUIRE(got.ok);
  CHECK(got.values.listen.text() == "localhost:1234");
  CHECK(got.values.cors.origins.size() == 2);
  CHECK(got.values.data_dir == "01");
  CHECK(got.values.log.level == "warn");
}

TEST_CASE("mistakes in environment and command line name the variable and the key") {
  CHECK(attempt{"", {{"MOFA__LISEN", "x"}}}.error == "environment MOFA__LISEN: unknown key 'lisen'; did you mean 'listen'?");
  CHECK(attempt{"", {{"MOFA__LIMITS__BODY_BYTES", "x"}}}.error ==
        "environment MOFA__LIMITS__BODY_BYTES: must be an integer, not a string");
  CHECK(attempt{"", {{"MOFA__CORS__ORIGINS", "[a"}}}.error.starts_with("environment MOFA__CORS__ORIGINS:1:"));
  CHECK(attempt{"", {}, {"limits.body_bytes=1"}}.error == "command line limits.body_bytes: must be from 1024 to 1073741824");
  CHECK(attempt{"", {}, {"limits.body=1024"}}.error.starts_with("command line limits.body: unknown key 'limits.body'"));
  CHECK(attempt{"", {}, {"listen"}}.error == "command line: 'listen' is not key=value");
}

TEST_CASE("variables in the file come from the environment or their default") {
  const settings::environment_map environment{{"PORT", "9000"}, {"SIZE", "4096"}, {"EMPTY", ""}};
  const attempt got{
      "listen: 127.0.0.1:${PORT}\nlimits: {body_bytes: '${SIZE}', in_flight: \"${MANY:-77}\"}\ndata_dir: "
      "a${EMPTY}/${EMPTY:-b}/$c\n",
      environment};
  CHECK(got.error == "");
  CHECK(got.values.listen.port == 9000);
  CHECK(got.values.limits.body_bytes == 4096);
  CHECK(got.values.limits.in_flight == 77);
  CHECK(got.values.data_dir == "a/b/$c");
}

TEST_CASE("a missing variable is an error with its place") {
  CHECK(attempt{"threads: {io: 1}\ndata_dir: ${HERE}"}.error ==
        "mofa.yaml:2:1: the environment variable HERE is not set; set it or write ${HERE:-default}");
  CHECK(attempt{"data_dir: ${HERE"}.error == "mofa.yaml:1:1: '${' without '}'");
  CHECK(attempt{"data_dir: ${A B}"}.error == "mofa.yaml:1:1: '${A B}' does not name a variable");
  CHECK(attempt{"data_dir: ${}"}.error == "mofa.yaml:1:1: '${}' does not name a variable");
}

TEST_CASE("relative folders in a file begin at its folder, the data folder at the working directory") {
  const scratch place;
  auto from = nothing();
  from.file = place.write("etc/mofa.yaml", "definitions: [agents, ../other, /absolute]\ndata_dir: var");
  const auto done = load(from);
  REQUIRE(done);
  CHECK(done->values.definitions ==
        std::vector<fs::path>{place.folder / "etc/agents", place.folder / "other", fs::path{"/absolute"}});
  CHECK(done->values.data_dir == "var");
  from.overrides = {"definitions=[mine]"};
  CHECK(load(from)->values.definitions == std::vector<fs::path>{"mine"});
}

TEST_CASE("an address other than loopback needs a key") {
  CHECK(attempt{"listen: 0.0.0.0:8080"}.error ==
        "mofa.yaml:1:1: listen 0.0.0.0:8080: another address than loopback needs a key; make one with 'mofa keys new NAME' "
        "and put its "
        "line under "
        "auth.keys, or use --listen 127.0.0.1:8080");
  CHECK_FALSE(attempt{"listen: '[::]:8080'"}.ok);
  CHECK(attempt{"listen: 127.8.9.10:8080"}.ok);
  CHECK(attempt{"listen: 0.0.0.0:8080\nauth: {keys: [{name: a, hash: '" + some_hash + "', scopes: [admin]}]}"}.ok);
}

TEST_CASE("keys are read with their scopes, tenant and end") {
  const attempt got{"auth:\n  keys:\n    - {name: ci, hash: \"" + some_hash +
                    "\", tenant: acme, scopes: [\"tasks:read\", metrics], expires: 2030-01-02T03:04:05Z}\n"};
  REQUIRE(got.ok);
  const auto& key = got.values.auth.keys.at(0);
  CHECK(key.name == "ci");
  CHECK(key.hash == some_hash);
  CHECK(key.tenant == "acme");
  CHECK(key.scopes == std::vector<std::string>{"tasks:read", "metrics"});
  CHECK(to_rfc3339(key.expires.value()) == "2030-01-02T03:04:05.000Z");
}

TEST_CASE("each mistake in a key is named") {
  CHECK(attempt{"auth:\n  keys:\n    - name: ci\n      hash: sha256:XY\n      scopes: [tasks]\n      expires: soon\n    - "
                "{name: ci}\n"}
            .error ==
        "mofa.yaml:4:7: must be 'sha256:' and 64 lower-case hex digits, as 'mofa keys new' prints it\n"
        "mofa.yaml:5:16: unknown scope 'tasks'; known: tasks:read, tasks:write, agents:read, agents:write, metrics, admin\n"
        "mofa.yaml:6:7: must be a time like 2030-12-31T00:00:00Z\n"
        "mofa.yaml:7:7: missing member 'hash'\n"
        "mofa.yaml:7:7: missing member 'scopes'\n"
        "mofa.yaml:7:8: 'ci' is the name of an earlier key");
  CHECK(attempt{"auth: {keys: [{name: a, hash: '" + some_hash + "', scopes: []}]}"}.error ==
        "mofa.yaml:1:106: needs at least one scope");
}

TEST_CASE("a JSON file serves as well") {
  const scratch place;
  auto from = nothing();
  from.file = place.write("mofa.json", R"({"threads": {"io": 3}})");
  CHECK(load(from)->values.threads.io == 3);
}

TEST_CASE("hosts beyond the guard, and the proxy, are read, and what is neither is told") {
  const attempt got{
      "http_client:\n  allow: [10.1.0.0/16, fd00::/8, 127.0.0.1, wiki, \"*.corp.example\"]\n"
      "  proxy: http://me:secret@proxy:3128\n"};
  REQUIRE(got.ok);
  CHECK(got.values.http_client.allow.size() == 5);
  CHECK(got.values.http_client.proxy == "http://me:secret@proxy:3128");
  const attempt none{"http_client: {proxy: null}"};
  REQUIRE(none.ok);
  CHECK(none.values.http_client.proxy.empty());

  for (const auto* each : {"10.1.0.0/33", "10.1.0.1/16", "*", "http://wiki", "127.1", "a b"}) {
    const std::string entry = each;
    CAPTURE(entry);
    CHECK(attempt{"http_client:\n  allow: ['" + entry + "']\n"}.error ==
          "mofa.yaml:2:3: '" + entry + "' is no CIDR such as 10.1.0.0/16, address, host or *.suffix");
  }
  for (const auto* each : {"proxy:3128", "ftp://proxy", "http://", "12", "''"}) {
    const std::string proxy = each;
    CAPTURE(proxy);
    CHECK(attempt{"http_client:\n  proxy: " + proxy + "\n"}.error ==
          "mofa.yaml:2:3: must be null or a URL such as http://proxy:3128 (http, https, socks5, socks5h)");
  }
}

TEST_CASE("sections within a section are reached from everywhere") {
  const attempt got{"a2a:\n  card: {default: v1}\n  push:\n    attempts: 3\n    timeout_ms: 20\n  errors:\n",
                    {{"MOFA__A2A__PUSH__ALLOW_LOOPBACK", "true"}, {"MOFA__A2A__PUSH__ATTEMPTS", "4"}},
                    {"a2a.push.attempts=5", "a2a.card.key_id=2026"}};
  CHECK(got.error == "");
  CHECK(got.values.a2a.card.form == "v1");
  CHECK(got.values.a2a.card.key_id == "2026");
  CHECK(got.values.a2a.push.allow_loopback);
  CHECK(got.values.a2a.push.attempts == 5);
  CHECK(got.values.a2a.push.timeout == milliseconds{20});
  CHECK(got.values.a2a.errors_profile == "1.0.1");
}

TEST_CASE("an unknown key within a section within a section is named in full") {
  CHECK(attempt{"a2a: {card: {defalt: v1}}"}.error ==
        "mofa.yaml:1:14: unknown key 'a2a.card.defalt'; did you mean 'a2a.card.default'?");
  CHECK(attempt{"a2a:\n  crd: {default: v1}\n"}.error == "mofa.yaml:2:3: unknown key 'a2a.crd'; did you mean 'a2a.card'?");
  CHECK(attempt{"a2a: {card: hybrid}"}.error == "mofa.yaml:1:7: must be a map of settings, not a string");
}

TEST_CASE("the settings of A2A are checked") {
  CHECK(attempt{"a2a: {enabled: 1}"}.error == "mofa.yaml:1:7: must be true or false");
  CHECK(attempt{"a2a: {default_agent: [a]}"}.error == "mofa.yaml:1:7: must be the name of an agent, or empty");
  for (const std::string url : {"example.org",
                                "ftp://example.org",
                                "https://example.org/",
                                "https://",
                                "http:///x",
                                "https://a.example/?x",
                                "https://a.example?x",
                                "https://a.example#x",
                                "https://me@a.example",
                                "https://a b",
                                "https://[",
                                "https://:99",
                                "https://a:99999",
                                "http://%zz",
                                "https://a..b",
                                "https://-",
                                "https://a.example/%zz",
                                "https://a.example/%2",
                                "https://a.example/<x>",
                                "https://[127.0.0.1]",
                                "HTTPS://a.example"}) {
    CAPTURE(url);
    CHECK(attempt{"a2a: {public_base_url: '" + url + "'}"}.error ==
          "mofa.yaml:1:7: must be null or a URL such as https://agents.example.org, without a slash at its end");
  }
  for (const std::string url : {"https://example.org:8443/agents", "http://localhost:8080", "https://192.0.2.1",
                                "https://[2001:db8::1]:8443/a%20b"}) {
    CAPTURE(url);
    CHECK(attempt{"a2a: {public_base_url: '" + url + "'}"}.values.a2a.public_base_url == url);
  }
  CHECK(attempt{"a2a: {public_base_url: null, default_agent: ''}"}.values.a2a.default_agent.empty());
  CHECK(attempt{"a2a: {card: {signing_key: 3}}"}.error == "mofa.yaml:1:14: must be null or the name of a file");
  CHECK(attempt{"a2a: {card: {key_id: ''}}"}.error == "mofa.yaml:1:14: must be a string of 1 to 128 bytes");
  CHECK(attempt{"a2a: {card: {key_id: \"a\\nb\"}}"}.error == "mofa.yaml:1:14: must have no control characters");
  CHECK(attempt{"a2a: {card: {default: v2}}"}.error == "mofa.yaml:1:14: must be one of v1 | hybrid");
  CHECK(attempt{"a2a: {errors: {profile: '1.0'}}"}.error == "mofa.yaml:1:16: must be one of 1.0.1 | 1.0.0");
}

TEST_CASE("the agent at the origin is called as an agent can be called") {
  const std::string rule = "must be 1 to 63 of a-z, 0-9, '_' and '-', and begin with a letter or digit";
  for (const std::string name : {"a/b", "../x", "{agent}", "a b", "-a", "Assistant", "a.b"}) {
    CAPTURE(name);
    CHECK(attempt{"a2a: {default_agent: '" + name + "'}"}.error == "mofa.yaml:1:7: is no name of an agent: " + rule);
  }
  CHECK(attempt{"", {{"MOFA__A2A__DEFAULT_AGENT", "api"}}}.error ==
        "environment MOFA__A2A__DEFAULT_AGENT: is no name of an agent: 'api' is reserved");
  // Whether there is one is another question: it may come later.
  CHECK(attempt{"a2a: {default_agent: nosuch}"}.values.a2a.default_agent == "nosuch");
  CHECK(attempt{"a2a: {default_agent: null}"}.values.a2a.default_agent.empty());
}

TEST_CASE("the signing key of cards lies relative to the file") {
  const scratch place;
  auto from = nothing();
  from.file = place.write("etc/mofa.yaml", "a2a: {public_base_url: 'https://a.example', card: {signing_key: ../card.pem}}");
  REQUIRE(load(from));
  CHECK(load(from)->values.a2a.card.signing_key == place.folder / "card.pem");
  from.overrides = {"a2a.card.signing_key=mine.pem"};
  CHECK(load(from)->values.a2a.card.signing_key == "mine.pem");
}

TEST_CASE("cards are signed only where the configuration says where the server is") {
  const std::string signs = "a2a: {card: {signing_key: card.pem}}\n";
  const std::string wanted =
      "a2a.card.signing_key needs a2a.public_base_url: a signed card says where the server is, and no request may choose "
      "that; set a2a.public_base_url to where clients reach this server, such as https://agents.example.org";
  CHECK(attempt{signs}.error == "mofa.yaml:1:14: " + wanted);
  CHECK(attempt{"a2a: {public_base_url: null}", {}, {"a2a.card.signing_key=card.pem"}}.error ==
        "command line a2a.card.signing_key: " + wanted);
  CHECK(attempt{signs, {{"MOFA__A2A__PUBLIC_BASE_URL", "https://a.example"}}}.error == "");
  CHECK(attempt{"a2a: {enabled: false, card: {signing_key: card.pem}}"}.error == "");
  CHECK(attempt{"a2a: {public_base_url: 'https://a.example'}"}.error == "");
}

TEST_CASE("the first pause of a webhook is not longer than the longest") {
  CHECK(attempt{"a2a: {push: {first_pause_ms: 300001}}"}.error ==
        "mofa.yaml:1:14: a2a.push.first_pause_ms: 300001 is longer than a2a.push.longest_pause_ms, 300000");
  CHECK(attempt{"a2a: {push: {longest_pause_ms: 999}}"}.error ==
        "mofa.yaml:1:14: a2a.push.first_pause_ms: 1000 is longer than a2a.push.longest_pause_ms, 999");
  CHECK(attempt{"a2a: {push: {longest_pause_ms: 999}}", {{"MOFA__A2A__PUSH__FIRST_PAUSE_MS", "2000"}}}.error ==
        "environment MOFA__A2A__PUSH__FIRST_PAUSE_MS: a2a.push.first_pause_ms: 2000 is longer than "
        "a2a.push.longest_pause_ms, 999");
  CHECK(attempt{"a2a: {push: {first_pause_ms: 5, longest_pause_ms: 5}}"}.error == "");
}

TEST_CASE("all that does not go together is told at once, a line each") {
  const attempt got{"listen: 0.0.0.0:1\na2a: {card: {signing_key: card.pem}, push: {longest_pause_ms: 0}}\n"};
  CHECK(std::count(got.error.begin(), got.error.end(), '\n') == 2);
  CHECK(got.error.starts_with("mofa.yaml:1:1: listen 0.0.0.0:1: "));
  CHECK(got.error.find("\nmofa.yaml:2:14: a2a.card.signing_key needs ") != std::string::npos);
  CHECK(got.error.find("\nmofa.yaml:2:45: a2a.push.first_pause_ms: ") != std::string::npos);
  // Settings that meet in a running server have no one place.
  settings::configuration met;
  met.a2a.push.longest_pause = milliseconds{0};
  CHECK(settings::check_together(met).error().detail.starts_with("a2a.push.first_pause_ms: 1000 is longer"));
}
