// Negotiation: which version a request speaks, which extensions it activates, and in which media type it is answered.
// Asked by the bindings before they read a body.
// Pure functions over values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/a2a/fault.hpp"
#include "protocols/a2a/questions.hpp"
#include "protocols/http/message.hpp"
#include "server/base/result.hpp"

namespace mofa::a2a {

/// `A2A-Version`, or the query parameter of that name (1.0.1, section 3.6). A patch number counts for nothing, 0.2 is 0.3.
/// Nothing: the request says nothing, or nothing but spaces.
struct asked_version {
  std::optional<version> as;
  std::optional<fault> wrong;  ///< version_not_supported: it names one that is not spoken
};
asked_version version_of(const http::request& from);

/// -32009 with the versions that there are; `advice` says what to do.
fault version_not_supported(std::string advice);

/// content_type_not_supported: there is a body, and it is not said to be JSON.
std::optional<fault> wrong_content_type(const http::request& from);

/// application/a2a+json where the client has named it in Accept or Content-Type, else application/json.
std::string answer_type(const http::request& from);

/// The number in `Last-Event-ID`; nothing when there is none, or it is no number of ours.
std::optional<std::uint64_t> last_event_of(const http::request& from);

/// The extensions that the request has activated: those of ours that `A2A-Extensions` (0.3: `X-A2A-Extensions`) names.
struct activated {
  bool event_ids = false;
  bool idempotent_messages = false;
  /// For the header of the answer; empty: none.
  std::string text() const;
};
activated extensions_of(const http::request& from);

}  // namespace mofa::a2a
