#include "tests/e2e/a2a/dialect.hpp"

#include <doctest/doctest.h>

#include <map>

namespace mofa::test::a2a {
namespace {

const std::map<std::string, std::string>& state_names() {
  static const std::map<std::string, std::string> names{
      {"submitted", "TASK_STATE_SUBMITTED"},
      {"working", "TASK_STATE_WORKING"},
      {"input-required", "TASK_STATE_INPUT_REQUIRED"},
      {"auth-required", "TASK_STATE_AUTH_REQUIRED"},
      {"completed", "TASK_STATE_COMPLETED"},
      {"failed", "TASK_STATE_FAILED"},
      {"canceled", "TASK_STATE_CANCELED"},
      {"rejected", "TASK_STATE_REJECTED"},
  };
  return names;
}

void copy(json& to, const json& from, std::initializer_list<const char*> members) {
  for (const auto* each : members)
    if (from.contains(each)) to[each] = from.at(each);
}

// --- written
// ---------------------------------------------------------------------------------------------------------------

json written_part(way how, const json& part) {
  if (is_v1(how)) return part;
  json out = json::object();
  copy(out, part, {"metadata"});
  const bool rest = how == way::v03_rest;
  if (part.contains("text")) {
    out["text"] = part.at("text");
    if (!rest) out["kind"] = "text";
  } else if (part.contains("data")) {
    if (rest) {
      out["data"] = {{"data", part.at("data")}};
    } else {
      out["data"] = part.at("data");
      out["kind"] = "data";
    }
  } else {
    json file = json::object();
    const bool raw = part.contains("raw");
    if (raw) file[rest ? "fileWithBytes" : "bytes"] = part.at("raw");
    if (part.contains("url")) file[rest ? "fileWithUri" : "uri"] = part.at("url");
    if (part.contains("filename")) file["name"] = part.at("filename");
    if (part.contains("mediaType")) file["mimeType"] = part.at("mediaType");
    out["file"] = std::move(file);
    if (!rest) out["kind"] = "file";
  }
  return out;
}

// --- read
// ------------------------------------------------------------------------------------------------------------------

json read_part(way how, const json& shown) {
  REQUIRE_MESSAGE(shown.is_object(), shown.dump());
  if (is_v1(how)) {
    int kinds = 0;
    for (const auto* each : {"text", "raw", "url", "data"}) kinds += shown.contains(each) ? 1 : 0;
    REQUIRE_MESSAGE(kinds == 1, shown.dump());
    CHECK_FALSE_MESSAGE(shown.contains("kind"), shown.dump());
    return shown;
  }
  json out = json::object();
  copy(out, shown, {"metadata"});
  if (how == way::v03_rpc) {
    const auto kind = shown.at("kind").get<std::string>();
    REQUIRE_MESSAGE((kind == "text" || kind == "file" || kind == "data"), shown.dump());
    REQUIRE_MESSAGE(shown.contains(kind), shown.dump());
  }
  if (shown.contains("text")) {
    out["text"] = shown.at("text");
  } else if (shown.contains("data")) {
    out["data"] = how == way::v03_rest ? shown.at("data").at("data") : shown.at("data");
  } else {
    const auto& file = shown.at("file");
    const bool rest = how == way::v03_rest;
    const auto* bytes = rest ? "fileWithBytes" : "bytes";
    const auto* uri = rest ? "fileWithUri" : "uri";
    REQUIRE_MESSAGE(file.contains(bytes) != file.contains(uri), shown.dump());
    if (file.contains(bytes)) out["raw"] = file.at(bytes);
    if (file.contains(uri)) out["url"] = file.at(uri);
    if (file.contains("name")) out["filename"] = file.at("name");
    if (file.contains("mimeType")) out["mediaType"] = file.at("mimeType");
  }
  return out;
}

json read_parts(way how, const json& shown) {
  json out = json::array();
  for (const auto& each : shown) out.push_back(read_part(how, each));
  return out;
}

json read_status(way how, const json& shown) {
  json out = json::object();
  copy(out, shown, {"timestamp"});
  auto state = shown.at("state").get<std::string>();
  if (how == way::v03_rpc) {
    REQUIRE_MESSAGE(state_names().contains(state), state);
    state = state_names().at(state);
  } else if (how == way::v03_rest && state == "TASK_STATE_CANCELLED") {
    state = "TASK_STATE_CANCELED";
  }
  out["state"] = state;
  if (shown.contains("message")) out["message"] = read_message(how, shown.at("message"));
  return out;
}

json read_artifact(way how, const json& shown) {
  json out = json::object();
  copy(out, shown, {"artifactId", "name", "description", "metadata", "extensions"});
  out["parts"] = read_parts(how, shown.at("parts"));
  REQUIRE_MESSAGE(!out["parts"].empty(), shown.dump());
  return out;
}

json read_status_update(way how, const json& shown) {
  json out = json::object();
  copy(out, shown, {"taskId", "contextId", "metadata", "final"});
  CHECK_MESSAGE(shown.contains("taskId"), shown.dump());
  CHECK_MESSAGE(shown.contains("contextId"), shown.dump());
  if (is_v1(how)) CHECK_FALSE_MESSAGE(shown.contains("final"), shown.dump());
  out["status"] = read_status(how, shown.at("status"));
  return out;
}

json read_artifact_update(way how, const json& shown) {
  json out = json::object();
  copy(out, shown, {"taskId", "contextId", "metadata", "append", "lastChunk"});
  CHECK_MESSAGE(shown.contains("taskId"), shown.dump());
  CHECK_MESSAGE(shown.contains("contextId"), shown.dump());
  out["artifact"] = read_artifact(how, shown.at("artifact"));
  return out;
}

// The code of JSON-RPC that a REST refusal of 1.0 stands for.
int code_of(const std::string& reason, const std::string& status) {
  static const std::map<std::string, int> reasons{
      {"TASK_NOT_FOUND", -32001},
      {"TASK_NOT_CANCELABLE", -32002},
      {"PUSH_NOTIFICATION_NOT_SUPPORTED", -32003},
      {"UNSUPPORTED_OPERATION", -32004},
      {"CONTENT_TYPE_NOT_SUPPORTED", -32005},
      {"INVALID_AGENT_RESPONSE", -32006},
      {"EXTENDED_AGENT_CARD_NOT_CONFIGURED", -32007},
      {"EXTENSION_SUPPORT_REQUIRED", -32008},
      {"VERSION_NOT_SUPPORTED", -32009},
      // Of the server's own domain: the request is at fault, or the server may not or cannot now.
      {"NOT_FOUND", -32600},
      {"METHOD_NOT_ALLOWED", -32600},
      {"INVALID_SYNTAX", -32600},
      {"PAYLOAD_TOO_LARGE", -32600},
      {"UNAUTHENTICATED", -32000},
      {"FORBIDDEN", -32000},
      {"HOST_NOT_ALLOWED", -32000},
      {"QUEUE_FULL", -32000},
      {"OVERLOADED", -32000},
      {"UNAVAILABLE", -32000},
  };
  if (const auto found = reasons.find(reason); found != reasons.end()) return found->second;
  if (status == "INVALID_ARGUMENT") return -32602;
  if (status == "NOT_FOUND" || status == "UNIMPLEMENTED") return -32601;
  return -32603;
}

// ErrorInfo's reason in a list of details.
std::string reason_in(const json& details) {
  if (!details.is_array()) return {};
  for (const auto& each : details) {
    CHECK_MESSAGE(each.contains("@type"), each.dump());
    if (each.value("@type", "") != "type.googleapis.com/google.rpc.ErrorInfo") continue;
    // What A2A has no error for, such as a queue that is full, is of a domain of ours.
    CHECK_MESSAGE((each.value("domain", "") == "a2a-protocol.org" || each.value("domain", "") == "mofa.dev"), each.dump());
    return each.value("reason", "");
  }
  return {};
}

}  // namespace

std::string name_of(way how) { return std::string{is_v1(how) ? "1.0" : "0.3"} + (is_rest(how) ? "/rest" : "/jsonrpc"); }

json written_message(way how, const json& message) {
  if (is_v1(how)) return message;
  json out = json::object();
  copy(out, message, {"messageId", "contextId", "taskId", "metadata", "extensions", "referenceTaskIds"});
  const bool rest = how == way::v03_rest;
  if (message.contains("role")) {
    const auto role = message.at("role").get<std::string>();
    out["role"] = rest ? role : role == "ROLE_USER" ? "user" : "agent";
  }
  if (message.contains("parts")) {
    auto parts = json::array();
    for (const auto& each : message.at("parts")) parts.push_back(written_part(how, each));
    out[rest ? "content" : "parts"] = std::move(parts);
  }
  if (!rest) out["kind"] = "message";
  return out;
}

json written_configuration(way how, const json& configuration) {
  if (is_v1(how)) return configuration;
  json out = json::object();
  copy(out, configuration, {"acceptedOutputModes", "historyLength"});
  // What is not said blocks in 1.0; 0.3 says it.
  out["blocking"] = !configuration.value("returnImmediately", false);
  if (configuration.contains("taskPushNotificationConfig")) {
    auto config = configuration.at("taskPushNotificationConfig");
    if (config.contains("authentication")) {
      auto& how_to = config["authentication"];
      how_to["schemes"] = json::array({how_to.at("scheme")});
      how_to.erase("scheme");
    }
    out[how == way::v03_rest ? "pushNotification" : "pushNotificationConfig"] = std::move(config);
  }
  return out;
}

json written_push(way how, const std::string& task, const json& config) {
  auto out = config;
  if (is_v1(how)) {
    if (how == way::v1_rpc) out["taskId"] = task;
    return out;
  }
  if (out.contains("authentication")) {
    auto& how_to = out["authentication"];
    how_to["schemes"] = json::array({how_to.at("scheme")});
    how_to.erase("scheme");
  }
  if (how == way::v03_rpc) return {{"taskId", task}, {"pushNotificationConfig", std::move(out)}};
  const auto name = "tasks/" + task + "/pushNotificationConfigs/" + out.value("id", "");
  return {{"name", name}, {"pushNotificationConfig", std::move(out)}};
}

json read_message(way how, const json& shown) {
  if (how == way::v03_rpc) CHECK_MESSAGE(shown.value("kind", "") == "message", shown.dump());
  json out = json::object();
  copy(out, shown, {"messageId", "contextId", "taskId", "metadata", "extensions", "referenceTaskIds"});
  CHECK_MESSAGE(!shown.value("messageId", "").empty(), shown.dump());
  const auto role = shown.at("role").get<std::string>();
  out["role"] = how != way::v03_rpc ? role : role == "user" ? "ROLE_USER" : "ROLE_AGENT";
  CHECK_MESSAGE((out["role"] == "ROLE_USER" || out["role"] == "ROLE_AGENT"), shown.dump());
  out["parts"] = read_parts(how, shown.at(how == way::v03_rest ? "content" : "parts"));
  return out;
}

json read_task(way how, const json& shown) {
  if (how == way::v03_rpc) CHECK_MESSAGE(shown.value("kind", "") == "task", shown.dump());
  if (how != way::v03_rpc) CHECK_FALSE_MESSAGE(shown.contains("kind"), shown.dump());
  json out = json::object();
  copy(out, shown, {"id", "contextId", "metadata"});
  CHECK_MESSAGE(!shown.value("id", "").empty(), shown.dump());
  CHECK_MESSAGE(!shown.value("contextId", "").empty(), shown.dump());
  out["status"] = read_status(how, shown.at("status"));
  if (shown.contains("artifacts")) {
    out["artifacts"] = json::array();
    for (const auto& each : shown.at("artifacts")) out["artifacts"].push_back(read_artifact(how, each));
  }
  if (shown.contains("history")) {
    out["history"] = json::array();
    for (const auto& each : shown.at("history")) out["history"].push_back(read_message(how, each));
  }
  return out;
}

json read_push(way how, const json& shown) {
  if (is_v1(how)) return shown;
  json out = shown.at("pushNotificationConfig");
  if (out.contains("authentication") && out["authentication"].contains("schemes")) {
    out["authentication"]["scheme"] = out["authentication"]["schemes"].at(0);
    out["authentication"].erase("schemes");
  }
  if (how == way::v03_rpc) {
    out["taskId"] = shown.at("taskId");
    return out;
  }
  // tasks/{task}/pushNotificationConfigs/{id}
  const auto name = shown.at("name").get<std::string>();
  const auto middle = name.find("/pushNotificationConfigs/");
  REQUIRE_MESSAGE((name.starts_with("tasks/") && middle != std::string::npos), name);
  out["taskId"] = name.substr(6, middle - 6);
  CHECK(name.ends_with("/" + out.value("id", "?")));
  return out;
}

json read_item(way how, const json& shown) {
  if (how == way::v03_rpc) {
    const auto kind = shown.at("kind").get<std::string>();
    if (kind == "task") return {{"task", read_task(how, shown)}};
    if (kind == "message") return {{"message", read_message(how, shown)}};
    if (kind == "status-update") return {{"statusUpdate", read_status_update(how, shown)}};
    REQUIRE_MESSAGE(kind == "artifact-update", shown.dump());
    return {{"artifactUpdate", read_artifact_update(how, shown)}};
  }
  REQUIRE_MESSAGE((shown.is_object() && shown.size() == 1), shown.dump());
  if (shown.contains("task")) return {{"task", read_task(how, shown.at("task"))}};
  if (shown.contains("message")) return {{"message", read_message(how, shown.at("message"))}};
  if (shown.contains("statusUpdate")) return {{"statusUpdate", read_status_update(how, shown.at("statusUpdate"))}};
  return {{"artifactUpdate", read_artifact_update(how, shown.at("artifactUpdate"))}};
}

answer read_answer(way how, http_answer from) {
  answer out;
  // Clients of 0.3 who ask for a stream understand nothing but one: its only event is the refusal.
  if (how == way::v03_rpc && from.header("content-type").starts_with("text/event-stream")) {
    const auto begin = from.body.find("data: "), end = from.body.find('\n', begin);
    REQUIRE_MESSAGE(begin != std::string::npos, from.body);
    CHECK_MESSAGE(from.body.find("data: ", end) == std::string::npos, from.body);
    from.body = from.body.substr(begin + 6, end - begin - 6);
  }
  out.body = json::parse(from.body, nullptr, false);
  out.http = std::move(from);
  if (!is_rest(how)) {
    REQUIRE_MESSAGE(out.body.is_object(), out.text());
    CHECK_MESSAGE(out.body.value("jsonrpc", "") == "2.0", out.text());
    CHECK_MESSAGE(out.body.contains("id"), out.text());
    CHECK_MESSAGE(out.body.contains("result") != out.body.contains("error"), out.text());
    if (out.body.contains("result")) {
      out.result = out.body.at("result");
      return out;
    }
    const auto& why = out.body.at("error");
    out.code = why.at("code");
    CHECK_MESSAGE(!why.at("message").get<std::string>().empty(), out.text());
    out.reason = reason_in(why.value("data", json{}));
    return out;
  }
  if (out.http.status < 300) {
    out.result = out.body;
    return out;
  }
  REQUIRE_MESSAGE(out.body.is_object(), out.text());
  if (how == way::v03_rest) {
    out.code = out.body.at("code");
    CHECK_MESSAGE(!out.body.at("message").get<std::string>().empty(), out.text());
    return out;
  }
  const auto& why = out.body.at("error");
  CHECK_MESSAGE(why.at("code") == out.http.status, out.text());
  CHECK_MESSAGE(!why.at("message").get<std::string>().empty(), out.text());
  out.reason = reason_in(why.value("details", json{}));
  out.code = code_of(out.reason, why.at("status"));
  return out;
}

}  // namespace mofa::test::a2a
