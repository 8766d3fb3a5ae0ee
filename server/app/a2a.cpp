#include "server/app/a2a.hpp"

#include <algorithm>
#include <mutex>
#include <string_view>
#include <utility>

#include "server/app/card_key.hpp"
#include "server/base/nearest.hpp"

namespace mofa::app {
namespace {

// A2A's name for it; see the specification of 0.3.0, section 9.5. The text of 1.0.1 has dropped it, its clients have not.
constexpr auto token_header = "X-A2A-Notification-Token";

/// Sees when keys come or go. It looks whenever a card is made: what it has not seen, no card has shown.
class watched_server {
 public:
  watched_server(std::function<bool()> with_keys, const clock& time) : with_keys_(std::move(with_keys)), time_(time) {
    last_.with_keys = with_keys_();
    last_.started = last_.changed = time_.now();
  }

  a2a::server_view look() {
    const std::lock_guard lock{mutex_};
    last_.now = time_.now();
    if (const bool now = with_keys_(); now != last_.with_keys) {
      last_.with_keys = now;
      last_.changed = last_.now;
    }
    return last_;
  }

 private:
  std::function<bool()> with_keys_;
  const clock& time_;
  std::mutex mutex_;
  a2a::server_view last_;
};

}  // namespace

std::optional<missing_agent> missing_default_agent(const settings::a2a_settings& from,
                                                   const std::vector<std::string>& names) {
  const auto& wanted = from.default_agent;
  if (!from.enabled || wanted.empty() || std::find(names.begin(), names.end(), wanted) != names.end()) return std::nullopt;
  missing_agent out;
  out.name = wanted;
  out.as_shipped = wanted == settings::a2a_settings{}.default_agent;
  out.detail = "no agent '" + wanted + "' for a2a.default_agent: by A2A nobody answers at the origin, only at /a2a/NAME";
  const std::vector<std::string_view> known{names.begin(), names.end()};
  const auto near = nearest_name(wanted, known);
  out.fix = near ? "did you mean '" + std::string{*near} + "'?" : "a2a.default_agent: NAME, or \"\" for none";
  return out;
}

result<std::unique_ptr<a2a_parts>> a2a_parts::make(const settings::configuration& from, const clock& time,
                                                   std::shared_ptr<http_client::probe> watch) {
  std::unique_ptr<a2a_parts> out{new a2a_parts{from.a2a, time}};
  if (!from.a2a.enabled) return out;
  auto signer = card_signer_of(from.a2a.card);
  if (!signer) return signer.error();
  out->signer_ = *std::move(signer);
  http_client::options how{from.http_client.allow, from.http_client.proxy, nullptr, std::move(watch)};
  auto sender = push::webhook_sender::open(std::move(how), from.a2a.push.allow_loopback, time);
  if (!sender) return sender.error();
  out->sender_ = *std::move(sender);
  return out;
}

delivery::equipment a2a_parts::deliveries() const {
  delivery::equipment out;
  out.sender = sender_.get();
  out.encoder = &words_;
  out.how.attempts = settings_.push.attempts;
  out.how.first_pause = settings_.push.first_pause;
  out.how.longest_pause = settings_.push.longest_pause;
  out.how.timeout = settings_.push.timeout;
  out.how.token_header = token_header;
  return out;
}

a2a::card_options a2a_parts::cards(std::function<bool()> with_keys) const {
  a2a::card_options out;
  out.public_base_url = settings_.public_base_url;
  out.default_agent = settings_.default_agent;
  out.default_form = settings_.card.form == "hybrid" ? a2a::card_form::hybrid : a2a::card_form::v1;
  out.server = [watched = std::make_shared<watched_server>(std::move(with_keys), time_)] { return watched->look(); };
  out.signer = signer_ ? &*signer_ : nullptr;
  out.profile = settings_.errors_profile == "1.0.0" ? a2a::error_profile::v1_0_0 : a2a::error_profile::v1_0_1;
  return out;
}

}  // namespace mofa::app
