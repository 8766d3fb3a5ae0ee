// The port of the models that there are: names become models with a price, and everybody can see what is off and why.
// Implemented by the registry in server/models; asked by the effects room for each call, by kinds for definitions, by
// routes. Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/ports/model.hpp"

namespace mofa::core {

/// In millionths of a US dollar for a million tokens.
struct model_price {
  std::int64_t input_microusd_per_mtok = 0;
  std::int64_t output_microusd_per_mtok = 0;
};

/// In micro-USD, rounded up. Exact for up to 10^9 tokens at up to 10^9 micro-USD.
std::int64_t cost_microusd(const model_price& price, std::int64_t input_tokens, std::int64_t output_tokens);

/// A model that can be called now.
struct resolved_model {
  model_ptr model;       ///< `model_request::model` need not be set: it knows its name, and its fallbacks
  std::string provider;  ///< "openai"
  std::string name;      ///< "gpt-4o-mini"
  std::optional<model_price> price;
};

struct provider_info {
  std::string name;
  std::string kind;  ///< "openai", "anthropic", "scripted"
  bool usable = true;
  std::string reason;  ///< why it is off
};

/// A model that the configuration names, in whatever place.
struct model_info {
  std::string name;  ///< "openai/gpt-4o-mini"
  std::string provider;
  bool usable = true;
  std::string reason;  ///< why it is off
  bool is_default = false;
  bool stand_in = false;  ///< scripted: no language model at all
  std::optional<model_price> price;
  std::vector<std::string> aliases;
};

class model_directory {
 public:
  virtual ~model_directory() = default;

  /// "provider/name" of a name: an alias, "provider/name", a bare name (the default provider's), or "" (the default).
  /// Errors: not_found (no such provider or model; names a near one), unavailable ("" or a bare name, and nothing is
  /// usable).
  virtual result<std::string> full_name(std::string_view name) const = 0;

  /// The model of that name, or the first of these names whose provider is usable with the later ones as its fallbacks; no
  /// name at all: the default. Errors: as above, and unavailable when the provider is off, saying why.
  virtual result<resolved_model> resolve(std::span<const std::string> names) const = 0;

  /// By "provider/name", as answers carry it.
  virtual std::optional<model_price> price_of(std::string_view full_name) const = 0;

  virtual std::vector<provider_info> providers() const = 0;
  virtual std::vector<model_info> models() const = 0;
};

}  // namespace mofa::core
