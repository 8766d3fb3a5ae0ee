#include "actors/bus/handover.hpp"

namespace mofa::bus {

using core::json;

core::caller owner_of(const core::topic_message& what) {
  using core::scope;
  return {what.tenant, what.publisher, static_cast<unsigned>(scope::tasks_read) | static_cast<unsigned>(scope::tasks_write)};
}

core::submission submission_of(const core::topic_message& what, const std::string& agent, const std::string& key) {
  core::submission out;
  out.agent = agent;
  auto data = json::parse(what.data, nullptr, false);
  core::part said;
  if (data.is_string()) {
    said.kind = core::part::type::text;
    said.text = data.get<std::string>();
  } else {
    said.kind = core::part::type::data;
    said.data = std::move(data);
  }
  out.message.parts.push_back(std::move(said));
  out.message.metadata = {{"topic", what.topic}};
  out.labels.emplace(core::topic_label, what.topic);
  out.labels.emplace(core::topic_hops_label, std::to_string(what.hops + 1));
  if (what.seq > 0) out.message.metadata["topic_seq"] = what.seq;
  out.message.message_id = "topic/" + key;
  out.idempotency = core::idempotency{key, "message of a topic to " + agent, what.topic};
  return out;
}

bool is_worth_another_try(const error& why) {
  switch (why.code) {
    case errc::unavailable:
    case errc::draining:
    case errc::queue_full:
    case errc::context_busy:
    case errc::storage_full:
    case errc::not_found:  // it is about to leave, or to come: the bus hears of it
    case errc::timeout:
    case errc::io:
    case errc::in_progress:
    case errc::unknown_outcome:
      return true;
    default:
      return false;
  }
}

}  // namespace mofa::bus
