// The decoder of Server-Sent Events (WHATWG HTML, section 9.2.6): bytes of a stream, cut anywhere, become events.
// Owned by whoever reads a stream: one for each.
// Used by one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/result.hpp"

namespace mofa::sse {

/// One dispatched event. `id` and `retry` fields are skipped: nobody resumes a foreign stream here.
struct received_event {
  std::string type;  ///< of `event:`; "message" when there was none
  std::string data;  ///< the `data:` lines, joined by line feeds
};

/// Lines end in LF, CR or CRLF; comments and unknown fields are skipped; an event that the end of the stream cuts off is
/// never dispatched. A byte order mark at the begin is skipped.
class decoder {
 public:
  /// One event, and one line, may have so many bytes.
  explicit decoder(std::size_t max_event_bytes = 1024 * 1024) : max_bytes_(max_event_bytes) {}

  /// Appends the events that these bytes complete. Error payload_too_large: an event is beyond the bound; feed no more then.
  result<void> feed(std::string_view bytes, std::vector<received_event>& out);

 private:
  void take_line(std::vector<received_event>& out);

  std::size_t max_bytes_;
  std::string line_;
  received_event open_;
  bool has_data_ = false;
  bool first_line_ = true;
  bool after_cr_ = false;  ///< a line feed that comes now belongs to the line before
};

}  // namespace mofa::sse
