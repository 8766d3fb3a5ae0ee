#include "server/http_client/loop.hpp"

#include <algorithm>
#include <system_error>

#include "server/http_client/probe.hpp"
#include "server/http_client/threads.hpp"

namespace mofa::http_client {
namespace {

/// Connections kept open between requests.
constexpr long idle_connections = 256;
/// Poll returns at least this often; nothing depends on it.
constexpr milliseconds longest_poll{60'000};

}  // namespace

bool post_box::post(letter what) {
  const std::lock_guard lock{guard_};
  if (multi_ == nullptr) return false;
  letters_.push_back(std::move(what));
  // One wake-up is enough until the letters are taken.
  if (letters_.size() == 1) curl_multi_wakeup(multi_);
  return true;
}

std::vector<post_box::letter> post_box::take() {
  const std::lock_guard lock{guard_};
  return std::exchange(letters_, {});
}

void post_box::open(CURLM* multi) {
  const std::lock_guard lock{guard_};
  multi_ = multi;
}

void post_box::close() {
  std::vector<letter> dropped;
  const std::lock_guard lock{guard_};
  multi_ = nullptr;
  dropped.swap(letters_);
}

loop::loop(guard judge, std::string proxy, std::shared_ptr<resolver> names, std::shared_ptr<probe> watcher)
    : judge_(std::move(judge)), proxy_(std::move(proxy)), watcher_(std::move(watcher)), lookups_(std::move(names)) {}

loop::~loop() {
  if (thread_.joinable()) {
    box_->post([](loop& self) { self.stopping_ = true; });
    thread_.join();
  }
  box_->close();
  if (multi_ != nullptr) curl_multi_cleanup(multi_);
}

result<void> loop::start() {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (global == CURLE_OK) multi_ = curl_multi_init();
  if (multi_ == nullptr) return fail(errc::io, "libcurl does not start");
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, idle_connections);
  box_->open(multi_);
  try {
    thread_ = start_quiet_thread([this] { work(); });
  } catch (const std::system_error& failure) {
    return fail(errc::io, std::string{"no thread for the HTTP client: "} + failure.what());
  }
  return {};
}

void loop::work() {
  while (!stopping_) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    collect();
    check_deadlines();
    curl_multi_poll(multi_, nullptr, 0, poll_ms(), nullptr);
    open_letters();
  }
  end_all();
}

void loop::open_letters() {
  for (auto& letter : box_->take()) letter(*this);
}

void loop::begin(std::uint64_t id, request what, std::shared_ptr<listener> to, std::shared_ptr<call_state> call) {
  if (call->silenced()) return;
  auto& made = transfers_[id];
  made = std::make_unique<transfer>(id, std::move(what), std::move(to), std::move(call),
                                    surroundings{judge_, proxy_, watcher_.get(), *this});
  made->begin();
  settle(*made);
}

void loop::abort(std::uint64_t id) {
  const auto found = transfers_.find(id);
  if (found == transfers_.end()) return;
  found->second->finish({});
  transfers_.erase(found);
}

void loop::look_up(std::uint64_t transfer, int ticket, const std::string& name, std::shared_ptr<const call_state> asker) {
  lookups_.ask(name, std::move(asker), [box = box_, transfer, ticket](result<std::vector<ip_address>> addresses) {
    box->post([transfer, ticket, addresses = std::move(addresses)](loop& self) mutable {
      const auto found = self.transfers_.find(transfer);
      if (found == self.transfers_.end()) return;
      found->second->named(ticket, std::move(addresses));
      self.settle(*found->second);
    });
  });
}

bool loop::run(attempt& what) { return curl_multi_add_handle(multi_, what.handle()) == CURLM_OK; }

void loop::take_back(attempt& what) { curl_multi_remove_handle(multi_, what.handle()); }

void loop::check_at(moment when) { next_check_ = std::min(next_check_, when); }

void loop::collect() {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    auto* const easy = message->easy_handle;
    const auto code = message->data.result;
    transfer* owner = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
    curl_multi_remove_handle(multi_, easy);
    owner->done(code);
    settle(*owner);
  }
}

void loop::check_deadlines() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_check_) return;
  next_check_ = moment::max();
  std::vector<transfer*> all;
  all.reserve(transfers_.size());
  for (const auto& [id, each] : transfers_) all.push_back(each.get());
  for (auto* each : all) {
    each->check(now);
    settle(*each);
  }
}

/// After each step of a transfer: it may be over, or have a new deadline.
void loop::settle(transfer& which) {
  if (which.ended()) {
    transfers_.erase(which.id());
  } else {
    check_at(which.next_check());
  }
}

int loop::poll_ms() const {
  const auto now = std::chrono::steady_clock::now();
  if (next_check_ <= now) return 0;
  const auto left = std::min<std::chrono::steady_clock::duration>(next_check_ - now, longest_poll);
  return static_cast<int>(std::chrono::ceil<milliseconds>(left).count());
}

void loop::end_all() {
  // A listener may start another request when it hears that its own has ended; that one ends here, too.
  for (open_letters(); !transfers_.empty(); open_letters()) {
    const auto ending = std::exchange(transfers_, {});
    for (const auto& [id, each] : ending) each->finish(fail(errc::unavailable, "the HTTP client stops"));
  }
}

}  // namespace mofa::http_client
