// One attempt behind HTTP: what the provider answered, read as it comes, and in the end a verdict.
// Made by the remote provider for each attempt, shared with the HTTP client while the request runs.
// Its callbacks come on the HTTP client's thread, one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/base/clock.hpp"
#include "server/models/patient/provider.hpp"
#include "server/models/remote/dialect.hpp"

namespace mofa::models {

class attempt final : public http_client::listener {
 public:
  attempt(int number, std::shared_ptr<attempt_watcher> to, std::unique_ptr<stream_reader> reader, const clock& time)
      : number_(number), to_(std::move(to)), reader_(std::move(reader)), time_(time) {}

  void on_head(http_client::response_head head) override;
  void on_data(std::string_view bytes) override;
  void on_end(result<void> outcome) override;

 private:
  bool is_stream() const { return status_ >= 200 && status_ < 300 && !is_json_; }
  void answered(result<core::model_answer> answer);
  void refused();
  void failed(error why, bool again, health of_provider);

  int number_;
  std::shared_ptr<attempt_watcher> to_;  ///< null once it was told the end
  std::unique_ptr<stream_reader> reader_;
  const clock& time_;
  int status_ = 0;
  bool is_json_ = false;
  std::optional<std::chrono::seconds> retry_after_;
  std::string body_;  ///< of what is no stream
};

}  // namespace mofa::models
