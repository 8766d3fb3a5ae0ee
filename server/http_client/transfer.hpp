// A transfer: one request of an asker from its start to its end, over all redirects, addresses and deadlines.
// Owned by the loop; shares its state with the call that the asker holds.
// On the loop's thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http_client/attempt.hpp"
#include "server/http_client/call_state.hpp"
#include "server/http_client/client.hpp"
#include "server/http_client/guard.hpp"
#include "server/http_client/url.hpp"

namespace mofa::http_client {

using moment = std::chrono::steady_clock::time_point;

/// What a transfer needs from the loop.
class transfer_host {
 public:
  /// transfer::named is called later, with this ticket, or never when the call is not running any more by then.
  virtual void look_up(std::uint64_t transfer, int ticket, const std::string& name,
                       std::shared_ptr<const call_state> asker) = 0;
  /// False when libcurl does not take it. transfer::done is called later, unless it is taken back before.
  virtual bool run(attempt& what) = 0;
  virtual void take_back(attempt& what) = 0;
  /// A deadline has come up while an attempt ran: transfer::check is called at that time, or earlier.
  virtual void check_at(moment when) = 0;

 protected:
  ~transfer_host() = default;
};

/// What all transfers of a client have in common.
struct surroundings {
  const guard& judge;
  const std::string& proxy;
  probe* watcher;  ///< may be null
  transfer_host& host;
};

class transfer final : public attempt_listener {
 public:
  transfer(std::uint64_t id, request what, std::shared_ptr<listener> to, std::shared_ptr<call_state> call,
           const surroundings& around);
  ~transfer();
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  std::uint64_t id() const noexcept { return id_; }
  bool ended() const noexcept { return ended_; }
  void begin();
  void named(int ticket, result<std::vector<ip_address>> addresses);
  /// The attempt is over; it is out of libcurl's hands already.
  void done(CURLcode code);
  /// Ends it when a deadline has passed.
  void check(moment now);
  /// When check() has something to do; may be early, never late.
  moment next_check() const;
  /// Ends it, and tells the asker if somebody listens.
  void finish(result<void> outcome);

  bool connected(std::string_view peer) override;
  bool head(int status, std::vector<header> headers) override;
  bool bytes(std::string_view data) override;
  void moved() override;

 private:
  enum class phase { naming, connecting, answering };

  void start_hop();
  void judge_names(std::vector<ip_address> addresses);
  void connect();
  void follow();
  bool stop(error why);
  error refused(const refusal& why) const;
  error explained(CURLcode code, const attempt& over) const;
  bool is_followed(int status, const std::vector<header>& headers);

  const std::uint64_t id_;
  request what_;
  const std::shared_ptr<listener> listener_;
  const std::shared_ptr<call_state> call_;
  const surroundings around_;
  const moment begun_ = std::chrono::steady_clock::now();
  const bool began_guarded_;  ///< as the probe heard; a redirect may change it
  bool guarded_ = began_guarded_;
  int redirects_left_;
  const bool follows_;  ///< else a redirect is the answer

  url at_;
  phase phase_ = phase::naming;
  moment hop_begun_{};
  moment moved_{};
  int ticket_ = 0;
  std::vector<ip_address> untried_;  ///< addresses of this hop, the next one first
  std::optional<ip_address> pin_;    ///< the one that is asked now
  std::unique_ptr<attempt> attempt_;
  std::optional<error> stopped_;  ///< why a callback stopped the attempt
  bool has_head_ = false;
  bool redirected_ = false;  ///< the answer under way sends us on; its body is of no interest
  std::string location_;     ///< where to
  int status_ = 0;           ///< and how
  std::size_t body_bytes_ = 0;
  bool ended_ = false;
};

}  // namespace mofa::http_client
