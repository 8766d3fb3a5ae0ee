#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "protocols/a2a/card.hpp"
#include "server/base/digest.hpp"

namespace mofa::a2a {
namespace {

/// Signatures by the digest of what they sign; the oldest go first.
class signatures {
 public:
  explicit signatures(std::size_t most) : most_(most) {}

  std::optional<std::string> find(const std::string& digest) {
    const std::lock_guard lock{mutex_};
    const auto found = by_digest_.find(digest);
    return found == by_digest_.end() ? std::nullopt : std::optional{found->second};
  }

  /// The first signature stays: two threads may have made one at the same time.
  std::string keep(const std::string& digest, std::string signature) {
    const std::lock_guard lock{mutex_};
    const auto [place, is_new] = by_digest_.try_emplace(digest, std::move(signature));
    auto out = place->second;
    if (is_new) order_.push_back(digest);
    if (order_.size() > most_) {
      by_digest_.erase(order_.front());
      order_.pop_front();
    }
    return out;
  }

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::string> by_digest_;
  std::deque<std::string> order_;
};

}  // namespace

card_signer remembering(card_signer signer, std::size_t most) {
  auto known = std::make_shared<signatures>(most);
  auto sign = std::move(signer.sign);
  signer.sign = [known = std::move(known), sign = std::move(sign)](std::string_view input) -> result<std::string> {
    const auto digest = sha256_hex(input);
    if (auto found = known->find(digest)) return *std::move(found);
    auto made = sign(input);
    if (!made) return made;
    return known->keep(digest, *std::move(made));
  };
  return signer;
}

}  // namespace mofa::a2a
