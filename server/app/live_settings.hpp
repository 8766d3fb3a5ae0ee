// Live settings in the form of the parts that obey them: the rules of the gateway, the slots of the scheduler.
// Called by the server at its start, and at each reload.
// Pure functions over values; any thread.
#pragma once

#include "actors/kernel.hpp"
#include "server/gateway/gateway.hpp"
#include "server/settings/configuration.hpp"

namespace mofa::app {

/// Error invalid: a key's hash or scope is none, in words for the operator.
result<gateway::rules> gateway_rules(const settings::configuration& from);

scheduling::options scheduling_of(const settings::configuration& from);

}  // namespace mofa::app
