// A2A's part of the process: who signs the cards, who words and who sends the push notifications, as the settings say.
// Made and owned by the app; outlives the kernel and the gateway.
// Made on the main thread; its parts are used on any.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/kernel.hpp"
#include "protocols/a2a/card_routes.hpp"
#include "protocols/a2a/push_words.hpp"
#include "server/push/webhook_sender.hpp"
#include "server/settings/configuration.hpp"

namespace mofa::app {

/// An agent that should answer at the origin, and is not there. It may come: no mistake.
struct missing_agent {
  std::string name;
  bool as_shipped = false;  ///< nobody has asked for that name in particular
  std::string detail;
  std::string fix;
};

/// Nothing when `a2a.default_agent` names one of these agents, or none, or A2A is off.
std::optional<missing_agent> missing_default_agent(const settings::a2a_settings& from,
                                                   const std::vector<std::string>& names);

class a2a_parts {
 public:
  /// `time` must outlive it. Errors name the setting.
  static result<std::unique_ptr<a2a_parts>> make(const settings::configuration& from, const clock& time,
                                                 std::shared_ptr<http_client::probe> watch);

  /// For the kernel; nothing to deliver with when A2A is off.
  delivery::equipment deliveries() const;
  /// For the routes, when the server starts. `with_keys`: whether the gateway asks for keys right now.
  a2a::card_options cards(std::function<bool()> with_keys) const;

 private:
  a2a_parts(settings::a2a_settings from, const clock& time) : settings_(std::move(from)), time_(time) {}

  settings::a2a_settings settings_;
  const clock& time_;
  a2a::push_words words_;
  std::unique_ptr<push::webhook_sender> sender_;
  std::optional<a2a::card_signer> signer_;
};

}  // namespace mofa::app
