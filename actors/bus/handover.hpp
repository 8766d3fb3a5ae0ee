// The handover: how a message becomes a task of an agent that subscribes to its topic.
// Asked by the bus for each message and agent.
// Pure functions; any thread.
#pragma once

#include <string>

#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/topic.hpp"

namespace mofa::bus {

/// Who owns the task: the publisher.
core::caller owner_of(const core::topic_message& what);

/// The task. Its message is the data: a text is a text part, anything else a data part; its metadata and labels name the
/// topic. With the same `key` it is the same task: for a kept message its number, so that it is one task of the agent,
/// however often it is handed over and however many of its patterns match.
core::submission submission_of(const core::topic_message& what, const std::string& agent, const std::string& key);

/// Whether the agent may take the message another time.
bool is_worth_another_try(const error& why);

}  // namespace mofa::bus
