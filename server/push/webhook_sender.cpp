#include "server/push/webhook_sender.hpp"

#include <algorithm>
#include <utility>

#include "server/base/retry_after.hpp"

namespace mofa::push {
namespace {

constexpr std::size_t answer_max_bytes = 64 * 1024;
constexpr milliseconds connect_within{10'000};

const std::vector<std::string>& loopback() {
  static const std::vector<std::string> networks{"127.0.0.0/8", "::1"};
  return networks;
}

/// RFC 6761, section 6.3: `localhost` and the names below it are this machine.
bool is_loopback(const http_client::url& at) {
  if (!at.address) return at.host == "localhost" || at.host.ends_with(".localhost");
  return std::any_of(loopback().begin(), loopback().end(),
                     [&](const std::string& each) { return ip_network::parse(each)->contains(*at.address); });
}

class answer_reader final : public http_client::listener {
 public:
  answer_reader(core::completion<core::push_answer> done, const clock& time) : done_(std::move(done)), time_(time) {}

  void on_head(http_client::response_head head) override {
    answer_.status = head.status;
    if (const auto* wait = head.find("Retry-After")) answer_.retry_after = parse_retry_after(*wait, time_.now());
  }
  // It is read so that the connection can be used again.
  void on_data(std::string_view) override {}
  void on_end(result<void> outcome) override {
    if (!outcome && answer_.status == 0) return done_(std::move(outcome).error());
    answer_.in_time = outcome || outcome.error().code != errc::timeout;
    done_(std::move(answer_));
  }

 private:
  core::completion<core::push_answer> done_;
  const clock& time_;
  core::push_answer answer_;
};

}  // namespace

result<std::unique_ptr<webhook_sender>> webhook_sender::open(http_client::options how, bool allow_loopback,
                                                             const clock& time) {
  auto with_loopback = how;
  if (allow_loopback) with_loopback.allow.insert(with_loopback.allow.end(), loopback().begin(), loopback().end());
  auto judge = http_client::guard::make(with_loopback.allow);
  if (!judge) return std::move(judge).error();
  std::unique_ptr<webhook_sender> out{new webhook_sender{*std::move(judge), allow_loopback, time}};
  const auto open_into = [](std::unique_ptr<http_client::client>& to, http_client::options with) -> result<void> {
    auto made = http_client::client::open(std::move(with));
    if (!made) return std::move(made).error();
    to = *std::move(made);
    return {};
  };
  if (how.proxy.empty() || !allow_loopback) {
    if (auto done = open_into(out->outside_, std::move(with_loopback)); !done) return std::move(done).error();
    return out;
  }
  // To a proxy, loopback is its own machine.
  if (auto done = open_into(out->outside_, std::move(how)); !done) return std::move(done).error();
  with_loopback.proxy.clear();
  if (auto done = open_into(out->inside_, std::move(with_loopback)); !done) return std::move(done).error();
  return out;
}

result<void> webhook_sender::check_scheme(const http_client::url& at) const {
  if (at.encrypted || (allow_loopback_ && is_loopback(at))) return {};
  const auto* further = is_loopback(at)   ? "; the setting a2a.push.allow_loopback would allow this one"
                        : allow_loopback_ ? "; http is for this machine only"
                                          : "";
  return fail(errc::invalid, at.shown + ": a webhook must be https" + further);
}

result<void> webhook_sender::check(const std::string& url) const {
  const auto at = http_client::read_url(url);
  if (!at) return at.error();
  if (at->has_credentials) return fail(errc::invalid, at->shown + ": a user or password in a URL is not allowed here");
  if (auto done = check_scheme(*at); !done) return done;
  // Any other name may come to mean another address: it is resolved at each delivery.
  const auto address = is_loopback(*at) && !at->address ? ip_address::parse("127.0.0.1") : at->address;
  if (!address || judge_.allows_name(at->host)) return {};
  const auto wrong = judge_.judge(*address);
  if (!wrong) return {};
  return fail(errc::invalid, at->shown + ": a webhook must be at a public address, and " + wrong->address.text() +
                                 " is refused (" + std::string{wrong->reason} + "); the setting " +
                                 (is_loopback(*at) ? "a2a.push.allow_loopback" : "http_client.allow") + " would allow it");
}

core::running_call_ptr webhook_sender::post(core::push_request what, core::completion<core::push_answer> done) {
  const auto at = http_client::read_url(what.url);
  if (!at) {
    done(at.error());
    return nullptr;
  }
  if (auto fit = check_scheme(*at); !fit) {
    done(std::move(fit).error());
    return nullptr;
  }
  http_client::request out;
  out.method = "POST";
  out.url = std::move(what.url);
  for (auto& [name, value] : what.headers) out.headers.push_back({std::move(name), std::move(value)});
  out.body = std::move(what.body);
  out.trust = http_client::profile::guarded;
  out.connect_timeout = std::min(what.timeout, connect_within);
  out.total_timeout = what.timeout;
  out.max_body_bytes = answer_max_bytes;
  out.max_redirects = 0;
  auto& way = inside_ && is_loopback(*at) ? *inside_ : *outside_;
  return way.start(std::move(out), std::make_shared<answer_reader>(std::move(done), time_));
}

}  // namespace mofa::push
