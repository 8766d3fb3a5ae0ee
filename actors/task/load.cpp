#include "actors/task/load.hpp"

#include "actors/storage/memory_journal.hpp"
#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"
#include "server/base/limits.hpp"

namespace mofa::task {
namespace {

using namespace mofa::actors;

// A snapshot that another version of the behaviour wrote is ignored; the whole journal replaces it.
result<core::loaded_task> without_foreign_snapshot(core::loaded_task loaded, const core::behaviour& behaviour,
                                                   core::store& from) {
  if (!loaded.snapshot) return loaded;
  const auto body = core::json::parse(loaded.snapshot->body, nullptr, false);
  const bool ours = body.is_object() && body.value("behaviour_version", -1) == behaviour.snapshot_version();
  if (ours && behaviour.load(behaviour.snapshot_version(), body.value("behaviour", core::json{})) != nullptr) return loaded;
  loaded.snapshot.reset();
  loaded.events.clear();
  for (;;) {
    const auto after = loaded.events.empty() ? 0 : loaded.events.back()->seq;
    auto page = from.events(loaded.row.id, after, limits::event_page);
    if (!page) return std::move(page).error();
    loaded.events.insert(loaded.events.end(), page->begin(), page->end());
    if (page->size() < limits::event_page) return loaded;
  }
}

task_loaded with_version(const result<core::loaded_task>& journal, catalog::catalog& definitions, core::store& versions) {
  task_loaded out;
  out.journal = journal;
  if (!journal) return out;
  if (const auto made = definitions.version(journal->row.agent, journal->row.agent_version, versions)) {
    out.definition = made->definition;
    out.behaviour = made->behaviour;
  }
  return out;
}

task_loaded load_from(core::store& from, catalog::catalog& definitions, task_id which) {
  task_loaded out;
  auto loaded = from.load(which);
  if (!loaded) {
    out.journal = std::move(loaded).error();
    return out;
  }
  if (loaded->row.parent_id) {
    core::caller of_tenant;
    of_tenant.tenant = loaded->row.tenant;
    of_tenant.scopes = static_cast<unsigned>(core::scope::admin);
    const auto parent = from.row(of_tenant, *loaded->row.parent_id);
    out.parent_ended = parent ? core::is_terminal(parent->status.state) : parent.error().code == errc::not_found;
  }
  if (const auto made = definitions.version(loaded->row.agent, loaded->row.agent_version, from)) {
    out.definition = made->definition;
    out.behaviour = made->behaviour;
    out.journal = without_foreign_snapshot(std::move(*loaded), *made->behaviour, from);
  } else {
    out.journal = std::move(loaded);
  }
  return out;
}

}  // namespace

void load(const workshop& shop, task_id which, const task_actor& to) {
  if (storage::is_volatile(which)) {
    // The journal from memory; its version from the catalog, which may have to read it.
    return storage::read_memory(
        shop.feeds,
        [to, which, &where = shop.where, &definitions = shop.definitions](const storage::memory_journal& from) {
          const auto* found = from.find(which);
          auto journal = found == nullptr ? result<core::loaded_task>{fail(errc::not_found, "no task " + which.str())}
                                          : result<core::loaded_task>{*found};
          storage::read(where, [to, journal = std::move(journal), &definitions](core::store& versions) {
            caf::anon_send(to, with_version(journal, definitions, versions));
          });
        },
        [] {});
  }
  storage::read(shop.where, [to, which, &definitions = shop.definitions](core::store& from) {
    caf::anon_send(to, load_from(from, definitions, which));
  });
}

}  // namespace mofa::task
