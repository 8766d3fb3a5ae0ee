// The runners of this server: tools, models, the reading of a context, and children.
// Made by the kernel with what they need; owned by the effects actor.
// See runner.hpp for threads.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "actors/catalog/catalog.hpp"
#include "actors/directory/directory.hpp"
#include "actors/effects/runner.hpp"
#include "protocols/core/ports/model_directory.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/ports/tool.hpp"
#include "protocols/core/ports/topic_service.hpp"

namespace mofa::effects {

/// By tool name.
using toolbox = std::map<std::string, core::tool_ptr, std::less<>>;

/// {tool, arguments} -> what the tool answers.
std::unique_ptr<runner> make_tool_runner(const toolbox& tools);

/// {model, messages, tools: [name], fallback?, temperature?, max_output_tokens?, output_schema?} -> core::model_answer
/// as JSON. What the model is told of tools and agents is looked up when the call begins.
std::unique_ptr<runner> make_model_runner(const core::model_directory& models, const toolbox& tools,
                                          const catalog::catalog& definitions);

/// {max_messages} -> [model_message]: what was said in the task's context before this task, oldest first.
std::unique_ptr<runner> make_recall_runner(const directory::directory& where);

/// {agent, message, child_id} -> {task_id, agent, state, text, artifacts}: a task of another agent. It is submitted under
/// the id that the journal holds; one that exists already is waited for. A child that does not complete is the error of its
/// code.
std::unique_ptr<runner> make_child_runner(core::task_service& tasks, const catalog::catalog& definitions);

/// {topic, data, durable} -> {seq (null when not kept), delivered}. A durable message is published once, whatever crashes,
/// for the 24 hours of its key;
/// one that is not kept is published again when a crash hides whether it was.
std::unique_ptr<runner> make_publish_runner(core::topic_service& topics);

}  // namespace mofa::effects
