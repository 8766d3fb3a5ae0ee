#include <sqlite3.h>

#include <chrono>

#include "server/base/clock.hpp"
#include "server/base/ids.hpp"
#include "server/store/migrator.hpp"
#include "tests/bench/baselines.hpp"

namespace mofa::bench {
namespace {

constexpr int group = 64;

struct close_database {
  void operator()(sqlite3* open) const { sqlite3_close_v2(open); }
};
struct end_statement {
  void operator()(sqlite3_stmt* prepared) const { sqlite3_finalize(prepared); }
};
struct free_value {
  void operator()(sqlite3_value* kept) const { sqlite3_value_free(kept); }
};
using database = std::unique_ptr<sqlite3, close_database>;
using statement = std::unique_ptr<sqlite3_stmt, end_statement>;
using values = std::vector<std::unique_ptr<sqlite3_value, free_value>>;

/// One task as rows of the tables tasks and events.
struct sample {
  values task;
  std::vector<values> events;
};

void check(sqlite3* db, int code) {
  if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
    throw unmeasurable{"plain SQLite: " + std::string{sqlite3_errmsg(db)}};
}

database open_at(const std::string& file, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
  database out{raw};
  check(raw, code);
  sqlite3_busy_timeout(raw, 5000);
  return out;
}

void execute(sqlite3* db, const std::string& sql) { check(db, sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr)); }

statement prepare(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  check(db, sqlite3_prepare_v2(db, sql.c_str(), -1, &raw, nullptr));
  return statement{raw};
}

values row_of(sqlite3_stmt* at) {
  values out;
  for (int i = 0; i < sqlite3_column_count(at); ++i) out.emplace_back(sqlite3_value_dup(sqlite3_column_value(at, i)));
  return out;
}

std::vector<sample> read_samples(const std::string& file) {
  const auto db = open_at(file, SQLITE_OPEN_READONLY);
  const auto tasks = prepare(db.get(), "SELECT * FROM tasks WHERE agent = 'echo' AND state = 'completed' LIMIT 64");
  const auto events = prepare(db.get(), "SELECT * FROM events WHERE task = ?1 ORDER BY seq");
  std::vector<sample> out;
  while (sqlite3_step(tasks.get()) == SQLITE_ROW) {
    auto& one = out.emplace_back();
    one.task = row_of(tasks.get());
    sqlite3_bind_value(events.get(), 1, one.task.front().get());
    while (sqlite3_step(events.get()) == SQLITE_ROW) one.events.push_back(row_of(events.get()));
    sqlite3_reset(events.get());
  }
  if (out.empty()) throw unmeasurable{"the server's database holds no ended task to compare with"};
  return out;
}

/// "INSERT INTO events VALUES (?, ?, …)"
std::string insert_into(const std::string& name, std::size_t columns) {
  std::string out = "INSERT INTO " + name + " VALUES (?";
  for (std::size_t i = 1; i < columns; ++i) out += ", ?";
  return out + ")";
}

constexpr int context_column = 6;  // tasks.context_id, counted from 1

}  // namespace

struct plain_inserts::parts {
  std::vector<sample> samples;
  database db;
  statement begin, commit, into_tasks, into_events;

  void step(sqlite3_stmt* one) {
    check(db.get(), sqlite3_step(one));
    sqlite3_reset(one);
  }

  void insert(const sample& what) {
    const auto now = system_clock{}.now();
    const auto id = make_uuid7(now);
    const auto context = to_string(make_uuid7(now));
    const auto bind = [&](sqlite3_stmt* to, const values& row) {
      for (std::size_t i = 1; i < row.size(); ++i) sqlite3_bind_value(to, static_cast<int>(i) + 1, row[i].get());
      sqlite3_bind_blob(to, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    };
    bind(into_tasks.get(), what.task);
    sqlite3_bind_text(into_tasks.get(), context_column, context.data(), static_cast<int>(context.size()), SQLITE_STATIC);
    step(into_tasks.get());
    for (const auto& each : what.events) {
      bind(into_events.get(), each);
      step(into_events.get());
    }
  }
};

plain_inserts::plain_inserts(const std::string& rows_of, const std::string& into) : parts_(std::make_unique<parts>()) {
  parts_->samples = read_samples(rows_of);
  parts_->db = open_at(into, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  auto* db = parts_->db.get();
  execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000");
  for (const auto& each : store::sqlite_migrations()) execute(db, std::string{each.sql});
  parts_->begin = prepare(db, "BEGIN IMMEDIATE");
  parts_->commit = prepare(db, "COMMIT");
  parts_->into_tasks = prepare(db, insert_into("tasks", parts_->samples.front().task.size()));
  parts_->into_events = prepare(db, insert_into("events", parts_->samples.front().events.front().size()));
}

plain_inserts::~plain_inserts() = default;

double plain_inserts::tasks_per_second(seconds span) {
  auto& all = *parts_;
  const auto from = steady::now();
  const auto until = from + span;
  double count = 0;
  while (steady::now() < until) {
    all.step(all.begin.get());
    for (int i = 0; i < group; ++i) all.insert(all.samples[static_cast<std::size_t>(i) % all.samples.size()]);
    all.step(all.commit.get());
    count += group;
  }
  return count / seconds{steady::now() - from}.count();
}

std::size_t plain_inserts::rows_per_task() const { return 1 + parts_->samples.front().events.size(); }

}  // namespace mofa::bench
