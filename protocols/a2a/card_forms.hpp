// The forms of a card: the members of each version, as JSON values.
// Private to this room; used by card_text().
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <vector>

#include "protocols/a2a/card.hpp"
#include "protocols/core/fields.hpp"

namespace mofa::a2a {

/// What all forms say alike: names, modes, skills, provider, and the capabilities that both versions know.
core::json common_members(const core::definition& of, bool extended);

core::json card_v1(const core::definition& of, const card_facts& facts, bool extended);

/// `as_proto`: the security schemes as ProtoJSON has them, for HTTP+JSON.
core::json card_v0_3(const core::definition& of, const card_facts& facts, bool extended, bool as_proto);

/// What a key must allow to call an agent, where cards list scopes.
std::vector<std::string> needed_scopes();

inline constexpr std::string_view bearer_name = "bearer";
inline constexpr std::string_view api_key_name = "apiKey";
inline constexpr std::string_view bearer_words = "A key of this server as bearer token";
inline constexpr std::string_view api_key_words = "A key of this server in a header of its own";

/// The schemes as 1.0 and the ProtoJSON of 0.3 have them, under their names.
core::json proto_schemes();
/// [{"schemes": {NAME: {"list": [scope…]}}}…]: either is enough.
core::json proto_requirements();

}  // namespace mofa::a2a
