#include "server/app/models.hpp"

#include "protocols/document/document.hpp"
#include "server/app/files.hpp"
#include "server/models/scripted/scripted_provider.hpp"

namespace mofa::app {
namespace {

result<models::provider_ptr> read_script(const settings::model_provider_settings& from, const models::timer_ptr& timer) {
  auto text = file_contents(from.file.string());
  if (!text) return fail(errc::invalid, "models.providers." + from.name + ": " + text.error().detail);
  auto source = document::read(*text, from.file.string());
  if (!source) return std::move(source).error();
  auto made = models::compile_scripted(source->value, timer);
  if (!made) return fail(made.error().code, document::explain(*source, made.error()));
  return made;
}

}  // namespace

result<std::shared_ptr<const models::registry>> make_models(const settings::model_settings& from,
                                                            const models::surroundings& with) {
  models::registry_options out;
  out.defaults = from.defaults;
  out.aliases = from.aliases;
  for (const auto& [name, price] : from.prices)
    out.prices[name] = {price.input_microusd_per_mtok, price.output_microusd_per_mtok};
  for (const auto& each : from.providers) {
    models::provider_options one{each.name, each.kind, each.base_url, each.api_key, each.requires_key, nullptr, {}};
    one.how.attempts = each.patience.attempts;
    one.how.first_pause = each.patience.first_pause;
    one.how.longest_pause = each.patience.longest_pause;
    one.how.breaker_failures = each.patience.breaker_failures;
    one.how.breaker_pause = each.patience.breaker_pause;
    if (each.kind == "scripted") {
      auto script = read_script(each, with.pace.waits);
      if (!script) return std::move(script).error();
      one.script = std::move(*script);
      one.script_name = each.file.stem().string();
    }
    out.providers.push_back(std::move(one));
  }
  auto made = models::registry::make(std::move(out), with);
  if (!made) {
    auto why = std::move(made).error();
    for (const auto& field : why.fields) why.detail += "\nmodels" + field.path + ": " + field.message;
    return why;
  }
  return made;
}

}  // namespace mofa::app
