// A probe with a trap: at the n-th hit of a point the process kills itself, or the room that is there throws.
// Wraps the server's own probe and forwards every verb to it; owned by the server.
// Any thread, like every probe.
#pragma once

#include <memory>

#include "actors/system/probe.hpp"

namespace mofa::test {

/// Reads the environment: MOFA_KILL=<point>:<n> raises SIGKILL, MOFA_CRASH=<point>:<n> throws std::runtime_error, `<n>+`
/// from that hit on. Points: before_append, after_append, before_publish, after_publish, effect_started, before_outcome,
/// message_published, message_delivered, push_attempted.
/// Aborts when it does not understand them.
std::unique_ptr<actors::probe> make_trap_probe(actors::probe& inner);

}  // namespace mofa::test
