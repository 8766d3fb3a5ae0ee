#include "tests/support/journal_world.hpp"

#include "actors/storage/feeds.hpp"
#include "actors/storage/journal.hpp"

namespace mofa::test {

journal_world::journal_world() {
  const auto feeds = keep(storage::spawn_feeds(system, env, where));
  // The journal takes the feeds that are there when it starts.
  where.update([&](directory::services& s) { s.feeds = feeds; });
  const auto journal = keep(storage::spawn_journal(system, store, env, where, false));
  const auto reader = keep(storage::spawn_reader(system, store, false));
  where.update([&](directory::services& s) {
    s.journal = journal;
    s.readers = {reader};
  });
  run();
}

}  // namespace mofa::test
