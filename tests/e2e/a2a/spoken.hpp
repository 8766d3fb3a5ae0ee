// The clients of tests/support, which here keep record of how a case spoke A2A: each request that was answered, by its path,
// its header and its query. The table of requirements is checked against it. The record is the program's.
// One thread at a time for each object; the record takes from any.
#pragma once

#include <string>
#include <string_view>

#include "tests/e2e/a2a/dialect.hpp"
#include "tests/support/conversation.hpp"

namespace mofa::test::a2a {

/// What a request speaks, as the specifications have it: "1.0/rest", or "1.0/card" where it is for a card, which is the same
/// for all bindings; empty when it is no A2A. A version that nobody speaks is refused by the rules of 1.0; an empty one is
/// 0.3, in JSON-RPC and of cards.
std::string way_of(std::string_view path, const header_pairs& headers);
/// Notes in the record that the running case spoke so, and was answered.
void spoke(std::string_view path, const header_pairs& headers);

/// test::http_client, recorded.
class http_client : public test::http_client {
 public:
  using test::http_client::http_client;

  std::optional<http_answer> request(std::string_view method, std::string_view path, std::string_view body = {},
                                     const header_pairs& headers = {}, milliseconds within = patience);
  std::optional<http_answer> get(std::string_view path, const header_pairs& headers = {}) {
    return request("GET", path, {}, headers);
  }
  std::optional<http_answer> post(std::string_view path, std::string_view body, const header_pairs& headers = {}) {
    return request("POST", path, body, headers);
  }
};

/// test::event_stream, recorded.
class event_stream : public test::event_stream {
 public:
  event_stream(std::uint16_t port, std::string_view method, std::string_view path, std::string_view body = {},
               const header_pairs& headers = {});
};

/// test::wire, recorded: the last request whose head was sent in one piece.
class wire : public test::wire {
 public:
  using test::wire::wire;

  bool send(std::string_view bytes, milliseconds within = patience);
  std::optional<http_answer> answer(milliseconds within = patience);

 private:
  std::string path_;
  header_pairs headers_;
};

/// test::conversation, recorded.
class conversation : public test::conversation {
 public:
  using test::conversation::conversation;

  http_answer get(const std::string& path, const header_pairs& headers = {});
  http_answer post(const std::string& path, const std::string& body = {}, const header_pairs& headers = {});
};

}  // namespace mofa::test::a2a
