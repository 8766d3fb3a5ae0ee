// Tasks by the time of their status: the part of list() that orders by it, and counts when it is asked to.
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/core/cursor.hpp"
#include "server/store/sqlite/sqlite_store.hpp"
#include "server/store/sqlite/task_columns.hpp"

namespace mofa::store {
namespace {

/// Where to look, which tasks a look there may find, and the time of their status: that of an ended one is the time of its
/// end, which its index holds.
struct way {
  std::string_view from, only, time;

  bool operator==(const way&) const = default;
};
constexpr way by_context{"tasks INDEXED BY tasks_by_context", "1", "status_at"};
constexpr way by_parent{"tasks INDEXED BY tasks_children", "1", "status_at"};
constexpr way through_ended{"tasks INDEXED BY tasks_ended", "ended_at IS NOT NULL", "ended_at"};
constexpr way through_open{"tasks INDEXED BY tasks_open", "ended_at IS NULL", "status_at"};
/// Ended tasks that are counted already, by what that table knows of them.
constexpr way kept_counts{"ended_counts", "1", ""};

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
    auto ways = ways_of(filter_);
    const bool are_kept = !filter_.since && !filter_.label && !filter_.status_since;
    if (are_kept) std::replace(ways.begin(), ways.end(), through_ended, kept_counts);
    const auto columns = [](const way& each) { return each == kept_counts ? "tasks AS n" : "count(*) AS n"; };
    return "SELECT sum(n) FROM (" + each_way(ways, columns, [](const way&) { return ""; }) + ")";
  }

  /// Their ids, from a place on: its time, its id and a limit are the next parameters, then so many owners, whose ended
  /// tasks are merged.
  std::string ids(std::size_t owners) const {
    const auto nr = [this](std::size_t more) { return "?" + std::to_string(last_ + static_cast<int>(more)); };
    const auto columns = [](const way& each) { return "id, " + std::string{each.time} + " AS at"; };
    const auto further = [&, owner = std::size_t{0}](const way& each) mutable {
      auto sql = " AND (" + std::string{each.time} + ", id) < (" + nr(1) + ", " + nr(2) + ")";
      if (owners > 0 && each == through_ended) sql += " AND owner = " + nr(4 + owner++);
      return sql;
    };
    std::vector<way> ways;
    for (const auto& each : ways_of(filter_))
      ways.insert(ways.end(), each == through_ended ? std::max<std::size_t>(owners, 1) : 1, each);
    return each_way(ways, columns, further) + " ORDER BY at DESC, id DESC LIMIT " + nr(3);
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
  std::string each_way(const std::vector<way>& ways, Columns columns, Further further) const {
    std::string sql;
    for (const auto& each : ways) {
      sql.append(sql.empty() ? "SELECT " : " UNION ALL SELECT ").append(columns(each));
      sql.append(" FROM ").append(each.from).append(" WHERE ").append(each.only).append(where_);
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

/// Of an agent that has ended tasks of no more owners than this, each owner's come from the index in order; those of more
/// are all read, and sorted.
constexpr std::int64_t owners_merged = 16;

/// The owners of the agent's ended tasks, where the caller sees all of them and there are few; else none.
result<std::vector<std::string>> owners_to_merge(connection& db, const core::caller& who, const core::task_filter& filter) {
  std::vector<std::string> found;
  const auto ways = ways_of(filter);
  const bool has_ended = std::find(ways.begin(), ways.end(), through_ended) != ways.end();
  if (!has_ended || !who.sees_all_owners() || !filter.agent) return found;
  auto query = db.prepare("SELECT DISTINCT owner FROM ended_counts WHERE tenant=?1 AND agent=?2 LIMIT ?3");
  query.with(who.tenant, *filter.agent, owners_merged + 1);
  while (query.next()) found.emplace_back(query.text(0));
  if (auto done = query.status(); !done) return done.error();
  if (found.size() > static_cast<std::size_t>(owners_merged)) found.clear();
  return found;
}

/// At most `limit` of those that follow the place. Only their ids: the search stays in the index, and reads rows of tasks
/// that it is going to show.
result<std::vector<task_id>> ids_after(connection& db, const conditions& fit, const std::vector<std::string>& owners,
                                       const core::status_place& place, std::int64_t limit) {
  auto query = db.prepare(fit.ids(owners.size()));
  fit.bind(query);
  query.add(place.at).add(place.task).add(limit);
  for (const auto& each : owners) query.add(each);
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
  const auto owners = owners_to_merge(db, who, filter);
  if (!owners) return owners.error();
  // One more: whether there is a next page.
  const auto ids = ids_after(db, fit, *owners, *place, std::int64_t{want.limit} + 1);
  if (!ids) return ids.error();

  core::page<core::task_row> out;
  if (filter.counted) {
    const auto total = count(db, fit);
    if (!total) return total.error();
    out.total = *total;
  }
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
