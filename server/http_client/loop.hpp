// The loop: one thread with libcurl's multi handle, the transfers on it, and the post box through which others reach it.
// Owned by the client; the post box lives on with calls that outlive it.
// run() on the loop's own thread; everything else as said.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/http_client/lookups.hpp"
#include "server/http_client/transfer.hpp"

namespace mofa::http_client {

class loop;

/// The way into the loop, for threads that may outlive it.
class post_box {
 public:
  using letter = callback<void(loop&)>;

  /// The function runs on the loop's thread soon; false when that has ended, and the function is dropped. Any thread.
  bool post(letter what);
  std::vector<letter> take();
  void open(CURLM* multi);
  /// Nothing can be posted afterwards.
  void close();

 private:
  std::mutex guard_;
  CURLM* multi_ = nullptr;
  std::vector<letter> letters_;
};

class loop final : public transfer_host {
 public:
  loop(guard judge, std::string proxy, std::shared_ptr<resolver> names, std::shared_ptr<probe> watcher);
  ~loop();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  /// Error io: no thread, or libcurl does not start. Once, before anything else.
  result<void> start();

  const std::shared_ptr<post_box>& box() const { return box_; }
  /// From a letter: begins the transfer under an id of the asker's choice.
  void begin(std::uint64_t id, request what, std::shared_ptr<listener> to, std::shared_ptr<call_state> call);
  /// From a letter: drops the transfer, if it is there, and its connection.
  void abort(std::uint64_t id);

  void look_up(std::uint64_t transfer, int ticket, const std::string& name,
               std::shared_ptr<const call_state> asker) override;
  bool run(attempt& what) override;
  void take_back(attempt& what) override;
  void check_at(moment when) override;

 private:
  void work();
  void open_letters();
  void collect();
  void check_deadlines();
  int poll_ms() const;
  void settle(transfer& which);
  void end_all();

  const guard judge_;
  const std::string proxy_;
  const std::shared_ptr<probe> watcher_;
  lookups lookups_;
  std::shared_ptr<post_box> box_ = std::make_shared<post_box>();
  CURLM* multi_ = nullptr;
  std::unordered_map<std::uint64_t, std::unique_ptr<transfer>> transfers_;
  moment next_check_ = moment::max();
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mofa::http_client
