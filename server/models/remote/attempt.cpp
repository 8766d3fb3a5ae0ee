#include "server/models/remote/attempt.hpp"

#include <utility>

#include "protocols/openai/failure.hpp"
#include "server/base/retry_after.hpp"

namespace mofa::models {
namespace {

constexpr std::size_t body_max_bytes = 64 * 1024;

}  // namespace

void attempt::on_head(http_client::response_head head) {
  status_ = head.status;
  if (const auto* type = head.find("Content-Type")) is_json_ = type->starts_with("application/json");
  if (const auto* wait = head.find("Retry-After")) retry_after_ = parse_retry_after(*wait, time_.now());
}

void attempt::on_data(std::string_view bytes) {
  if (!to_) return;
  if (!is_stream()) {
    body_ += bytes.substr(0, body_max_bytes - body_.size());
    return;
  }
  std::vector<std::string> pieces;
  const auto fed = reader_->feed(bytes, pieces);
  for (auto& piece : pieces) to_->on_text(number_, std::move(piece));
  if (!fed) failed(fed.error(), true, health::bad);
}

void attempt::on_end(result<void> outcome) {
  if (!to_) return;
  // What breaks after the answer said its last word takes nothing away.
  if (is_stream() && (outcome || reader_->is_done())) return answered(reader_->finish());
  if (outcome) return refused();
  auto why = std::move(outcome).error();
  const bool again = why.code == errc::unavailable || why.code == errc::timeout || why.code == errc::upstream_failed;
  if (!again && why.code != errc::address_refused) why.code = errc::upstream_failed;
  failed(std::move(why), again, again ? health::bad : health::unknown);
}

void attempt::answered(result<core::model_answer> answer) {
  if (!answer) return failed(std::move(answer).error(), true, health::bad);
  std::exchange(to_, nullptr)->on_answer(number_, *std::move(answer));
}

void attempt::refused() {
  error why{errc::upstream_failed, "HTTP " + std::to_string(status_) + ": " + openai::failure_message(body_)};
  why.retry_after = retry_after_;
  // A JSON body where a stream was asked for: an error object.
  if (status_ < 300) return failed(std::move(why), true, health::bad);
  failed(std::move(why), is_worth_another(status_), health_by(status_));
}

void attempt::failed(error why, bool again, health of_provider) {
  std::exchange(to_, nullptr)->on_failure(number_, {std::move(why), again, of_provider});
}

}  // namespace mofa::models
