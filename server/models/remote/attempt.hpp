// One attempt of a call: what the provider answered, read as it comes, and in the end a verdict.
// Made by a remote call for each attempt, shared with the HTTP client while the request runs.
// Its callbacks come on the HTTP client's thread, one at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/models/remote/breaker.hpp"
#include "server/models/remote/dialect.hpp"

namespace mofa::models {

/// How an attempt failed.
struct attempt_failure {
  error why;
  bool again = false;  ///< another attempt may succeed
};

/// Hears of an attempt: pieces of text, then exactly one of the other two.
class attempt_watcher {
 public:
  virtual ~attempt_watcher() = default;
  virtual void on_text(int attempt, std::string text) = 0;
  virtual void on_answer(int attempt, core::model_answer answer) = 0;
  virtual void on_failure(int attempt, attempt_failure failure) = 0;
};

class attempt final : public http_client::listener {
 public:
  attempt(int number, std::shared_ptr<attempt_watcher> to, std::unique_ptr<stream_reader> reader, breaker::permit leave,
          const clock& time)
      : number_(number), to_(std::move(to)), reader_(std::move(reader)), leave_(std::move(leave)), time_(time) {}

  void on_head(http_client::response_head head) override;
  void on_data(std::string_view bytes) override;
  void on_end(result<void> outcome) override;

 private:
  bool is_stream() const { return status_ >= 200 && status_ < 300 && !is_json_; }
  void answered(result<core::model_answer> answer);
  void refused();
  void failed(error why, bool again, bool counts);

  int number_;
  std::shared_ptr<attempt_watcher> to_;  ///< null once it was told the end
  std::unique_ptr<stream_reader> reader_;
  breaker::permit leave_;
  const clock& time_;
  int status_ = 0;
  bool is_json_ = false;
  std::optional<std::chrono::seconds> retry_after_;
  std::string body_;  ///< of what is no stream
};

}  // namespace mofa::models
