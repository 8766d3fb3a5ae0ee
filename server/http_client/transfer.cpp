#include "server/http_client/transfer.hpp"

#include <algorithm>

#include "server/http_client/probe.hpp"
#include "server/http_client/request_rules.hpp"

namespace mofa::http_client {
namespace {

constexpr int guarded_redirects = 5;
/// More are judged, but not tried.
constexpr std::size_t most_addresses = 4;
/// The body of a redirect is read up to here, so that its connection can be used again.
constexpr std::size_t redirect_body_bytes = 64 * 1024;

std::string ms_text(milliseconds span) { return std::to_string(span.count()) + " ms"; }

milliseconds since(moment begin, moment now) { return std::chrono::duration_cast<milliseconds>(now - begin); }

}  // namespace

transfer::transfer(std::uint64_t id, request what, std::shared_ptr<listener> to, std::shared_ptr<call_state> call,
                   const surroundings& around)
    : id_(id),
      what_(std::move(what)),
      listener_(std::move(to)),
      call_(std::move(call)),
      around_(around),
      began_guarded_(what_.trust == profile::guarded),
      redirects_left_(what_.max_redirects.value_or(guarded_ ? guarded_redirects : 0)),
      follows_(redirects_left_ > 0) {}

transfer::~transfer() {
  if (attempt_ != nullptr) around_.host.take_back(*attempt_);
}

void transfer::begin() {
  if (around_.watcher != nullptr) around_.watcher->request_started(began_guarded_);
  auto read = read_url(what_.url);
  if (!read) return finish(std::move(read).error());
  if (auto wrong = check_request(what_); !wrong) return finish(std::move(wrong).error());
  at_ = *std::move(read);
  start_hop();
}

void transfer::start_hop() {
  hop_begun_ = std::chrono::steady_clock::now();
  phase_ = phase::naming;
  untried_.clear();
  if (!guarded_) return connect();
  if (at_.has_credentials) {
    return finish(fail(errc::invalid, at_.shown + ": a user or password in a URL is not allowed here"));
  }
  if (at_.address) return judge_names({*at_.address});
  around_.host.look_up(id_, ++ticket_, at_.host, call_);
}

void transfer::named(int ticket, result<std::vector<ip_address>> addresses) {
  if (ended_ || ticket != ticket_ || phase_ != phase::naming) return;
  if (!addresses) return finish(fail(addresses.error().code, at_.shown + ": " + addresses.error().detail));
  if (addresses->empty()) return finish(fail(errc::unavailable, at_.shown + ": the name has no address"));
  judge_names(*std::move(addresses));
}

void transfer::judge_names(std::vector<ip_address> addresses) {
  if (!around_.judge.allows_name(at_.host)) {
    for (const auto& each : addresses) {
      if (const auto why = around_.judge.judge(each)) return finish(refused(*why));
    }
  }
  untried_ = std::move(addresses);
  if (untried_.size() > most_addresses) untried_.resize(most_addresses);
  connect();
}

void transfer::connect() {
  const auto left = what_.connect_timeout - since(hop_begun_, std::chrono::steady_clock::now());
  const auto share = left / static_cast<int>(std::max<std::size_t>(untried_.size(), 1));
  pin_.reset();
  if (guarded_) {
    pin_ = untried_.front();
    untried_.erase(untried_.begin());
  }
  const hop next{what_.method,  at_.text, what_.headers, what_.body,
                 around_.proxy, pin_,     at_.encrypted, std::max(share, milliseconds{1})};
  phase_ = phase::connecting;
  attempt_ = attempt::make(next, *this, this);
  if (attempt_ == nullptr || !around_.host.run(*attempt_)) {
    attempt_.reset();
    finish(fail(errc::internal, at_.shown + ": libcurl does not take the request"));
  }
}

void transfer::done(CURLcode code) {
  const auto over = std::move(attempt_);
  if (ended_) return;
  if (stopped_) return finish(*std::move(stopped_));
  if (redirected_) return follow();
  // libcurl takes the end of a connection in the middle of the head for the end of the answer.
  if (code == CURLE_OK && !has_head_) return finish(fail(errc::upstream_failed, at_.shown + ": cut off in the head"));
  if (code == CURLE_OK) return finish({});
  const bool another_may_answer = code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT;
  if (phase_ == phase::connecting && another_may_answer && !untried_.empty()) return connect();
  finish(explained(code, *over));
}

error transfer::explained(CURLcode code, const attempt& over) const {
  const auto text = at_.shown + ": " + over.explain(code);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return fail(errc::timeout, at_.shown + ": no connection within " + ms_text(what_.connect_timeout));
  }
  if (code == CURLE_OUT_OF_MEMORY || code == CURLE_FAILED_INIT) return fail(errc::internal, text);
  // A bad certificate does not become better by trying again.
  const bool unreachable = phase_ == phase::connecting && code != CURLE_PEER_FAILED_VERIFICATION;
  return fail(unreachable ? errc::unavailable : errc::upstream_failed, text);
}

void transfer::follow() {
  redirected_ = false;
  if (redirects_left_-- == 0) return finish(fail(errc::upstream_failed, at_.shown + ": too many redirects"));
  auto next = read_location(at_, location_);
  if (!next) return finish(fail(errc::upstream_failed, at_.shown + " sends us on, but " + next.error().detail));
  change_for_redirect(what_, status_, next->origin == at_.origin);
  // An operator's entry is for its own origin only.
  if (next->origin != at_.origin) guarded_ = true;
  at_ = *std::move(next);
  start_hop();
}

void transfer::check(moment now) {
  if (ended_) return;
  if (what_.total_timeout.count() > 0 && now - begun_ >= what_.total_timeout) {
    finish(fail(errc::timeout, at_.shown + ": no whole answer within " + ms_text(what_.total_timeout)));
  } else if (phase_ == phase::naming && now - hop_begun_ >= what_.connect_timeout) {
    finish(fail(errc::timeout, at_.shown + ": no address for the name within " + ms_text(what_.connect_timeout)));
  } else if (phase_ == phase::answering && what_.idle_timeout.count() > 0 && now - moved_ >= what_.idle_timeout) {
    finish(fail(errc::timeout, at_.shown + ": not a byte for " + ms_text(what_.idle_timeout)));
  }
}

moment transfer::next_check() const {
  auto out = moment::max();
  if (what_.total_timeout.count() > 0) out = std::min(out, begun_ + what_.total_timeout);
  if (phase_ == phase::naming) out = std::min(out, hop_begun_ + what_.connect_timeout);
  if (phase_ == phase::answering && what_.idle_timeout.count() > 0) out = std::min(out, moved_ + what_.idle_timeout);
  return out;
}

void transfer::finish(result<void> outcome) {
  if (ended_) return;
  ended_ = true;
  if (attempt_ != nullptr) {
    around_.host.take_back(*attempt_);
    attempt_.reset();
  }
  const bool heard = call_->end();
  if (around_.watcher != nullptr) {
    const auto how = !heard ? "aborted" : outcome ? "ok" : to_string(outcome.error().code);
    around_.watcher->request_finished(began_guarded_, how, std::chrono::steady_clock::now() - begun_);
  }
  if (heard) listener_->on_end(std::move(outcome));
}

error transfer::refused(const refusal& why) const {
  const auto address = why.address.text();
  if (around_.watcher != nullptr) around_.watcher->address_refused(at_.host, address, why.reason);
  return fail(errc::address_refused, at_.shown + ": the address " + address + " of " + at_.host + " is refused (" +
                                         std::string{why.reason} + "); the setting http_client.allow would allow it: add " +
                                         address);
}

bool transfer::stop(error why) {
  stopped_ = std::move(why);
  return false;
}

bool transfer::connected(std::string_view peer) {
  phase_ = phase::answering;
  moved();
  around_.host.check_at(next_check());
  // Through a proxy the peer is the proxy, which was told the judged address.
  if (pin_ && around_.proxy.empty() && ip_address::parse(peer) != pin_) {
    return stop(fail(errc::internal, at_.shown + ": connected to " + std::string{peer} + " instead of " + pin_->text()));
  }
  return !call_->silenced();
}

void transfer::moved() { moved_ = std::chrono::steady_clock::now(); }

bool transfer::head(int status, std::vector<header> headers) {
  if (call_->silenced()) return false;
  body_bytes_ = 0;
  if (is_followed(status, headers)) return true;
  has_head_ = true;
  listener_->on_head({status, std::move(headers), at_.text});
  return !call_->silenced();
}

bool transfer::is_followed(int status, const std::vector<header>& headers) {
  const bool moves = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  if (!moves || !follows_) return false;
  const auto* location = find_header(headers, "Location");
  if (location == nullptr) return false;
  redirected_ = true;
  status_ = status;
  location_ = *location;
  return true;
}

bool transfer::bytes(std::string_view data) {
  if (call_->silenced()) return false;
  body_bytes_ += data.size();
  if (redirected_) return body_bytes_ <= redirect_body_bytes;
  const auto over = body_bytes_ > what_.max_body_bytes ? body_bytes_ - what_.max_body_bytes : 0;
  data.remove_suffix(std::min(over, data.size()));
  if (!data.empty()) listener_->on_data(data);
  if (over > 0) {
    return stop(fail(errc::payload_too_large,
                     at_.shown + ": the answer is longer than " + std::to_string(what_.max_body_bytes) + " bytes"));
  }
  return !call_->silenced();
}

}  // namespace mofa::http_client
