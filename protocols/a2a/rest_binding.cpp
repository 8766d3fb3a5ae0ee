#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocols/a2a/bindings.hpp"
#include "protocols/a2a/negotiation.hpp"
#include "protocols/document/document.hpp"
#include "protocols/http/percent.hpp"
#include "protocols/http/problem.hpp"

namespace mofa::a2a {
namespace {

/// What a handler of one route works with; `asked` holds what body, query and path say, in the names of 1.0.
struct exchange {
  call made;
  json asked;
};

template <class Question>
void ask(exchange one, result<Question> (codec::*read)(const json&) const, void (*operation)(call, Question)) {
  auto question = (one.made.words.*read)(one.asked);
  // Megabytes, perhaps, of which the question has what it needs.
  one.asked = nullptr;
  if (!question) return one.made.to.fail(question.error());
  operation(std::move(one.made), *std::move(question));
}

/// A query may have a state as "input-required", too, instead of TASK_STATE_INPUT_REQUIRED.
void spell_out(json& state) {
  if (!state.is_string()) return;
  std::string name = "TASK_STATE_";
  for (const char c : state.get_ref<const std::string&>()) {
    const bool letter = c >= 'a' && c <= 'z';
    if (!letter && c != '-' && c != '_') return;
    name += letter ? static_cast<char>(c - 'a' + 'A') : '_';
  }
  state = std::move(name);
}

void send(exchange one) { ask(std::move(one), &codec::read_send, send_message); }
void stream(exchange one) { ask(std::move(one), &codec::read_send, send_streaming_message); }
void get(exchange one) { ask(std::move(one), &codec::read_get, get_task); }
void list(exchange one) {
  if (const auto state = one.asked.find("status"); state != one.asked.end()) spell_out(*state);
  ask(std::move(one), &codec::read_list, list_tasks);
}
void cancel(exchange one) { ask(std::move(one), &codec::read_task, cancel_task); }
void subscribe(exchange one) { ask(std::move(one), &codec::read_task, subscribe_to_task); }
void push_create(exchange one) { ask(std::move(one), &codec::read_push, create_push_config); }
void push_get(exchange one) { ask(std::move(one), &codec::read_push_id, get_push_config); }
void push_list(exchange one) { ask(std::move(one), &codec::read_push_id, list_push_configs); }
void push_delete(exchange one) { ask(std::move(one), &codec::read_push_id, delete_push_config); }

struct resource {
  std::string_view method;
  std::string_view pattern;  ///< behind the base of the agent
  core::scope scope;
  void (*handle)(exchange);
  std::string_view id_name = {};  ///< what `{id}` is called in the question; empty: there is none
  bool creates = false;           ///< answered with 201 in 0.3
};

constexpr auto reads = core::scope::tasks_read;
constexpr auto writes = core::scope::tasks_write;

// `:subscribe` by POST is the prose of the specification, by GET its annotation in the proto.
constexpr std::array<resource, 10> resources{
    {{"POST", "/message:send", writes, send, "", true},
     {"POST", "/message:stream", writes, stream},
     {"GET", "/tasks/{id}", reads, get, "id"},
     {"POST", "/tasks/{id}:cancel", writes, cancel, "id"},
     {"POST", "/tasks/{id}:subscribe", reads, subscribe, "id"},
     {"GET", "/tasks/{id}:subscribe", reads, subscribe, "id"},
     {"POST", "/tasks/{id}/pushNotificationConfigs", writes, push_create, "taskId", true},
     {"GET", "/tasks/{id}/pushNotificationConfigs", reads, push_list, "taskId"},
     {"GET", "/tasks/{id}/pushNotificationConfigs/{config}", reads, push_get, "taskId"},
     {"DELETE", "/tasks/{id}/pushNotificationConfigs/{config}", writes, push_delete, "taskId"}}};

constexpr resource tasks_list{"GET", "/tasks", reads, list};

/// The query as members of an object: texts, which the rules of ProtoJSON read as numbers, enums and booleans.
void add_query(json& into, std::string_view query) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = http::percent_decode(pair.substr(0, equals), http::plus_sign::space);
    auto value = http::percent_decode(pair.substr(std::min(equals + 1, pair.size())), http::plus_sign::space);
    if (!name || !value || name->empty() || *name == "A2A-Version") continue;
    into[*name] = *std::move(value);
  }
}

/// Query, body and path, the path last: it wins. The body is used up.
result<json> question_of(http::request& from, const resource& what) {
  auto asked = json::object();
  add_query(asked, from.query);
  if (!from.body.empty()) {
    auto body = document::consume_json(std::exchange(from.body, {}));
    if (!body) return body.error();
    // Some clients of 0.3 write nothing as null.
    if (body->is_null()) *body = json::object();
    if (!body->is_object()) return error{errc::invalid, "the body must be a JSON object", {{"", "must be an object"}}};
    if (asked.empty()) {
      asked = *std::move(body);
    } else {
      for (auto& [name, value] : body->get_ref<json::object_t&>()) asked[name] = std::move(value);
    }
  }
  const auto put = [&](std::string_view name, std::string_view parameter) {
    const auto value = from.parameter(parameter);
    if (!value.empty()) asked[std::string{name}] = value;
  };
  if (!what.id_name.empty()) put(what.id_name, "id");
  put("id", "config");
  put("tenant", "tenant");
  // The other spelling of a member that the path gives must not be found first.
  if (what.id_name == "taskId") asked.erase("task_id");
  return asked;
}

void handle(const house_ptr& all, const resource& what, version as, http::request from, http::responder to) {
  // At the origin any path of two words looks like one with a tenant: one of nobody's is a path that is not there.
  const auto tenant = from.parameter("tenant");
  if (from.parameter("agent").empty() && !tenant.empty() && tenant != from.caller.tenant)
    return to(http::problem(mofa::fail(errc::not_found, "no such path"), from.path, from.request_id));
  reply_form form;
  form.by = binding::rest;
  form.as = as;
  form.profile = all->how.profile;
  if (as == version::v1_0) form.media_type = answer_type(from);
  if (as == version::v0_3 && what.creates) form.success = 201;
  const auto& words = as == version::v1_0 ? codec_v1() : codec_v0_3_rest();
  auto made = call_of(from, *all, words, std::move(form), std::move(to));
  if (as == version::v1_0) {
    const auto wanted = version_of(from);
    if (wanted.wrong) return made.to.fail(*wanted.wrong);
    if (wanted.as == version::v0_3)
      return made.to.fail(
          version_not_supported("this is a path of A2A 1.0; those of 0.3 begin with /v1: send the header "
                                "A2A-Version: 1.0, or use them"));
  }
  if (what.scope == writes)
    if (auto wrong = may_not_write(made.who)) return made.to.fail(*wrong);
  if (auto wrong = wrong_content_type(from)) return made.to.fail(*wrong);
  auto asked = question_of(from, what);
  if (!asked) return made.to.fail(asked.error());
  what.handle({std::move(made), *std::move(asked)});
}

std::function<http::response(const error&)> form_of(version as, const house_ptr& all) {
  return [as, profile = all->how.profile](const error& why) { return rest_response(turned_away(why), as, profile); };
}

void add(http::route_table& table, const house_ptr& all, const resource& what, const std::string& base, version as) {
  http::route one;
  one.method = what.method;
  one.pattern = base + std::string{what.pattern};
  one.scope = what.scope;
  one.handle = [all, &what, as](http::request from, http::responder to) {
    handle(all, what, as, std::move(from), std::move(to));
  };
  one.refuse = form_of(as, all);
  table.push_back(std::move(one));
}

void add_base(http::route_table& table, const house_ptr& all, const std::string& base) {
  for (const auto& each : resources) {
    add(table, all, each, base + "/v1", version::v0_3);
    add(table, all, each, base, version::v1_0);
    add(table, all, each, base + "/{tenant}", version::v1_0);
  }
  // It is refused there, in the form of 0.3.
  add(table, all, tasks_list, base + "/v1", version::v0_3);
  add(table, all, tasks_list, base, version::v1_0);
  add(table, all, tasks_list, base + "/{tenant}", version::v1_0);
}

}  // namespace

void add_rest_routes(http::route_table& table, const house_ptr& all) {
  // Not at the origin, where other protocols have their paths.
  table.push_back(http::form_below("/a2a", form_of(version::v1_0, all)));
  table.push_back(http::form_below("/a2a/{agent}/v1", form_of(version::v0_3, all)));
  add_base(table, all, "/a2a/{agent}");
  if (!all->how.default_agent.empty()) add_base(table, all, "");
}

}  // namespace mofa::a2a
