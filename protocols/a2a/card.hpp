// The card: what an agent says of itself to clients that look for one (A2A 1.0.1, section 8; 0.3.0, section 5.5).
// Made for each request from the agent's definition; signed when the operator has given a key.
// Pure functions over values; any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/a2a/questions.hpp"
#include "protocols/core/definition.hpp"
#include "server/base/result.hpp"

namespace mofa::a2a {

/// Signs bytes: the JWS signature (RFC 7515) of the signing input, not yet base64url.
struct card_signer {
  std::string algorithm;  ///< "ES256" or "EdDSA"
  std::string key_id;
  std::function<result<std::string>(std::string_view signing_input)> sign;
};

/// What a card needs to know besides the definition.
struct card_facts {
  std::string base_url;    ///< of the agent's interfaces, without a slash at its end: "http://127.0.0.1:8080/a2a/echo"
  bool with_keys = false;  ///< the gateway asks for keys: the schemes are declared
};

enum class card_form {
  v1,        ///< A2A 1.0 alone
  hybrid,    ///< 1.0 and, besides, the members that 0.3 clients read
  v0_3,      ///< A2A 0.3 alone: what its extended-card call answers over JSON-RPC
  v0_3_rest  ///< the same over HTTP+JSON: ProtoJSON of a2a.v1, whose security schemes look otherwise
};

/// The card as JSON text, canonical (RFC 8785, no empty members) so that it is what was signed. `extended`: with what the
/// definition tells only to callers with a key. With a signer the card carries its signature (1.0.1, section 8.4): a
/// detached JWS over the canonical card without `signatures`. A hybrid card carries two, over the members of 1.0 alone,
/// which is all that readers of ProtoJSON see of it, and over the whole. Error internal: the signature could not be made.
result<std::string> card_text(const core::definition& of, const card_facts& facts, card_form form, bool extended,
                              const card_signer* signer);

/// The same signer, which says again what it has said for the same input: a card's text then stays the same, and its ETag,
/// although each signature of ES256 is another. Keeps the last `most` signatures; any thread. An agent needs two for its
/// public card in both forms, three more for its extended one; with fewer than that for all agents, readers of the
/// catalogue would see new signatures each time.
card_signer remembering(card_signer signer, std::size_t most = 32'768);

/// The extensions that every agent declares; activated by `A2A-Extensions`.
inline constexpr std::string_view event_ids_extension = "https://mofa.dev/a2a/extensions/event-ids/v1";
inline constexpr std::string_view idempotent_messages_extension = "https://mofa.dev/a2a/extensions/idempotent-messages/v1";

}  // namespace mofa::a2a
