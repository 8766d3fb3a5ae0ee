#include "server/app/client/session.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>
#include <optional>

#include "server/app/client/problem.hpp"

namespace mofa::app::client {
namespace {

constexpr std::chrono::milliseconds answer_within{75'000};
constexpr std::size_t page = 200;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string first_of(const std::string& given, const std::string& environment, const std::string& otherwise) {
  if (!given.empty()) return given;
  return environment.empty() ? otherwise : environment;
}

}  // namespace

void add_server_options(const command& to, server_options& into) {
  to.text("--url", into.url, "The server (else $MOFA_URL, http://127.0.0.1:8080)");
  to.text("--key", into.key, "API key; better in $MOFA_API_KEY, where others do not see it");
  to.flag("--json", into.json, "Print what the server sends: JSON, or a JSON text a line");
}

void add_patience_option(const command& to, server_options& into) {
  to.number("--patience", into.patience_s, "Seconds to try again when the connection breaks (60)");
}

session::session(server_options how, std::unique_ptr<loop> waits)
    : options_(std::move(how)), screen_(terminal_traits::of_process()), loop_(std::move(waits)) {
  options_.url = server_url(first_of(options_.url, environment("MOFA_URL"), std::string{default_url}));
  options_.key = first_of(options_.key, environment("MOFA_API_KEY"), "");
  loop_->on_tick([this] { screen_.tick(); });
}

outcome<std::unique_ptr<session>> session::open(const server_options& how) {
  ::signal(SIGPIPE, SIG_IGN);
  auto waits = loop::open();
  if (!waits) return ends(exit_code::failed, {waits.error().detail});
  std::unique_ptr<session> out{new session{how, std::move(*waits)}};
  auto http = http_client::client::open({});
  if (!http) return ends(exit_code::failed, {http.error().detail});
  out->http_ = std::move(*http);
  return out;
}

http_client::request session::request(std::string method, const std::string& path, std::string body) const {
  http_client::request out;
  out.method = std::move(method);
  out.url = options_.url + path;
  out.trust = http_client::profile::trusted;
  out.max_body_bytes = std::size_t{1} << 40;
  if (!options_.key.empty()) out.headers.push_back({"Authorization", "Bearer " + options_.key});
  if (!body.empty()) out.headers.push_back({"Content-Type", "application/json"});
  out.body = std::move(body);
  return out;
}

outcome<http_client::response> session::send(http_client::request what) {
  // Shared: the answer to a question that was given up finds nobody.
  const auto got = std::make_shared<std::optional<result<http_client::response>>>();
  what.total_timeout = answer_within;
  const auto call = http_->fetch(std::move(what), [this, got](result<http_client::response> answer) {
    loop_->post([got, answer = std::move(answer)]() mutable { *got = std::move(answer); });
  });
  if (loop_->run_until([&] { return got->has_value(); }) == loop::woken::interrupted)
    return ends(exit_code::interrupted, {"interrupted"});
  if (!**got) return tl::unexpected{unreachable((*got)->error())};
  return std::move(***got);
}

outcome<http_client::response> session::ask(http_client::request what) {
  auto got = send(std::move(what));
  if (!got || got->status < 400) return got;
  const auto* later = got->find("Retry-After");
  return tl::unexpected{refusal(got->status, got->body, later == nullptr ? "" : *later)};
}

outcome<json> session::read(const std::string& path) {
  const auto got = ask(request("GET", path));
  if (!got) return tl::unexpected{got.error()};
  return object_in(*got);
}

outcome<json> session::object_in(const http_client::response& answer) const {
  auto out = json::parse(answer.body, nullptr, false);
  if (!out.is_object()) return tl::unexpected{stranger()};
  return out;
}

outcome<std::vector<item>> session::read_all(const std::string& path, std::size_t most, std::string cursor) {
  std::vector<item> out;
  const char mark = path.find('?') == std::string::npos ? '?' : '&';
  do {
    const auto got = ask(request("GET", fmt::format("{}{}limit={}{}", path, mark, std::min(page, most - out.size()),
                                                    cursor.empty() ? "" : "&cursor=" + path_segment(cursor))));
    if (!got) return tl::unexpected{got.error()};
    // Keeps the order of members.
    const auto body = nlohmann::ordered_json::parse(got->body, nullptr, false);
    if (!body.is_object() || !body.contains("items") || !body["items"].is_array()) return tl::unexpected{stranger()};
    for (const auto& each : body["items"]) out.push_back({json(each), each.dump()});
    cursor = body.contains("next_cursor") && body["next_cursor"].is_string() ? body["next_cursor"].get<std::string>() : "";
  } while (!cursor.empty() && out.size() < most);
  return out;
}

stop session::stranger() const {
  return {exit_code::unreachable, {options_.url + " answers, but not as a MoFA server does; is --url right?"}};
}

core::running_call_ptr session::start(http_client::request what, std::shared_ptr<http_client::listener> to) {
  return http_->start(std::move(what), std::move(to));
}

stop session::unreachable(const error& why) const {
  if (why.code == errc::invalid) return {exit_code::usage, {"--url " + options_.url + ": " + why.detail}};
  return {exit_code::unreachable,
          {"no answer from " + options_.url + ": " + why.detail,
           "fix: start the server with `mofa serve`, or name another one with --url or MOFA_URL"}};
}

std::string session::hint(const std::string& arguments) const {
  const auto usual = server_url(first_of("", environment("MOFA_URL"), std::string{default_url}));
  return "mofa " + arguments + (options_.url == usual ? "" : " --url " + shell_word(options_.url));
}

int session::end(const stop& why) {
  for (const auto& each : why.lines) screen_.note(why.code == exit_code::interrupted ? tone::plain : tone::bad, each);
  return why.code;
}

int in_session(const server_options& how, const std::function<outcome<int>(session&)>& action) {
  const auto open = session::open(how);
  if (!open) {
    for (const auto& each : open.error().lines) fmt::print(stderr, "{}\n", each);
    return open.error().code;
  }
  const auto code = action(**open);
  return code ? *code : (*open)->end(code.error());
}

}  // namespace mofa::app::client
