#include "server/store/sqlite/connection.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

namespace mofa::store {
namespace {

constexpr int busy_tries = 5000;
constexpr int busy_pause_ms = 1;
constexpr int page_bytes = 4096;
/// The log file is cut back to this size after a checkpoint that left it larger.
constexpr std::int64_t log_file_bytes = 64 * 1024 * 1024;

/// A transaction of small rows brings less.
constexpr int shed_beyond_bytes = 4 * 1024 * 1024;

/// SQLite's own handler pauses for up to 100 ms: beside a busy writer it hardly ever meets the lock free.
int wait_for_lock(void*, int tries) {
  if (tries >= busy_tries) return 0;
  sqlite3_sleep(busy_pause_ms);
  return 1;
}

errc kind_of(sqlite3* handle, int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return errc::storage_full;
    case SQLITE_IOERR: {
      const int system = sqlite3_system_errno(handle);
      return system == ENOSPC || system == EDQUOT ? errc::storage_full : errc::io;
    }
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return errc::io;
    case SQLITE_CORRUPT:
      return errc::corrupt;
    case SQLITE_CONSTRAINT:
      return errc::corrupt;
    case SQLITE_NOTADB:
      return errc::invalid;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return errc::unavailable;
    default:
      return errc::internal;
  }
}

error failure_of(sqlite3* handle) {
  const int code = sqlite3_extended_errcode(handle);
  const auto kind = kind_of(handle, code);
  // Callers of the API read it, whatever they have asked for; it says all that SQLite's own words do.
  if (kind == errc::storage_full) return fail(kind, "the store is full; try again later");
  return fail(kind, "sqlite: " + std::string{sqlite3_errmsg(handle)} + " (" + std::to_string(code) + ")");
}

}  // namespace

statement::statement(sqlite3_stmt* prepared, std::optional<error> failure)
    : prepared_(prepared), failure_(failure ? std::make_unique<error>(*std::move(failure)) : nullptr) {}

statement::statement(statement&& other) noexcept
    : prepared_(std::exchange(other.prepared_, nullptr)), failure_(std::move(other.failure_)), bound_(other.bound_) {}

statement::~statement() {
  if (prepared_ != nullptr) sqlite3_reset(prepared_);
}

void statement::bound(int code) {
  if (code != SQLITE_OK && !failure_) failure_ = std::make_unique<error>(failure_of(sqlite3_db_handle(prepared_)));
}

void statement::put(int at, std::nullptr_t) {
  if (!failure_) bound(sqlite3_bind_null(prepared_, at));
}

void statement::put(int at, std::string_view text) {
  // An empty view may have no address, which SQLite would take for NULL.
  const char* bytes = text.data() != nullptr ? text.data() : "";
  if (!failure_) bound(sqlite3_bind_text64(prepared_, at, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void statement::put(int at, const task_id& id) {
  if (!failure_)
    bound(sqlite3_bind_blob(prepared_, at, id.bytes().data(), static_cast<int>(id.bytes().size()), SQLITE_STATIC));
}

void statement::put_integer(int at, std::int64_t value) {
  if (!failure_) bound(sqlite3_bind_int64(prepared_, at, value));
}

bool statement::next() {
  if (failure_) return false;
  const int code = sqlite3_step(prepared_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) failure_ = std::make_unique<error>(failure_of(sqlite3_db_handle(prepared_)));
  return false;
}

result<void> statement::run() {
  while (next()) {
  }
  return status();
}

result<void> statement::status() const {
  if (failure_) return *failure_;
  return {};
}

std::int64_t statement::integer(int column) const { return sqlite3_column_int64(prepared_, column); }

bool statement::is_null(int column) const { return sqlite3_column_type(prepared_, column) == SQLITE_NULL; }

std::string_view statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(prepared_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))};
}

task_id statement::id(int column) const {
  uuid_bytes bytes{};
  const auto* stored = static_cast<const std::uint8_t*>(sqlite3_column_blob(prepared_, column));
  if (stored == nullptr || sqlite3_column_bytes(prepared_, column) != static_cast<int>(bytes.size())) return {};
  std::copy_n(stored, bytes.size(), bytes.begin());
  return task_id{bytes};
}

result<std::unique_ptr<connection>> connection::open(const std::string& file, const open_options& options, access how) {
  // Counting every allocation takes a lock that all connections share.
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });

  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (how == access::write ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (handle == nullptr) return fail(errc::internal, file + ": sqlite cannot be started");
  std::unique_ptr<connection> opened{new connection(handle)};
  sqlite3_extended_result_codes(handle, 1);
  if (code != SQLITE_OK) return failure_of(handle);
  sqlite3_busy_handler(handle, &wait_for_lock, nullptr);
  sqlite3_wal_autocheckpoint(handle, options.checkpoint_pages);
  const std::string synchronous = options.synchronous == open_options::durable::full ? "FULL" : "OFF";
  std::string setup = "PRAGMA page_size=" + std::to_string(page_bytes) + ";PRAGMA synchronous=" + synchronous +
                      ";PRAGMA temp_store=MEMORY;PRAGMA journal_size_limit=" + std::to_string(log_file_bytes) + ";";
  if (how == access::read) setup += "PRAGMA query_only=1;";
  if (auto done = opened->execute(setup); !done) return done.error();
  if (how == access::write) opened->keep_pages(writer_pages_kibibytes);
  return opened;
}

connection::~connection() {
  for (const auto& [sql, prepared] : prepared_) sqlite3_finalize(prepared);
  sqlite3_close(handle_);
}

statement connection::prepare(std::string_view sql) {
  if (const auto found = prepared_.find(sql); found != prepared_.end()) return {found->second, std::nullopt};
  sqlite3_stmt* prepared = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  if (code != SQLITE_OK) return {nullptr, failure_of(handle_)};
  prepared_.emplace(sql, prepared);
  return {prepared, std::nullopt};
}

void connection::keep_pages(int kibibytes) {
  if (kibibytes == kept_kibibytes_) return;
  // A cache of another size is none the worse for what is written.
  if (execute("PRAGMA cache_size=-" + std::to_string(kibibytes))) kept_kibibytes_ = kibibytes;
}

void connection::shed_pages() {
  const auto in_memory = [this] {
    int now = 0;
    int most = 0;
    sqlite3_db_status(handle_, SQLITE_DBSTATUS_CACHE_USED, &now, &most, 0);
    return now;
  };
  const int now = in_memory();
  const bool many = now - pages_bytes_ > shed_beyond_bytes;
  if (many) sqlite3_db_release_memory(handle_);
  pages_bytes_ = many ? in_memory() : now;
}

result<void> connection::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return failure_of(handle_);
  return {};
}

std::int64_t connection::changes() const { return sqlite3_changes64(handle_); }

bool connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

bool connection::roll_back() {
  if (in_transaction()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  return !in_transaction();
}

bool connection::failed_before_writing() const {
  const int code = sqlite3_errcode(handle_);
  return code == SQLITE_FULL || code == SQLITE_BUSY;
}

}  // namespace mofa::store
