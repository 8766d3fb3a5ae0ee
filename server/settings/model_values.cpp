#include "server/settings/model_values.hpp"

#include <array>
#include <utility>

#include "server/settings/values.hpp"

namespace mofa::settings {
namespace {

constexpr std::array<std::string_view, 2> price_members{"input_microusd_per_mtok", "output_microusd_per_mtok"};
constexpr std::array<std::string_view, 6> provider_members{"kind",         "base_url", "api_key",
                                                           "requires_key", "file",     "patience"};
constexpr std::array<std::string_view, 5> patience_members{"attempts", "first_pause_ms", "longest_pause_ms",
                                                           "breaker_failures", "breaker_pause_ms"};
constexpr std::array<std::string_view, 3> kinds{"openai", "anthropic", "scripted"};
constexpr std::int64_t price_max = 1'000'000'000;
constexpr std::size_t name_bytes = 63;
constexpr std::int64_t most_attempts = 100;
constexpr std::int64_t most_failures = 1'000'000;
constexpr std::int64_t longest_pause_ms = 3'600'000;

bool is_object(const given_value& given, core::field_errors& errors) {
  if (given.value.is_object()) return true;
  errors.push_back({given.path, "must be a map, not " + std::string{core::type_name(given.value)}});
  return false;
}

/// "provider/name", both not empty.
bool is_full_name(std::string_view text) {
  const auto slash = text.find('/');
  return slash != text.npos && slash > 0 && slash + 1 < text.size();
}

/// The '/' after it begins the model's name.
bool is_provider_name(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  return !text.empty() && text.size() <= name_bytes && text.find_first_not_of(allowed) == text.npos;
}

bool is_url(std::string_view text) {
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  return scheme > 0 && text.size() > scheme && text.find_first_of(" \t\r\n?#") == text.npos;
}

void store_defaults(const given_value& given, configuration& into, core::field_errors& errors) {
  into.models.defaults.clear();
  if (!given.value.is_array()) {
    errors.push_back({given.path, "must be a list of names such as openai/gpt-4o-mini"});
    return;
  }
  for (std::size_t i = 0; i < given.value.size(); ++i) {
    const auto& each = given.value[i];
    if (each.is_string() && !each.get_ref<const std::string&>().empty()) {
      into.models.defaults.push_back(each.get<std::string>());
    } else {
      errors.push_back({core::child_path(given.path, i), "must be a name such as openai/gpt-4o-mini, or an alias"});
    }
  }
}

void store_aliases(const given_value& given, configuration& into, core::field_errors& errors) {
  into.models.aliases.clear();
  if (!is_object(given, errors)) return;
  for (const auto& member : given.value.items()) {
    if (member.value().is_string() && is_full_name(member.value().get_ref<const std::string&>())) {
      into.models.aliases[member.key()] = member.value().get<std::string>();
    } else {
      errors.push_back({core::child_path(given.path, member.key()), "must be PROVIDER/NAME, such as openai/gpt-4o-mini"});
    }
  }
}

void store_prices(const given_value& given, configuration& into, core::field_errors& errors) {
  into.models.prices.clear();
  if (!is_object(given, errors)) return;
  for (const auto& member : given.value.items()) {
    const auto place = core::child_path(given.path, member.key());
    if (!is_full_name(member.key())) errors.push_back({place, "is no PROVIDER/NAME, such as openai/gpt-4o-mini"});
    core::object_fields fields{member.value(), place, price_members, errors};
    model_price_settings price;
    for (const auto name : price_members) {
      if (fields.require(name) == nullptr) continue;
      const auto number = fields.integer(name, 0, price_max).value_or(0);
      (name == price_members[0] ? price.input_microusd_per_mtok : price.output_microusd_per_mtok) = number;
    }
    into.models.prices[member.key()] = price;
  }
}

/// What has no meaning for this kind.
void check_kind(const core::json& value, core::object_fields& fields, const std::string& kind) {
  if (kind == "scripted") {
    for (const auto* member : {"base_url", "api_key", "requires_key"}) {
      if (value.contains(member)) fields.add(member, "a scripted provider asks nobody");
    }
    if (!value.contains("file")) fields.add("file", "missing member 'file': the rules of the model");
  } else if (!kind.empty() && value.contains("file")) {
    fields.add("file", "is of kind scripted only");
  }
}

model_patience_settings read_patience(const json& value, const std::string& place, core::field_errors& errors) {
  core::object_fields fields{value, place, patience_members, errors};
  model_patience_settings out;
  if (const auto n = fields.integer("attempts", 1, most_attempts)) out.attempts = static_cast<int>(*n);
  if (const auto n = fields.integer("first_pause_ms", 0, longest_pause_ms)) out.first_pause = milliseconds{*n};
  if (const auto n = fields.integer("longest_pause_ms", 0, longest_pause_ms)) out.longest_pause = milliseconds{*n};
  if (const auto n = fields.integer("breaker_failures", 1, most_failures)) out.breaker_failures = static_cast<int>(*n);
  if (const auto n = fields.integer("breaker_pause_ms", 0, longest_pause_ms)) out.breaker_pause = milliseconds{*n};
  if (out.first_pause > out.longest_pause) fields.add("first_pause_ms", "is longer than longest_pause_ms");
  return out;
}

/// What is other than by default.
json show_patience(const model_patience_settings& from) {
  const model_patience_settings usual;
  json out = json::object();
  if (from.attempts != usual.attempts) out["attempts"] = from.attempts;
  if (from.first_pause != usual.first_pause) out["first_pause_ms"] = from.first_pause.count();
  if (from.longest_pause != usual.longest_pause) out["longest_pause_ms"] = from.longest_pause.count();
  if (from.breaker_failures != usual.breaker_failures) out["breaker_failures"] = from.breaker_failures;
  if (from.breaker_pause != usual.breaker_pause) out["breaker_pause_ms"] = from.breaker_pause.count();
  return out;
}

model_provider_settings read_provider(const std::string& name, const json& value, const std::string& place,
                                      const std::filesystem::path& folder, core::field_errors& errors) {
  core::object_fields fields{value, place, provider_members, errors};
  model_provider_settings out;
  out.name = name;
  if (!is_provider_name(name)) errors.push_back({place, "a provider's name has 1 to 63 of a-z, 0-9, '_' and '-'"});
  if (fields.require("kind") != nullptr) {
    if (const auto kind = fields.choice("kind", kinds)) out.kind = kinds[*kind];
  }
  if (const auto url = fields.text("base_url")) {
    out.base_url = *url;
    if (!is_url(*url)) fields.add("base_url", "must be a URL such as https://api.openai.com/v1");
  }
  out.api_key = fields.text("api_key").value_or("");
  out.requires_key = fields.boolean("requires_key");
  if (const auto file = fields.text("file")) {
    if (file->empty()) fields.add("file", "is empty");
    out.file = (folder / *file).lexically_normal();
  }
  if (const auto* patience = fields.find("patience"))
    out.patience = read_patience(*patience, fields.path_of("patience"), errors);
  if (value.is_object()) check_kind(value, fields, out.kind);
  return out;
}

void store_providers(const given_value& given, configuration& into, core::field_errors& errors) {
  into.models.providers.clear();
  if (!is_object(given, errors)) return;
  for (const auto& member : given.value.items()) {
    into.models.providers.push_back(
        read_provider(member.key(), member.value(), core::child_path(given.path, member.key()), given.folder, errors));
  }
}

/// A variable that is still to be filled in is no secret.
std::string masked(const std::string& key) { return key.empty() || key.starts_with("${") ? key : "***"; }

json show_providers(const configuration& from) {
  json out = json::object();
  for (const auto& one : from.models.providers) {
    json each = {{"kind", one.kind}};
    if (!one.base_url.empty()) each["base_url"] = without_password(one.base_url);
    if (one.kind != "scripted") each["api_key"] = masked(one.api_key);
    if (one.requires_key) each["requires_key"] = *one.requires_key;
    if (!one.file.empty()) each["file"] = one.file.string();
    if (one.patience != model_patience_settings{}) each["patience"] = show_patience(one.patience);
    out[one.name] = std::move(each);
  }
  return out;
}

json show_prices(const configuration& from) {
  json out = json::object();
  for (const auto& [name, price] : from.models.prices) {
    out[name] = {{price_members[0], price.input_microusd_per_mtok}, {price_members[1], price.output_microusd_per_mtok}};
  }
  return out;
}

template <class At>
setting make(std::string name, std::string description, decltype(setting::store) store, decltype(setting::show) show,
             At at) {
  setting out;
  out.name = std::move(name);
  out.description = std::move(description);
  out.store = std::move(store);
  out.show = std::move(show);
  return holds(std::move(out), at);
}

}  // namespace

setting models_default_setting() {
  return make(
      "models.default", "The model of agents that name none: the first of these whose provider is usable.", store_defaults,
      [](const configuration& from) { return json(from.models.defaults); },
      [](auto& c) -> auto& { return c.models.defaults; });
}

setting models_aliases_setting() {
  return make(
      "models.aliases", "Other names of models, such as {gpt-4: openai/gpt-4o-mini}.", store_aliases,
      [](const configuration& from) { return json(from.models.aliases); },
      [](auto& c) -> auto& { return c.models.aliases; });
}

setting models_prices_setting() {
  return make(
      "models.prices",
      "What models cost in millionths of a US dollar for a million tokens. Without its price a model cannot be held to "
      "max_cost_microusd.",
      store_prices, show_prices, [](auto& c) -> auto& { return c.models.prices; });
}

setting models_providers_setting() {
  return make(
      "models.providers",
      "Where models are: {kind: openai | anthropic, base_url, api_key, requires_key} or {kind: scripted, file}. A "
      "provider without its key is off, unless requires_key is false. A scripted model follows the rules of its file, "
      "relative to the folder of this one; it is a stand-in. Each may have patience: {attempts: 3, first_pause_ms: 500, "
      "longest_pause_ms: 8000, breaker_failures: 5, breaker_pause_ms: 30000}: so many attempts of a call (1 to 100), with "
      "pauses between them that double (0 to 3600000, half of each left to chance); after so many failures in a row (1 to "
      "1000000) the provider is left alone for breaker_pause_ms (0 to 3600000).",
      store_providers, show_providers, [](auto& c) -> auto& { return c.models.providers; });
}

}  // namespace mofa::settings
