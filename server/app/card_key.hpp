// The card key: the operator's private key as that what signs cards.
// Read by the server before it starts, and by the doctor; the signer belongs to whoever makes the routes of A2A.
// Reads a file; the main thread. The signer itself: any thread.
#pragma once

#include <optional>

#include "protocols/a2a/card.hpp"
#include "server/base/result.hpp"
#include "server/settings/configuration.hpp"

namespace mofa::app {

/// Nothing when no key is configured. The signer remembers what it has signed. Errors name the setting and the file: io:
/// cannot be read; invalid: no key of the two kinds.
result<std::optional<a2a::card_signer>> card_signer_of(const settings::a2a_card_settings& from);

}  // namespace mofa::app
