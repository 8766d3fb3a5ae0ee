#include "server/models/registry.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "server/base/nearest.hpp"
#include "server/models/anthropic/anthropic_dialect.hpp"
#include "server/models/fallback.hpp"
#include "server/models/openai/openai_dialect.hpp"
#include "server/models/remote/remote_provider.hpp"

namespace mofa::models {
namespace {

constexpr std::string_view openai_url = "https://api.openai.com/v1";
constexpr std::string_view anthropic_url = "https://api.anthropic.com";

bool is_remote(std::string_view kind) { return kind == "openai" || kind == "anthropic"; }

core::model_ptr remote_from(provider_options& from, const surroundings& with) {
  const bool openai = from.kind == "openai";
  access where{from.base_url.empty() ? std::string{openai ? openai_url : anthropic_url} : from.base_url, from.api_key};
  auto wire = openai ? openai_dialect(std::move(where)) : anthropic_dialect(std::move(where));
  auto whom = remote_provider(std::move(wire), with.http, with.pace.time);
  return patient_model(from.name, std::move(whom), from.api_key, from.how, with.pace);
}

}  // namespace

registry::split_name registry::split(std::string_view full_name) {
  const auto slash = full_name.find('/');
  if (slash == full_name.npos) return {{}, full_name};
  return {full_name.substr(0, slash), full_name.substr(slash + 1)};
}

result<std::shared_ptr<const registry>> registry::make(registry_options options, const surroundings& with) {
  auto made = std::make_shared<registry>();
  core::field_errors errors;
  for (auto& each : options.providers) made->add_provider(each, with, errors);
  made->add_names(options, errors);
  made->add_defaults(options, errors);
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return std::shared_ptr<const registry>{std::move(made)};
}

void registry::add_provider(provider_options& from, const surroundings& with, core::field_errors& errors) {
  entry one{from.kind, nullptr, {}, from.script_name};
  if (from.kind == "scripted") {
    if (from.script)
      one.model = patient_model(from.name, from.script, {}, from.how, with.pace);
    else
      one.reason = "it has no file";
  } else if (!is_remote(from.kind)) {
    errors.push_back({core::child_path("/providers", from.name) + "/kind",
                      "unknown kind '" + from.kind + "'; known: openai, anthropic, scripted"});
  } else if (from.api_key.empty() && from.requires_key.value_or(true)) {
    one.reason = "it has no key; set models.providers." + from.name + ".api_key";
  } else {
    one.model = remote_from(from, with);
  }
  providers_.emplace(from.name, std::move(one));
}

void registry::add_names(const registry_options& from, core::field_errors& errors) {
  for (const auto& [alias, target] : from.aliases) {
    const auto known = checked(target);
    if (!known) errors.push_back({core::child_path("/aliases", alias), known.error().detail});
  }
  aliases_.insert(from.aliases.begin(), from.aliases.end());
  for (const auto& [name, price] : from.prices) {
    const auto known = checked(name);
    if (!known) errors.push_back({core::child_path("/prices", name), known.error().detail});
  }
  prices_.insert(from.prices.begin(), from.prices.end());
}

void registry::add_defaults(const registry_options& from, core::field_errors& errors) {
  for (std::size_t i = 0; i < from.defaults.size(); ++i) {
    const auto alias = aliases_.find(from.defaults[i]);
    auto full = checked(alias == aliases_.end() ? from.defaults[i] : alias->second);
    if (!full) {
      errors.push_back({core::child_path("/default", i), full.error().detail});
      continue;
    }
    if (default_.empty() && providers_.find(split(*full).provider)->second.model) default_ = *full;
    defaults_.push_back(*std::move(full));
  }
}

error registry::unknown_provider(std::string_view name) const {
  std::vector<std::string_view> known;
  for (const auto& known_one : providers_) known.emplace_back(known_one.first);
  auto detail = "unknown provider '" + std::string{name.substr(0, 64)} + "'";
  if (const auto near = nearest_name(name, known)) {
    detail += "; did you mean '" + std::string{*near} + "'?";
  } else {
    detail += known.empty() ? "; there are none under models.providers" : "; known: ";
    for (std::size_t i = 0; i < known.size(); ++i) detail.append(i == 0 ? "" : ", ").append(known[i]);
  }
  return fail(errc::not_found, std::move(detail));
}

/// A "provider/name" whose provider is there, and has it as far as we know.
result<std::string> registry::checked(std::string_view full_name) const {
  const auto [owner, name] = split(full_name);
  if (owner.empty() || name.empty()) {
    return fail(errc::not_found, "'" + std::string{full_name.substr(0, 64)} + "' is not provider/name");
  }
  const auto found = providers_.find(owner);
  if (found == providers_.end()) return unknown_provider(owner);
  const auto& script = found->second.script_name;
  if (found->second.kind == "scripted" && !script.empty() && name != script) {
    return fail(errc::not_found, std::string{owner} + " has no model '" + std::string{name.substr(0, 64)} +
                                     "'; it has only '" + script + "'");
  }
  return std::string{full_name};
}

std::string registry::reasons() const {
  std::string out;
  for (const auto& full : defaults_) {
    const auto owner = std::string{split(full).provider};
    const auto& one = providers_.at(owner);
    if (one.model || out.find(owner + " is off") != std::string::npos) continue;
    if (!out.empty()) out += "; ";
    out += owner + " is off: " + one.reason;
  }
  return out;
}

error registry::nothing_usable() const {
  if (defaults_.empty()) return fail(errc::unavailable, "there is no default model; name some under models.default");
  return fail(errc::unavailable, "no default model is usable: " + reasons());
}

result<std::string> registry::full_name(std::string_view name) const {
  if (const auto alias = aliases_.find(name); alias != aliases_.end()) return alias->second;
  if (name.find('/') != name.npos) return checked(name);
  if (default_.empty()) return nothing_usable();
  if (name.empty()) return default_;
  return checked(std::string{split(default_).provider} + "/" + std::string{name});
}

result<core::resolved_model> registry::resolve(std::span<const std::string> names) const {
  static const std::string none;
  if (names.empty()) names = {&none, 1};
  core::resolved_model out;
  std::vector<named_model> usable;
  std::string off;
  for (const auto& each : names) {
    const auto full = full_name(each);
    if (!full) return full.error();
    const auto [owner, name] = split(*full);
    const auto& one = providers_.find(owner)->second;
    if (!one.model) {
      if (!off.empty()) off += "; ";
      off += std::string{owner} + " is off: " + one.reason;
      continue;
    }
    if (usable.empty()) {
      out.provider = owner;
      out.name = name;
      out.price = price_of(*full);
    }
    usable.push_back({one.model, std::string{name}});
  }
  if (usable.empty()) return fail(errc::unavailable, std::move(off));
  out.model = chain_of(std::move(usable));
  return out;
}

std::optional<core::model_price> registry::price_of(std::string_view full_name) const {
  const auto found = prices_.find(full_name);
  return found == prices_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<core::provider_info> registry::providers() const {
  std::vector<core::provider_info> out;
  for (const auto& [name, one] : providers_) out.push_back({name, one.kind, one.model != nullptr, one.reason});
  return out;
}

std::vector<core::model_info> registry::models() const {
  std::set<std::string> names{defaults_.begin(), defaults_.end()};
  for (const auto& [alias, target] : aliases_) names.insert(target);
  for (const auto& priced : prices_) names.insert(priced.first);
  for (const auto& [name, one] : providers_) {
    if (!one.script_name.empty()) names.insert(name + "/" + one.script_name);
    const auto listed = names.lower_bound(name + "/");
    // A provider none of whose models is named: it stands for all that it has.
    if (listed == names.end() || !listed->starts_with(name + "/")) names.insert(name);
  }
  std::vector<core::model_info> out;
  for (const auto& name : names) {
    core::model_info each;
    each.name = name;
    each.provider = name.find('/') == name.npos ? name : split(name).provider;
    const auto& one = providers_.at(each.provider);
    each.usable = one.model != nullptr;
    each.reason = one.reason;
    each.is_default = name == default_;
    each.stand_in = one.kind == "scripted";
    each.price = price_of(name);
    for (const auto& [alias, target] : aliases_) {
      if (target == name) each.aliases.push_back(alias);
    }
    out.push_back(std::move(each));
  }
  return out;
}

std::string registry::default_notice() const {
  const auto off = reasons();
  if (default_.empty()) return "none (" + nothing_usable().detail + ")";
  const bool stand_in = providers_.find(split(default_).provider)->second.kind == "scripted";
  if (!stand_in) return default_;
  return default_ + " (a scripted stand-in, no language model" + (off.empty() ? "" : "; " + off) + ")";
}

}  // namespace mofa::models
