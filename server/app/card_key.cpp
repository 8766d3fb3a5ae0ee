#include "server/app/card_key.hpp"

#include <string>
#include <utility>

#include "server/app/files.hpp"
#include "server/base/signing_key.hpp"

namespace mofa::app {

result<std::optional<a2a::card_signer>> card_signer_of(const settings::a2a_card_settings& from) {
  const std::string setting = "a2a.card.signing_key: ";
  if (from.signing_key.empty()) return std::optional<a2a::card_signer>{};
  const auto file = from.signing_key.string();
  const auto text = file_contents(file);
  if (!text) return error{text.error().code, setting + text.error().detail};
  const auto key = signing_key::from_pem(*text);
  if (!key) return error{key.error().code, setting + file + " " + key.error().detail};
  a2a::card_signer signer{std::string{key->algorithm()}, from.key_id,
                          [key = *key](std::string_view input) { return key.sign(input); }};
  return std::optional{a2a::remembering(std::move(signer))};
}

}  // namespace mofa::app
