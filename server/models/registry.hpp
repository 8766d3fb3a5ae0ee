// The registry of models: providers by name, aliases, prices, the default; and why what is off is off.
// Built by the app at the start and never changed; the effects room, kinds and routes see it as core::model_directory.
// Immutable once made; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/fields.hpp"
#include "protocols/core/ports/model_directory.hpp"
#include "server/http_client/client.hpp"
#include "server/models/patient/patient_model.hpp"

namespace mofa::models {

/// A provider as the configuration has it.
struct provider_options {
  std::string name;
  std::string kind;      ///< "openai", "anthropic" or "scripted"
  std::string base_url;  ///< empty: the provider's own; not of `scripted`
  std::string api_key;
  std::optional<bool> requires_key;  ///< by default only `openai` and `anthropic` do
  provider_ptr script;               ///< of `scripted`: what compile_scripted() made of its file
  std::string script_name;           ///< of `scripted`: the only name of a model that it knows ("demo")
  patience how{};
};

struct registry_options {
  std::vector<std::string> defaults;           ///< "provider/name" or an alias; the first whose provider is usable
  std::map<std::string, std::string> aliases;  ///< to "provider/name"
  std::map<std::string, core::model_price> prices;
  std::vector<provider_options> providers;
};

/// What models work with; all of it outlives the registry.
struct surroundings {
  http_client::client& http;
  pacing pace;
};

class registry final : public core::model_directory {
 public:
  /// Error invalid: unknown kinds and providers, aliases of aliases; `fields` are JSON pointers into the section `models`.
  static result<std::shared_ptr<const registry>> make(registry_options options, const surroundings& with);

  result<std::string> full_name(std::string_view name) const override;
  result<core::resolved_model> resolve(std::span<const std::string> names) const override;
  std::optional<core::model_price> price_of(std::string_view full_name) const override;
  std::vector<core::provider_info> providers() const override;
  /// A provider none of whose models is named is there under its own name, without a model.
  std::vector<core::model_info> models() const override;

  /// "provider/name" of the default; empty when nothing is usable.
  const std::string& default_name() const { return default_; }

  /// For the start-up line: "openai/gpt-4o-mini", "scripted/demo (a scripted stand-in, no language model; openai is off:
  /// …)", or "none (…)".
  std::string default_notice() const;

 private:
  struct entry {
    std::string kind;
    core::model_ptr model;    ///< null: off
    std::string reason;       ///< why it is off
    std::string script_name;  ///< of `scripted`
  };
  struct split_name {
    std::string_view provider;
    std::string_view name;
  };
  using provider_map = std::map<std::string, entry, std::less<>>;

  void add_provider(provider_options& from, const surroundings& with, core::field_errors& errors);
  void add_names(const registry_options& from, core::field_errors& errors);
  void add_defaults(const registry_options& from, core::field_errors& errors);

  static split_name split(std::string_view full_name);
  result<std::string> checked(std::string_view full_name) const;
  error unknown_provider(std::string_view name) const;
  error nothing_usable() const;
  std::string reasons() const;

  provider_map providers_;
  std::vector<std::string> defaults_;
  std::map<std::string, std::string, std::less<>> aliases_;
  std::map<std::string, core::model_price, std::less<>> prices_;
  std::string default_;
};

}  // namespace mofa::models
