#include <algorithm>

#include "protocols/core/ports/model_directory.hpp"

namespace mofa::core {

std::int64_t cost_microusd(const model_price& price, std::int64_t input_tokens, std::int64_t output_tokens) {
  static constexpr std::int64_t most = 1'000'000'000;
  constexpr std::int64_t mtok = 1'000'000;
  const auto times = [](std::int64_t tokens, std::int64_t each) {
    return std::clamp<std::int64_t>(tokens, 0, most) * std::clamp<std::int64_t>(each, 0, most);
  };
  const auto sum = times(input_tokens, price.input_microusd_per_mtok) + times(output_tokens, price.output_microusd_per_mtok);
  return (sum + mtok - 1) / mtok;
}

}  // namespace mofa::core
