#include "server/http_client/client.hpp"

#include <atomic>
#include <utility>

#include "server/http_client/guard.hpp"
#include "server/http_client/loop.hpp"
#include "server/http_client/probe.hpp"
#include "server/http_client/request_rules.hpp"
#include "server/http_client/resolver.hpp"

namespace mofa::http_client {
namespace {

class call final : public core::running_call {
 public:
  call(std::uint64_t id, std::shared_ptr<post_box> box, std::shared_ptr<call_state> state)
      : id_(id), box_(std::move(box)), state_(std::move(state)) {}
  ~call() override {
    if (state_->silence()) box_->post([id = id_](loop& self) { self.abort(id); });
  }

 private:
  const std::uint64_t id_;
  const std::shared_ptr<post_box> box_;
  const std::shared_ptr<call_state> state_;
};

/// Puts a whole answer together.
class gatherer final : public listener {
 public:
  explicit gatherer(callback<void(result<response>)> done) : done_(std::move(done)) {}

  void on_head(response_head head) override {
    answer_.status = head.status;
    answer_.headers = std::move(head.headers);
    answer_.url = std::move(head.url);
  }
  void on_data(std::string_view bytes) override { answer_.body += bytes; }
  void on_end(result<void> outcome) override {
    if (outcome) {
      done_(std::move(answer_));
    } else {
      done_(std::move(outcome).error());
    }
  }

 private:
  callback<void(result<response>)> done_;
  response answer_;
};

/// Schemes of proxies that libcurl speaks.
bool is_proxy(std::string_view text) {
  for (const auto scheme : {"http://", "https://", "socks5://", "socks5h://"}) {
    if (text.starts_with(scheme) && text.size() > std::string_view{scheme}.size()) return true;
  }
  return text.empty();
}

}  // namespace

const std::string* response_head::find(std::string_view name) const { return find_header(headers, name); }
const std::string* response::find(std::string_view name) const { return find_header(headers, name); }

class client::impl {
 public:
  impl(guard judge, options how)
      : inner_(std::move(judge), std::move(how.proxy),
               how.names != nullptr ? std::move(how.names) : std::make_shared<system_resolver>(), std::move(how.watcher)) {}

  result<void> start() { return inner_.start(); }

  core::running_call_ptr start(request what, std::shared_ptr<listener> to) {
    const auto id = next_id_.fetch_add(1);
    auto state = std::make_shared<call_state>();
    auto out = std::make_unique<call>(id, inner_.box(), state);
    inner_.box()->post([id, what = std::move(what), to = std::move(to), state = std::move(state)](loop& self) mutable {
      self.begin(id, std::move(what), std::move(to), std::move(state));
    });
    return out;
  }

 private:
  loop inner_;
  std::atomic<std::uint64_t> next_id_{1};
};

result<std::unique_ptr<client>> client::open(options how) {
  auto judge = guard::make(how.allow);
  if (!judge) return std::move(judge).error();
  if (!is_proxy(how.proxy)) {
    return fail(errc::invalid, "http_client.proxy: must be a URL such as http://proxy:3128 (http, https, socks5, socks5h)");
  }
  auto inner = std::make_unique<impl>(*std::move(judge), std::move(how));
  if (auto started = inner->start(); !started) return std::move(started).error();
  return std::unique_ptr<client>{new client{std::move(inner)}};
}

client::client(std::unique_ptr<impl> inner) : inner_(std::move(inner)) {}
client::~client() = default;

core::running_call_ptr client::start(request what, std::shared_ptr<listener> to) {
  return inner_->start(std::move(what), std::move(to));
}

core::running_call_ptr client::fetch(request what, callback<void(result<response>)> done) {
  return start(std::move(what), std::make_shared<gatherer>(std::move(done)));
}

}  // namespace mofa::http_client
