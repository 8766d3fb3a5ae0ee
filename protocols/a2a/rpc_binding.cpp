#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "protocols/a2a/bindings.hpp"
#include "protocols/a2a/negotiation.hpp"
#include "protocols/jsonrpc/envelope.hpp"

namespace mofa::a2a {
namespace {

/// A read question goes to its operation, a wrong one back to the client.
template <class Question>
void ask(call made, json params, result<Question> (codec::*read)(const json&) const, void (*operation)(call, Question)) {
  auto question = (made.words.*read)(params);
  // Megabytes, perhaps, of which the question has what it needs.
  params = nullptr;
  if (!question) return made.to.fail(question.error());
  operation(std::move(made), *std::move(question));
}

enum class operation {
  send,
  stream,
  get,
  list,
  cancel,
  subscribe,
  push_create,
  push_get,
  push_list,
  push_delete,
  extended_card
};

struct method {
  std::string_view name;
  operation what;
  bool writes = false;
};

constexpr std::array<method, 11> methods_v1{{{"SendMessage", operation::send, true},
                                             {"SendStreamingMessage", operation::stream, true},
                                             {"GetTask", operation::get},
                                             {"ListTasks", operation::list},
                                             {"CancelTask", operation::cancel, true},
                                             {"SubscribeToTask", operation::subscribe},
                                             {"CreateTaskPushNotificationConfig", operation::push_create, true},
                                             {"GetTaskPushNotificationConfig", operation::push_get},
                                             {"ListTaskPushNotificationConfigs", operation::push_list},
                                             {"DeleteTaskPushNotificationConfig", operation::push_delete, true},
                                             {"GetExtendedAgentCard", operation::extended_card}}};

constexpr std::array<method, 10> methods_v0_3{{{"message/send", operation::send, true},
                                               {"message/stream", operation::stream, true},
                                               {"tasks/get", operation::get},
                                               {"tasks/cancel", operation::cancel, true},
                                               {"tasks/resubscribe", operation::subscribe},
                                               {"tasks/pushNotificationConfig/set", operation::push_create, true},
                                               {"tasks/pushNotificationConfig/get", operation::push_get},
                                               {"tasks/pushNotificationConfig/list", operation::push_list},
                                               {"tasks/pushNotificationConfig/delete", operation::push_delete, true},
                                               {"agent/getAuthenticatedExtendedCard", operation::extended_card}}};

template <std::size_t Size>
const method* find(const std::array<method, Size>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const method& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

void run(call made, operation what, json params, const house& all, const http::request& from) {
  switch (what) {
    case operation::send:
      return ask(std::move(made), std::move(params), &codec::read_send, send_message);
    case operation::stream:
      return ask(std::move(made), std::move(params), &codec::read_send, send_streaming_message);
    case operation::get:
      return ask(std::move(made), std::move(params), &codec::read_get, get_task);
    case operation::list:
      return ask(std::move(made), std::move(params), &codec::read_list, list_tasks);
    case operation::cancel:
      return ask(std::move(made), std::move(params), &codec::read_task, cancel_task);
    case operation::subscribe:
      return ask(std::move(made), std::move(params), &codec::read_task, subscribe_to_task);
    case operation::push_create:
      return ask(std::move(made), std::move(params), &codec::read_push, create_push_config);
    case operation::push_get:
      return ask(std::move(made), std::move(params), &codec::read_push_id, get_push_config);
    case operation::push_list:
      return ask(std::move(made), std::move(params), &codec::read_push_id, list_push_configs);
    case operation::push_delete:
      return ask(std::move(made), std::move(params), &codec::read_push_id, delete_push_config);
    case operation::extended_card:
      return get_extended_card(std::move(made), all, params, from);
  }
}

/// The method of that name in the version that was asked for.
std::variant<method, fault> method_of(std::string_view name, version as) {
  const auto* one = as == version::v1_0 ? find(methods_v1, name) : find(methods_v0_3, name);
  if (one != nullptr) return *one;
  const auto shown = std::string{name.substr(0, 64)};
  if (as == version::v0_3 && find(methods_v1, name) != nullptr)
    return version_not_supported("'" + shown +
                                 "' is a method of A2A 1.0, and the request says 0.3 or nothing: send the header "
                                 "A2A-Version: 1.0");
  if (as == version::v1_0 && find(methods_v0_3, name) != nullptr)
    return fault{fault_kind::method_not_found,
                 "'" + shown + "' is a method of A2A 0.3: leave the header A2A-Version out, or use the methods of 1.0"};
  return fault{fault_kind::method_not_found, "there is no method '" + shown + "'"};
}

fault_kind kind_of(jsonrpc::failure_kind what) {
  switch (what) {
    case jsonrpc::failure_kind::parse_error:
      return fault_kind::parse;
    case jsonrpc::failure_kind::invalid_request:
      return fault_kind::invalid_request;
    case jsonrpc::failure_kind::invalid_params:
      return fault_kind::invalid_params;
  }
  return fault_kind::invalid_request;
}

void handle(const house_ptr& all, http::request from, http::responder to) {
  reply_form form;
  const auto refuse = [&](const fault& why, version as) { to(rpc_response(why, as, form.id)); };
  if (auto wrong = wrong_content_type(from)) {
    // What the body is in is HTTP's business: no call has been read yet.
    auto refusal = rpc_response(*wrong, version::v1_0, form.id);
    refusal.status = 400;
    return to(std::move(refusal));
  }
  auto read = jsonrpc::read_call(std::exchange(from.body, {}));
  if (auto* failure = std::get_if<jsonrpc::failure>(&read)) {
    form.id = failure->id;
    const auto asked = version_of(from);
    return refuse(fault{kind_of(failure->kind), std::move(failure->message)}, asked.as.value_or(version::v0_3));
  }
  auto& asked = std::get<jsonrpc::call>(read);
  form.id = asked.id;
  const auto wanted = version_of(from);
  if (wanted.wrong) return refuse(*wanted.wrong, version::v1_0);
  form.as = wanted.as.value_or(version::v0_3);
  const auto found = method_of(asked.method, form.as);
  if (const auto* wrong = std::get_if<fault>(&found))
    return refuse(*wrong, wrong->kind == fault_kind::version_not_supported ? version::v1_0 : form.as);
  const auto& which = std::get<method>(found);
  if (which.writes)
    if (auto wrong = may_not_write(from.caller)) return refuse(*wrong, form.as);
  form.error_as_event = form.as == version::v0_3 && (which.what == operation::stream || which.what == operation::subscribe);
  const auto& words = form.as == version::v1_0 ? codec_v1() : codec_v0_3();
  run(call_of(from, *all, words, std::move(form), std::move(to)), which.what, std::move(asked.params), *all, from);
}

void add(http::route_table& table, const house_ptr& all, std::string pattern) {
  http::route one;
  one.method = "POST";
  one.pattern = std::move(pattern);
  // What an answer shows must be allowed in any case; methods that change something ask for more.
  one.scope = core::scope::tasks_read;
  one.handle = [all](http::request from, http::responder to) { handle(all, std::move(from), std::move(to)); };
  one.refuse = [](const error& why) { return rpc_response(turned_away(why), version::v1_0, "null"); };
  table.push_back(std::move(one));
}

}  // namespace

void add_rpc_routes(http::route_table& table, const house_ptr& all) {
  add(table, all, "/a2a/{agent}");
  add(table, all, "/a2a/{agent}/");
  if (!all->how.default_agent.empty()) add(table, all, "/");
}

}  // namespace mofa::a2a
