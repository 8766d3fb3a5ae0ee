#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "protocols/a2a/operations.hpp"
#include "server/base/digest.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

/// The service's cursor is an id, which any text could be. A page token is known again: it is of the task, and of this list.
std::string mark_of(const task_id& task, const std::string& cursor) {
  return sha256_hex("push configurations of " + task.str() + '\n' + cursor).substr(0, 16);
}

std::string page_token(const task_id& task, const std::string& cursor) {
  return cursor.empty() ? cursor : mark_of(task, cursor) + cursor;
}

std::optional<std::string> cursor_in(const task_id& task, const std::string& token) {
  if (token.empty()) return token;
  auto cursor = token.substr(std::min(token.size(), std::size_t{16}));
  return page_token(task, cursor) == token ? std::optional{std::move(cursor)} : std::nullopt;
}

/// A configuration that is not there is answered like a task that is not there.
fault no_such_config(const std::string& task, const std::string& id) {
  auto out = no_such_task(task);
  out.message = "task " + task + " has no such push notification configuration";
  if (id.size() <= limits::client_id_bytes) out.metadata.emplace_back("configId", id);
  return out;
}

core::completion<core::push_config> answer_config(call made, std::string task, std::string id) {
  return [made = std::move(made), task = std::move(task), id = std::move(id)](result<core::push_config> got) mutable {
    if (!got && got.error().code == errc::not_found) return made.to.fail(no_such_config(task, id));
    if (!got) return made.to.fail(got.error());
    auto text = made.to.begin();
    made.words.append_push(text, *got);
    made.to.send(std::move(text));
  };
}

}  // namespace

std::optional<fault> wrong_receiver(const call& made, const push_question& asked) {
  const auto fit = made.server.pushes.check(asked.config);
  if (fit) return std::nullopt;
  auto out = fault_of(fit.error());
  if (fit.error().code == errc::invalid) out.fields = {{asked.path + "/url", fit.error().detail}};
  return out;
}

void create_push_config(call made, push_question asked) {
  if (auto wrong = wrong_tenant(made, asked.tenant)) return made.to.fail(*wrong);
  const auto id = asked.task_id;
  if (id.empty()) return made.to.fail(missing("taskId"));
  if (auto wrong = wrong_receiver(made, asked)) return made.to.fail(*wrong);
  with_task(std::move(made), id, [asked = std::move(asked)](call on, core::task_ptr found) mutable {
    auto config = config_for(found->row.id, std::move(asked.config), on.words.version());
    auto& pushes = on.server.pushes;
    const auto who = on.who;
    auto task = asked.task_id;
    auto named = config.id;
    pushes.create(who, std::move(config), found->row.last_seq,
                  answer_config(std::move(on), std::move(task), std::move(named)));
  });
}

void get_push_config(call made, push_id_question asked) {
  if (auto wrong = wrong_tenant(made, asked.tenant)) return made.to.fail(*wrong);
  const auto id = asked.task_id;
  if (id.empty()) return made.to.fail(missing("taskId"));
  if (asked.id.empty()) return made.to.fail(missing("id"));
  with_task(std::move(made), id, [asked = std::move(asked)](call on, core::task_ptr found) {
    auto& pushes = on.server.pushes;
    const auto who = on.who;
    pushes.get(who, found->row.id, asked.id, answer_config(std::move(on), asked.task_id, asked.id));
  });
}

void list_push_configs(call made, push_id_question asked) {
  if (auto wrong = wrong_tenant(made, asked.tenant)) return made.to.fail(*wrong);
  const auto id = asked.task_id;
  if (id.empty()) return made.to.fail(missing("taskId"));
  with_task(std::move(made), id, [asked = std::move(asked)](call on, core::task_ptr found) {
    const auto task = found->row.id;
    auto cursor = cursor_in(task, asked.page_token);
    if (!cursor) return on.to.fail(wrong_page_token());
    auto& pushes = on.server.pushes;
    const auto who = on.who;
    pushes.list(who, task, {static_cast<int>(asked.page_size), *std::move(cursor)},
                [on = std::move(on), task](result<core::page<core::push_config>> got) mutable {
                  if (!got) return on.to.fail(got.error());
                  auto text = on.to.begin();
                  on.words.append_pushes(text, got->items, page_token(task, got->next_cursor));
                  on.to.send(std::move(text));
                });
  });
}

void delete_push_config(call made, push_id_question asked) {
  if (auto wrong = wrong_tenant(made, asked.tenant)) return made.to.fail(*wrong);
  const auto id = asked.task_id;
  if (id.empty()) return made.to.fail(missing("taskId"));
  if (asked.id.empty()) return made.to.fail(missing("id"));
  with_task(std::move(made), id, [asked = std::move(asked)](call on, core::task_ptr found) {
    auto& pushes = on.server.pushes;
    const auto who = on.who;
    pushes.remove(who, found->row.id, asked.id, [on = std::move(on)](result<void> got) mutable {
      if (!got) return on.to.fail(got.error());
      on.to.nothing();
    });
  });
}

}  // namespace mofa::a2a
