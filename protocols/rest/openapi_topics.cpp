#include "protocols/rest/openapi.hpp"

namespace mofa::rest {

std::vector<operation> topic_operations() {
  return {
      {"POST",
       "/api/v1/topics/{topic}",
       "publish_message",
       "topics",
       "tasks:write",
       "Publish a message; a durable one is committed before the answer",
       {"topic_name", "idempotency_key"},
       "publication",
       true,
       {{200, "published", "How many subscribers have it, or will have it from the store"}},
       {400, 415, 422, 503}},
      {"GET",
       "/api/v1/topics",
       "list_topics",
       "topics",
       "tasks:read",
       "Topics by name, and the patterns of subscribers",
       {"limit", "cursor"},
       "",
       false,
       {{200, "topic_page", "One page of topics"}},
       {422, 503}},
  };
}

}  // namespace mofa::rest
