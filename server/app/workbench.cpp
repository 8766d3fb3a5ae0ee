#include "server/app/workbench.hpp"

#include <algorithm>

#include "actors/llm/kind.hpp"
#include "actors/scenario/kind.hpp"
#include "protocols/schema/schema.hpp"
#include "server/app/models.hpp"
#include "server/tools/calculator.hpp"
#include "server/tools/clock_tool.hpp"
#include "server/tools/http_get.hpp"
#include "server/tools/memory_tools.hpp"

namespace mofa::app {

result<std::unique_ptr<workbench>> workbench::make(const settings::configuration& from, std::vector<core::tool_ptr> added,
                                                   core::context_memory& memory, const clock& time,
                                                   std::shared_ptr<http_client::probe> watch,
                                                   std::shared_ptr<models::probe> models_watch) {
  auto out = std::make_unique<workbench>();
  auto http = http_client::client::open({from.http_client.allow, from.http_client.proxy, nullptr, std::move(watch)});
  if (!http) return std::move(http).error();
  out->http = std::move(*http);
  out->timer = models::start_timer();
  auto registry = make_models(from.models, {*out->http, {out->timer, time, {}, std::move(models_watch)}});
  if (!registry) return std::move(registry).error();
  out->models = std::move(*registry);

  // What the embedding program brings replaces a shipped tool of the same name.
  const auto ship = [&](core::tool_ptr one) {
    const auto same = [&](const core::tool_ptr& other) { return other->name() == one->name(); };
    if (std::none_of(added.begin(), added.end(), same)) added.push_back(std::move(one));
  };
  ship(std::make_shared<tools::calculator>());
  ship(std::make_shared<tools::clock_tool>(time));
  ship(std::make_shared<tools::http_get>(*out->http));
  ship(std::make_shared<tools::memory_put>(memory));
  ship(std::make_shared<tools::memory_get>(memory));
  out->schemas = schema::compile;
  auto tools = tools::registry::make(std::move(added), out->schemas);
  if (!tools) return std::move(tools).error();
  out->tools = std::move(*tools);

  const auto names = out->tools.idempotent_by_name();
  llm::surroundings around{{}, out->schemas, out->models.get()};
  for (const auto& [name, tool] : out->tools.all())
    around.tools[name] = {tool->idempotent(), name.size() + tool->description().size() + tool->parameters().dump().size()};
  out->kinds = {scenario::make_kind(names), llm::make_kind(std::move(around))};
  return out;
}

}  // namespace mofa::app
