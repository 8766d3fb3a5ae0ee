// The four ways in which A2A is spoken, by version and binding, as the tests write and read them: everything in the shapes
// of 1.0, so that one test says the same in all four. Written after the specifications, not after the server.
// Values; owned by whoever holds them.
// Pure functions; any thread.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/http_client.hpp"

namespace mofa::test::a2a {

using json = nlohmann::json;

enum class way { v1_rpc, v1_rest, v03_rpc, v03_rest };

inline constexpr std::array all_ways{way::v1_rpc, way::v1_rest, way::v03_rpc, way::v03_rest};
inline constexpr std::array v1_ways{way::v1_rpc, way::v1_rest};

/// "1.0/jsonrpc"
std::string name_of(way how);
inline bool is_rest(way how) { return how == way::v1_rest || how == way::v03_rest; }
inline bool is_v1(way how) { return how == way::v1_rpc || how == way::v1_rest; }

/// A message of 1.0's shape, and a configuration of a send, as that way writes them.
json written_message(way how, const json& message);
json written_configuration(way how, const json& configuration);
/// A push configuration of 1.0's flat shape for that task, as the parameters or the body of its creation.
json written_push(way how, const std::string& task, const json& config);

/// What a way showed, in 1.0's shape. A test fails when it is not the shape of that way.
json read_task(way how, const json& shown);
json read_message(way how, const json& shown);
json read_push(way how, const json& shown);
/// {"task": …}, {"message": …}, {"statusUpdate": …} or {"artifactUpdate": …}; `final` of 0.3 stays in the update.
json read_item(way how, const json& shown);

/// What came of a request.
struct answer {
  http_answer http;
  json body;           ///< as it came; discarded when it is no JSON
  json result;         ///< of a success; of tasks, messages and push configurations in 1.0's shape
  int code = 0;        ///< of a refusal: the code of JSON-RPC, also where the binding has another; 0: it succeeded
  std::string reason;  ///< of ErrorInfo, where there is one

  bool ok() const { return code == 0; }
  std::string text() const { return std::to_string(http.status) + " " + http.body; }
};

/// Reads the answer to a request; `result` is as it came.
answer read_answer(way how, http_answer from);

}  // namespace mofa::test::a2a
