#include "server/store/sqlite/schema.hpp"

#include "server/store/migrator.hpp"

namespace mofa::store {
namespace {

/// "MoFA" in the header of the file.
constexpr std::int64_t application_id = 0x4d6f4641;

result<std::int64_t> single_number(connection& db, std::string_view sql) {
  auto query = db.prepare(sql);
  const std::int64_t found = query.next() ? query.integer(0) : 0;
  if (auto done = query.status(); !done) return done.error();
  return found;
}

class sqlite_target final : public migration_target {
 public:
  sqlite_target(const std::string& file, connection& db) : file_(file), db_(db) {}

  std::string name() const override { return file_; }

  result<int> version() override {
    const auto present = single_number(db_, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'");
    if (!present) return present.error();
    if (*present == 0) return 0;
    const auto found = single_number(db_, "SELECT max(version) FROM schema_version");
    if (!found) return found.error();
    return static_cast<int>(*found);
  }

  result<void> apply(const migration& step) override {
    auto done = db_.execute(
        "BEGIN IMMEDIATE;"
        "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL);"
        "PRAGMA application_id = " +
        std::to_string(application_id) + ";");
    if (done) done = db_.execute(std::string{step.sql});
    if (done) {
      done = db_.prepare("INSERT INTO schema_version (version, name) VALUES (?1, ?2)").with(step.version, step.name).run();
    }
    if (done) done = db_.execute("COMMIT");
    if (done) return {};
    db_.roll_back();
    const std::string which = std::to_string(step.version) + " (" + std::string{step.name} + ")";
    return fail(done.error().code, file_ + ": migration " + which + ": " + done.error().detail);
  }

 private:
  const std::string& file_;
  connection& db_;
};

result<void> check_owner(const std::string& file, connection& db) {
  const auto found = single_number(db, "PRAGMA application_id");
  const auto tables = found ? single_number(db, "SELECT count(*) FROM sqlite_schema") : found;
  if (!tables) return named(file, tables.error());
  if (*found == application_id || (*found == 0 && *tables == 0)) return {};
  return fail(errc::invalid, file + ": a SQLite database of another program");
}

}  // namespace

error named(const std::string& file, const error& why) {
  // errc::invalid is what SQLITE_NOTADB becomes.
  if (why.code == errc::invalid) return fail(errc::invalid, file + ": not a SQLite database");
  if (why.code == errc::storage_full) return fail(why.code, file + ": the disk is full; make room or use --data DIR");
  return fail(why.code, file + ": " + why.detail);
}

result<void> prepare_schema(const std::string& file, connection& db) {
  if (auto ours = check_owner(file, db); !ours) return ours;
  sqlite_target target{file, db};
  const auto version = target.version();
  if (!version) return named(file, version.error());
  // Only a new file needs the switch; a newer one must not be touched before the migrator has refused it.
  if (*version == 0) {
    if (auto done = db.execute("PRAGMA journal_mode=WAL"); !done) return named(file, done.error());
  }
  return migrate(target, sqlite_migrations());
}

}  // namespace mofa::store
