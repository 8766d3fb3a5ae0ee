// One SQLite connection with its prepared statements, and the statement in use: the only file that calls SQLite's C
// interface for statements. Owned by the writer or the reader pool. Used by one thread at a time; whoever owns it sees to
// that.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "server/base/clock.hpp"
#include "server/base/ids.hpp"
#include "server/base/result.hpp"
#include "server/store/sqlite/open.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace mofa::store {

/// A prepared statement while it runs; reset at the end of its life. A failure sticks: next() is false, status() says why.
/// Bound texts and ids are not copied: they must outlive the run.
class statement {
 public:
  statement(sqlite3_stmt* prepared, std::optional<error> failure);
  statement(statement&& other) noexcept;
  statement& operator=(statement&&) = delete;
  ~statement();

  /// Binds the parameters ?1, ?2, … in order.
  template <class... Values>
  statement& with(Values&&... values) {
    int at = 0;
    (put(++at, std::forward<Values>(values)), ...);
    bound_ = at;
    return *this;
  }
  /// Binds one more parameter.
  template <class Value>
  statement& add(Value&& value) {
    put(++bound_, std::forward<Value>(value));
    return *this;
  }

  /// Whether there is a (further) row.
  bool next();
  /// Runs to the end, for statements without rows.
  result<void> run();
  /// How it went so far.
  result<void> status() const;

  std::int64_t integer(int column) const;
  bool is_null(int column) const;
  /// Valid until the next row.
  std::string_view text(int column) const;
  time_point time(int column) const { return time_point{milliseconds{integer(column)}}; }
  /// Nil when it is not 16 bytes.
  task_id id(int column) const;

 private:
  void put(int at, std::nullptr_t);
  void put(int at, std::string_view text);
  void put(int at, std::string&& dies_too_early) = delete;
  void put(int at, const std::string& text) { put(at, std::string_view{text}); }
  void put(int at, std::string& text) { put(at, std::string_view{text}); }
  void put(int at, const task_id& id);
  void put(int at, task_id&& dies_too_early) = delete;
  void put(int at, time_point when) { put_integer(at, when.time_since_epoch().count()); }
  template <std::integral Integer>
  void put(int at, Integer value) {
    put_integer(at, static_cast<std::int64_t>(value));
  }
  template <class T>
  void put(int at, const std::optional<T>& value) {
    if (value) {
      put(at, *value);
    } else {
      put(at, nullptr);
    }
  }
  void put_integer(int at, std::int64_t value);
  void bound(int code);

  sqlite3_stmt* prepared_;
  std::unique_ptr<error> failure_;
  int bound_ = 0;
};

/// Of the writer's connection.
inline constexpr int writer_pages_kibibytes = 16'000;

class connection {
 public:
  enum class access { write, read };
  static result<std::unique_ptr<connection>> open(const std::string& file, const open_options& options, access how);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// A statement, prepared at its first use and kept. One text runs only once at a time.
  statement prepare(std::string_view sql);
  /// How much of the database stays in memory; what is written beyond that goes to the log file before the commit.
  void keep_pages(int kibibytes);
  /// Between two transactions: lets the pages in memory go when the last one has brought many. Who looks for a place beside
  /// a row of megabytes has it read whole.
  void shed_pages();
  /// Several statements, not kept.
  result<void> execute(const std::string& sql);
  /// Rows that the last INSERT, UPDATE or DELETE changed.
  std::int64_t changes() const;
  bool in_transaction() const;
  /// Ends a transaction without effect, if one is open. Whether the connection is fit for the next.
  bool roll_back();
  /// Whether the last failure was SQLite's own "disk full", or a lock that another one holds: then nothing was written.
  bool failed_before_writing() const;

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  explicit connection(sqlite3* handle) : handle_(handle) {}

  sqlite3* handle_;
  int kept_kibibytes_ = 0;  ///< 0: as SQLite has it
  int pages_bytes_ = 0;     ///< in memory after the last transaction
  std::unordered_map<std::string, sqlite3_stmt*, text_hash, std::equal_to<>> prepared_;
};

}  // namespace mofa::store
