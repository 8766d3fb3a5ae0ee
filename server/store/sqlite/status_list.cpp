// Tasks by the time of their status: the part of list() that orders by it, and counts.
#include <string_view>
#include <utility>

#include "protocols/core/cursor.hpp"
#include "server/store/sqlite/sqlite_store.hpp"
#include "server/store/sqlite/task_columns.hpp"

namespace mofa::store {
namespace {

/// Where to look, which tasks a look there may find, and the time of their status: that of an ended one is the time of its
/// end, which its index holds.
struct way {
  std::string_view index, only, time;
};
constexpr way by_context{"tasks_by_context", "1", "status_at"};
constexpr way by_parent{"tasks_children", "1", "status_at"};
constexpr way through_ended{"tasks_ended", "ended_at IS NOT NULL", "ended_at"};
constexpr way through_open{"tasks_open", "ended_at IS NULL", "status_at"};

/// A context and a parent have few tasks: sorted as they are found. Ended ones come in order from their index, open ones are
/// few and sorted; without a state that says which, both are merged.
std::vector<way> ways_of(const core::task_filter& filter) {
  if (filter.context_id) return {by_context};
  if (filter.parent_id) return {by_parent};
  if (!filter.state) return {through_ended, through_open};
  return {core::is_terminal(*filter.state) ? through_ended : through_open};
}

/// What both statements ask, and its parameters ?1, ?2, …. Filters that are not asked for are not in it.
class conditions {
 public:
  conditions(const core::caller& who, const core::task_filter& filter) : who_(who), filter_(filter) {
    if (filter.since) since_ = task_id{uuid7_floor(*filter.since)};
    equal("tenant");
    if (!who.sees_all_owners()) equal("owner");
    if (filter.context_id) equal("context_id");
    if (filter.parent_id) equal("parent_id");
    if (filter.agent) equal("agent");
    if (filter.state) equal("state");
    if (filter.since) where_ += " AND id >= " + next();
    if (filter.label) {
      const auto key = next();
      where_ += " AND EXISTS (SELECT 1 FROM json_each(labels) AS l WHERE l.key = " + key + " AND l.value = " + next() + ")";
    }
    if (filter.status_since) since_status_ = next();
  }

  std::string count() const {
    return "SELECT sum(n) FROM (" + each_way([](const way&) { return "count(*) AS n"; }, [](const way&) { return ""; }) +
           ")";
  }

  /// Their ids, from a place on: its time, its id and a limit are the last parameters.
  std::string ids() const {
    const auto nr = [this](int more) { return "?" + std::to_string(last_ + more); };
    const auto columns = [](const way& each) { return "id, " + std::string{each.time} + " AS at"; };
    const auto place = [&](const way& each) {
      return " AND (" + std::string{each.time} + ", id) < (" + nr(1) + ", " + nr(2) + ")";
    };
    return each_way(columns, place) + " ORDER BY at DESC, id DESC LIMIT " + nr(3);
  }

  void bind(statement& to) const {
    to.with(who_.tenant);
    if (!who_.sees_all_owners()) to.add(who_.principal);
    if (filter_.context_id) to.add(*filter_.context_id);
    if (filter_.parent_id) to.add(*filter_.parent_id);
    if (filter_.agent) to.add(*filter_.agent);
    if (filter_.state) to.add(core::to_string(*filter_.state));
    if (filter_.since) to.add(since_);
    if (filter_.label) to.add(filter_.label->first).add(filter_.label->second);
    if (filter_.status_since) to.add(*filter_.status_since);
  }

 private:
  std::string next() { return "?" + std::to_string(++last_); }
  void equal(std::string_view column) { where_.append(" AND ").append(column).append(" = ") += next(); }

  template <class Columns, class Further>
  std::string each_way(Columns columns, Further further) const {
    std::string sql;
    for (const auto& each : ways_of(filter_)) {
      sql.append(sql.empty() ? "SELECT " : " UNION ALL SELECT ").append(columns(each));
      sql.append(" FROM tasks INDEXED BY ").append(each.index).append(" WHERE ").append(each.only).append(where_);
      if (filter_.status_since) sql.append(" AND ").append(each.time).append(" >= ").append(since_status_);
      sql.append(further(each));
    }
    return sql;
  }

  const core::caller& who_;
  const core::task_filter& filter_;
  task_id since_;
  int last_ = 0;
  std::string where_, since_status_;
};

result<std::int64_t> count(connection& db, const conditions& fit) {
  auto query = db.prepare(fit.count());
  fit.bind(query);
  const std::int64_t found = query.next() ? query.integer(0) : 0;
  if (auto done = query.status(); !done) return done.error();
  return found;
}

/// At most `limit` of those that follow the place. Only their ids: the search stays in the index, and reads rows of tasks
/// that it is going to show.
result<std::vector<task_id>> ids_after(connection& db, const conditions& fit, const core::status_place& place,
                                       std::int64_t limit) {
  auto query = db.prepare(fit.ids());
  fit.bind(query);
  query.add(place.at).add(place.task).add(limit);
  std::vector<task_id> found;
  while (query.next()) found.push_back(query.id(0));
  if (auto done = query.status(); !done) return done.error();
  return found;
}

result<core::task_row> read_row(connection& db, const task_id& which) {
  auto query = db.prepare("SELECT " MOFA_TASK_COLUMNS " FROM tasks WHERE id=?1");
  if (query.with(which).next()) return read_task(query);
  if (auto done = query.status(); !done) return done.error();
  return fail(errc::corrupt, "task " + which.str() + " is in an index only");
}

}  // namespace

result<core::page<core::task_row>> list_by_status(connection& db, const core::caller& who, const core::task_filter& filter,
                                                  const core::page_request& want) {
  const auto place = core::read_status_cursor(want.cursor);
  if (!place) return place.error();
  const conditions fit{who, filter};
  const auto total = count(db, fit);
  if (!total) return total.error();
  const auto ids = ids_after(db, fit, *place, std::int64_t{want.limit} + 1);  // one more: whether there is a next page
  if (!ids) return ids.error();

  core::page<core::task_row> out;
  out.total = *total;
  for (const auto& id : *ids) {
    if (out.items.size() == static_cast<std::size_t>(want.limit)) {
      const auto& last = out.items.back();
      out.next_cursor = core::status_cursor({last.status.timestamp, last.id});
      break;
    }
    auto row = read_row(db, id);
    if (!row) return row.error();
    out.items.push_back(*std::move(row));
  }
  return out;
}

}  // namespace mofa::store
