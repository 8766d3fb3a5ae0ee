#include "server/store/sqlite/sqlite_topics.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace mofa::store {
namespace {

// What one search may look at, and one page may hold besides its last message: a lease of a reader is short.
constexpr std::size_t most_looked_at = 5000;
constexpr std::size_t page_bytes = 4 * 1024 * 1024;
constexpr std::size_t most_swept_over = 20'000;

result<std::uint64_t> read_newest(connection& db) {
  auto query = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'topic_messages'");
  if (query.next()) return static_cast<std::uint64_t>(query.integer(0));
  if (auto done = query.status(); !done) return done.error();
  return std::uint64_t{0};
}

/// The key may be used again.
result<std::optional<result<core::kept_message>>> free_key(connection& db, std::int64_t seq) {
  auto update = db.prepare("UPDATE topic_messages SET once_operation=NULL, once_key=NULL, body_hash=NULL WHERE seq=?1");
  if (auto done = update.with(seq).run(); !done) return done.error();
  return std::optional<result<core::kept_message>>{};
}

// As long as other keys are kept.
constexpr std::chrono::hours key_lives{24};

/// The message under the key, or the refusal when it had another body; nothing when the key is new.
result<std::optional<result<core::kept_message>>> find_once(connection& db, const core::topic_entry& entry) {
  auto query = db.prepare(
      "SELECT seq, body_hash, at FROM topic_messages WHERE tenant=?1 AND publisher=?2 AND once_operation=?3 AND "
      "once_key=?4");
  query.with(entry.what.tenant, entry.what.publisher, entry.once->operation, entry.once->key);
  std::optional<result<core::kept_message>> found;
  if (query.next()) {
    if (entry.what.at - query.time(2) > key_lives) return free_key(db, query.integer(0));
    found = query.text(1) == entry.once->body_hash
                ? result<core::kept_message>{core::kept_message{static_cast<std::uint64_t>(query.integer(0)), true}}
                : fail(errc::idempotency_mismatch, "the idempotency key was used with another body");
  }
  if (auto done = query.status(); !done) return done.error();
  return found;
}

result<std::uint64_t> insert_message(connection& db, const core::topic_entry& entry) {
  auto insert = db.prepare(
      "INSERT INTO topic_messages (tenant, topic, publisher, at, hops, once_operation, once_key, body_hash, data)"
      " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9) RETURNING seq");
  insert.with(entry.what.tenant, entry.what.topic, entry.what.publisher, entry.what.at, entry.what.hops);
  if (entry.once) {
    insert.add(entry.once->operation).add(entry.once->key).add(entry.once->body_hash);
  } else {
    insert.add(nullptr).add(nullptr).add(nullptr);
  }
  insert.add(entry.what.data);
  const auto seq = insert.next() ? static_cast<std::uint64_t>(insert.integer(0)) : 0;
  if (auto done = insert.run(); !done) return done.error();
  return seq;
}

/// Writes the message, or says in `outcome` what became of it instead. An error of the function itself ends the transaction.
result<void> keep_one(connection& db, const core::topic_entry& entry, result<core::kept_message>& outcome) {
  if (entry.once) {
    auto known = find_once(db, entry);
    if (!known) return known.error();
    if (*known) {
      outcome = **std::move(known);
      return {};
    }
  }
  const auto seq = insert_message(db, entry);
  if (!seq) return seq.error();
  outcome = core::kept_message{*seq, false};
  return db
      .prepare(
          "INSERT INTO topics (tenant, topic, kept, last_seq) VALUES (?1,?2,1,?3)"
          " ON CONFLICT (tenant, topic) DO UPDATE SET kept = kept + 1, last_seq = excluded.last_seq")
      .with(entry.what.tenant, entry.what.topic, *seq)
      .run();
}

/// Numbers and topics in the order of the numbers, after ?1. An exact pattern of one tenant has an index of its own; else
/// the search looks at each message of the tenant, or of all.
std::string_view search_sql(bool of_tenant, bool of_topic) {
  if (!of_tenant) return "SELECT seq, topic FROM topic_messages WHERE seq>?1 ORDER BY seq";
  if (!of_topic)
    return "SELECT seq, topic FROM topic_messages INDEXED BY topic_messages_by_tenant WHERE seq>?1 AND tenant=?2 ORDER BY "
           "seq";
  return "SELECT seq, topic FROM topic_messages INDEXED BY topic_messages_by_topic"
         " WHERE seq>?1 AND tenant=?2 AND topic=?3 ORDER BY seq";
}

result<core::topic_message_ptr> read_message(connection& db, std::int64_t seq) {
  auto query = db.prepare("SELECT tenant, publisher, topic, data, at, hops FROM topic_messages WHERE seq=?1");
  if (query.with(seq).next()) {
    auto out = std::make_shared<core::topic_message>();
    out->seq = static_cast<std::uint64_t>(seq);
    out->tenant = query.text(0);
    out->publisher = query.text(1);
    out->topic = query.text(2);
    out->data = query.text(3);
    out->at = query.time(4);
    out->hops = static_cast<int>(query.integer(5));
    return core::topic_message_ptr{std::move(out)};
  }
  if (auto done = query.status(); !done) return done.error();
  return fail(errc::corrupt, "message " + std::to_string(seq) + " is in an index only");
}

struct held_back {
  core::topic_pattern which;
  std::int64_t seq = 0;
};

result<std::vector<held_back>> read_cursors(connection& db) {
  std::vector<held_back> out;
  auto query = db.prepare("SELECT agent, pattern, seq FROM topic_cursors");
  while (query.next()) {
    auto which = core::topic_pattern::parse(std::string{query.text(1)});
    if (!which)
      return fail(errc::corrupt, "agent '" + std::string{query.text(0)} + "': the topic of its cursor cannot be read");
    out.push_back({*std::move(which), query.integer(2)});
  }
  if (auto done = query.status(); !done) return done.error();
  return out;
}

/// The texts in the first column that are not among `known`.
result<std::vector<std::string>> read_others(statement& query, std::span<const std::string> known) {
  std::vector<std::string> out;
  while (query.next()) {
    if (std::find(known.begin(), known.end(), query.text(0)) == known.end()) out.emplace_back(query.text(0));
  }
  if (auto done = query.status(); !done) return done.error();
  return out;
}

result<void> take_from_topic(connection& db, const std::string& tenant, const std::string& topic, std::int64_t count) {
  auto lessen = db.prepare("UPDATE topics SET kept = kept - ?3 WHERE tenant=?1 AND topic=?2");
  if (auto done = lessen.with(tenant, topic, count).run(); !done) return done;
  return db.prepare("DELETE FROM topics WHERE tenant=?1 AND topic=?2 AND kept<=0").with(tenant, topic).run();
}

}  // namespace

std::vector<result<core::kept_message>> sqlite_topics::keep(std::span<const core::topic_entry> messages) {
  std::vector<result<core::kept_message>> outcomes(messages.size(), core::kept_message{});
  if (messages.empty()) return outcomes;
  const auto done = writer_.transact([&](connection& db) -> result<void> {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (auto kept = keep_one(db, messages[i], outcomes[i]); !kept) return kept;
    }
    return {};
  });
  if (!done) std::fill(outcomes.begin(), outcomes.end(), result<core::kept_message>{done.error()});
  return outcomes;
}

result<core::topic_page> sqlite_topics::messages(const std::optional<std::string>& tenant, const core::topic_pattern& which,
                                                 std::uint64_t after, std::size_t limit) {
  auto db = readers_.take();
  if (auto held = db.hold_still(); !held) return held.error();
  const auto last = read_newest(*db);
  if (!last) return last.error();
  core::topic_page out;
  out.through = after;
  if (after >= *last) return out;
  const bool of_topic = tenant && which.is_exact();
  auto query = db->prepare(search_sql(tenant.has_value(), of_topic));
  query.with(after);
  if (tenant) query.add(*tenant);
  if (of_topic) query.add(which.text());
  std::size_t bytes = 0;
  for (std::size_t looked_at = 0; query.next(); ++looked_at) {
    if (looked_at == most_looked_at || out.messages.size() >= limit || bytes >= page_bytes) {
      out.more = true;
      return out;
    }
    out.through = static_cast<std::uint64_t>(query.integer(0));
    if (!which.matches(query.text(1))) continue;
    auto one = read_message(*db, query.integer(0));
    if (!one) return one.error();
    bytes += (*one)->data.size();
    out.messages.push_back(*std::move(one));
  }
  if (auto done = query.status(); !done) return done.error();
  out.through = *last;
  return out;
}

result<std::uint64_t> sqlite_topics::newest() {
  const auto db = readers_.take();
  return read_newest(*db);
}

result<std::vector<core::kept_topic>> sqlite_topics::kept(const std::string& tenant, const std::string& after_name,
                                                          int limit) {
  const auto db = readers_.take();
  std::vector<core::kept_topic> out;
  auto query = db->prepare("SELECT topic, kept, last_seq FROM topics WHERE tenant=?1 AND topic>?2 ORDER BY topic LIMIT ?3");
  query.with(tenant, after_name, std::max(limit, 0));
  while (query.next())
    out.push_back({std::string{query.text(0)}, query.integer(1), static_cast<std::uint64_t>(query.integer(2))});
  if (auto done = query.status(); !done) return done.error();
  return out;
}

result<std::uint64_t> sqlite_topics::open_cursor(const std::string& agent, const std::string& pattern, std::uint64_t start) {
  std::uint64_t seq = 0;
  auto done = writer_.transact([&](connection& db) -> result<void> {
    auto known = db.prepare("SELECT seq FROM topic_cursors WHERE agent=?1 AND pattern=?2");
    if (known.with(agent, pattern).next()) {
      seq = static_cast<std::uint64_t>(known.integer(0));
      return {};
    }
    if (auto read = known.status(); !read) return read;
    seq = start;
    return db.prepare("INSERT INTO topic_cursors (agent, pattern, seq) VALUES (?1,?2,?3)").with(agent, pattern, seq).run();
  });
  if (!done) return done.error();
  return seq;
}

result<void> sqlite_topics::move_cursors(std::span<const core::topic_cursor> to) {
  if (to.empty()) return {};
  return writer_.transact([&](connection& db) -> result<void> {
    for (const auto& one : to) {
      auto move = db.prepare("UPDATE topic_cursors SET seq=?3 WHERE agent=?1 AND pattern=?2 AND seq<?3");
      if (auto done = move.with(one.agent, one.pattern, one.seq).run(); !done) return done;
    }
    return {};
  });
}

result<void> sqlite_topics::retain_cursors(const std::string& agent, std::span<const std::string> patterns) {
  return writer_.transact([&](connection& db) -> result<void> {
    auto query = db.prepare("SELECT pattern FROM topic_cursors WHERE agent=?1");
    query.with(agent);
    const auto gone = read_others(query, patterns);
    if (!gone) return gone.error();
    for (const auto& pattern : *gone) {
      auto erase = db.prepare("DELETE FROM topic_cursors WHERE agent=?1 AND pattern=?2");
      if (auto done = erase.with(agent, pattern).run(); !done) return done;
    }
    return {};
  });
}

result<void> sqlite_topics::retain_agents(std::span<const std::string> names) {
  return writer_.transact([&](connection& db) -> result<void> {
    auto query = db.prepare("SELECT DISTINCT agent FROM topic_cursors WHERE agent NOT IN (SELECT name FROM agents)");
    const auto gone = read_others(query, names);
    if (!gone) return gone.error();
    for (const auto& agent : *gone) {
      if (auto done = db.prepare("DELETE FROM topic_cursors WHERE agent=?1").with(agent).run(); !done) return done;
    }
    return {};
  });
}

result<std::vector<sqlite_topics::old_message>> sqlite_topics::find_old(time_point published_before, std::size_t limit) {
  auto db = readers_.take();
  // One state for cursors and messages: a cursor that is opened later begins behind all of these.
  if (auto held = db.hold_still(); !held) return held.error();
  const auto cursors = read_cursors(*db);
  if (!cursors) return cursors.error();
  std::vector<old_message> out;
  auto query = db->prepare(
      "SELECT seq, tenant, topic, at FROM topic_messages INDEXED BY topic_messages_by_age"
      " WHERE (at, seq) > (?1, ?2) AND at < ?3 ORDER BY at, seq");
  query.with(swept_to_.at, swept_to_.seq, published_before);
  for (std::size_t looked_at = 0; query.next(); ++looked_at) {
    if (looked_at == most_swept_over || out.size() >= limit) return out;
    const auto seq = query.integer(0);
    const auto topic = query.text(2);
    swept_to_ = {query.time(3), seq};
    const bool waits = std::any_of(cursors->begin(), cursors->end(),
                                   [&](const auto& each) { return each.seq < seq && each.which.matches(topic); });
    if (!waits) out.push_back({seq, std::string{query.text(1)}, std::string{topic}});
  }
  if (auto done = query.status(); !done) return done.error();
  swept_to_ = {};
  return out;
}

result<std::size_t> sqlite_topics::sweep_messages(time_point published_before, std::size_t limit) {
  const std::lock_guard lock(sweep_mutex_);
  const auto old = find_old(published_before, limit);
  if (!old) return old.error();
  if (old->empty()) return std::size_t{0};
  auto done = writer_.transact([&](connection& db) -> result<void> {
    std::map<std::pair<std::string, std::string>, std::int64_t> taken;
    for (const auto& one : *old) {
      if (auto erased = db.prepare("DELETE FROM topic_messages WHERE seq=?1").with(one.seq).run(); !erased) return erased;
      if (db.changes() > 0) ++taken[{one.tenant, one.topic}];
    }
    for (const auto& [topic, count] : taken) {
      if (auto less = take_from_topic(db, topic.first, topic.second, count); !less) return less;
    }
    return {};
  });
  if (!done) return done.error();
  return old->size();
}

}  // namespace mofa::store
