#include "server/app/models.hpp"

#include "protocols/document/document.hpp"
#include "server/app/files.hpp"
#include "server/models/scripted/scripted_model.hpp"

namespace mofa::app {
namespace {

result<core::model_ptr> read_script(const settings::model_provider_settings& from, const models::timer_ptr& timer) {
  auto text = file_contents(from.file.string());
  if (!text) return fail(errc::invalid, "models.providers." + from.name + ": " + text.error().detail);
  auto source = document::read(*text, from.file.string());
  if (!source) return std::move(source).error();
  auto made = models::compile_scripted(source->value, from.name, timer);
  if (!made) return fail(made.error().code, document::explain(*source, made.error()));
  return made;
}

}  // namespace

result<std::shared_ptr<const models::registry>> make_models(const settings::model_settings& from, http_client::client& http,
                                                            models::timer_ptr timer, const clock& time) {
  models::registry_options out;
  out.defaults = from.defaults;
  out.aliases = from.aliases;
  for (const auto& [name, price] : from.prices)
    out.prices[name] = {price.input_microusd_per_mtok, price.output_microusd_per_mtok};
  for (const auto& each : from.providers) {
    models::provider_options one{each.name, each.kind, each.base_url, each.api_key, each.requires_key, nullptr, {}};
    if (each.kind == "scripted") {
      auto script = read_script(each, timer);
      if (!script) return std::move(script).error();
      one.script = std::move(*script);
      one.script_name = each.file.stem().string();
    }
    out.providers.push_back(std::move(one));
  }
  auto made = models::registry::make(std::move(out), {http, std::move(timer), time, {}});
  if (!made) {
    auto why = std::move(made).error();
    for (const auto& field : why.fields) why.detail += "\nmodels" + field.path + ": " + field.message;
    return why;
  }
  return made;
}

}  // namespace mofa::app
