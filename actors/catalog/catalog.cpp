#include "actors/catalog/catalog.hpp"

#include <openssl/sha.h>

#include "server/base/nearest.hpp"

namespace mofa::catalog {
namespace {

std::string sha256_hex(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const auto byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 0x0f];
  }
  return out;
}

}  // namespace

catalog::catalog(std::vector<std::shared_ptr<const core::agent_kind>> kinds) : kinds_(std::move(kinds)) {}

const core::agent_kind* catalog::kind(std::string_view name) const {
  for (const auto& one : kinds_)
    if (one->name() == name) return one.get();
  return nullptr;
}

result<compiled> catalog::compile(const core::json& document) const {
  auto head = core::definition_head(document);
  if (!head) return std::move(head).error();
  const auto* maker = kind(head->second);
  if (maker == nullptr) {
    std::vector<std::string_view> known;
    for (const auto& one : kinds_) known.push_back(one->name());
    std::string text = "unknown kind '" + head->second + "'";
    if (const auto near = nearest_name(head->second, known))
      text += "; did you mean '" + std::string{*near} + "'?";
    else
      for (std::size_t i = 0; i < known.size(); ++i) text += (i == 0 ? "; known: " : ", ") + std::string{known[i]};
    return error{errc::unsupported, "the definition cannot be used", {{"/kind", std::move(text)}}};
  }
  auto definition = core::definition_from_json(document, maker->members());
  if (!definition) return std::move(definition).error();
  auto behaviour = maker->compile(*definition);
  if (!behaviour) return std::move(behaviour).error();
  return compiled{std::make_shared<const core::definition>(std::move(*definition)), std::move(*behaviour)};
}

result<entry> catalog::put(compiled made, std::string source, core::store& versions, time_point now) {
  const auto body = made.definition->document.dump();
  auto number = versions.put_definition(made.definition->name, body, sha256_hex(body), now);
  if (!number) return std::move(number).error();
  auto numbered = std::make_shared<core::definition>(*made.definition);
  numbered->version = *number;
  entry kept{{std::move(numbered), std::move(made.behaviour)}, std::move(source), {}};
  const std::lock_guard lock{guard_};
  agents_[kept.current.definition->name] = kept;
  return kept;
}

std::optional<entry> catalog::find(std::string_view name) const {
  const std::lock_guard lock{guard_};
  const auto found = agents_.find(name);
  return found == agents_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<entry> catalog::all() const {
  const std::lock_guard lock{guard_};
  std::vector<entry> out;
  for (const auto& [name, one] : agents_) out.push_back(one);
  return out;
}

std::vector<std::string> catalog::names() const {
  const std::lock_guard lock{guard_};
  std::vector<std::string> out;
  for (const auto& [name, one] : agents_) out.push_back(name);
  return out;
}

result<compiled> catalog::version(const std::string& name, int version, core::store& versions) {
  {
    const std::lock_guard lock{guard_};
    const auto found = agents_.find(name);
    if (found != agents_.end() && found->second.current.definition->version == version) return found->second.current;
    if (const auto old = old_.find({name, version}); old != old_.end()) return old->second;
  }
  auto stored = versions.definition(name, version);
  if (!stored) return std::move(stored).error();
  auto made = compile(core::json::parse(stored->body, nullptr, false));
  if (!made)
    return fail(errc::unsupported,
                "version " + std::to_string(version) + " of agent '" + name + "' cannot be run: " + made.error().detail);
  auto numbered = std::make_shared<core::definition>(*made->definition);
  numbered->version = version;
  made->definition = std::move(numbered);
  const std::lock_guard lock{guard_};
  return old_[{name, version}] = *made;
}

}  // namespace mofa::catalog
