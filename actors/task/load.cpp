#include "actors/task/load.hpp"

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

task_loaded load_from(core::store& from, catalog::catalog& definitions, task_id which) {
  task_loaded out;
  auto loaded = from.load(which);
  if (!loaded) {
    out.journal = std::move(loaded).error();
    return out;
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
    caf::anon_send(shop.feeds,
                   volatile_query{which, [to, which, &definitions = shop.definitions](const core::loaded_task* found) {
                                    task_loaded out;
                                    out.journal =
                                        found == nullptr
                                            ? result<core::loaded_task>{fail(errc::not_found, "no task " + which.str())}
                                            : result<core::loaded_task>{*found};
                                    if (found != nullptr) {
                                      if (const auto made = definitions.find(found->row.agent)) {
                                        out.definition = made->current.definition;
                                        out.behaviour = made->current.behaviour;
                                      }
                                    }
                                    caf::anon_send(to, std::move(out));
                                  }});
    return;
  }
  storage::read(shop.where, [to, which, &definitions = shop.definitions](core::store& from) {
    caf::anon_send(to, load_from(from, definitions, which));
  });
}

}  // namespace mofa::task
