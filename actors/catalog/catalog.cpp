#include "actors/catalog/catalog.hpp"

#include "server/base/digest.hpp"
#include "server/base/nearest.hpp"

namespace mofa::catalog {
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
  auto definition = core::definition_from_json(document, maker->members(), maker->counts_steps());
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
  entry kept{{std::move(numbered), std::move(made.behaviour)}, std::move(source), {}, false};
  const std::lock_guard lock{guard_};
  auto& current = agents_[kept.current.definition->name];
  // Tasks that run on the replaced version keep it; who loads one of them meets the same object.
  if (current.current.definition && current.current.definition->version != *number) remember(current.current);
  current = kept;
  return kept;
}

result<entry> catalog::changeable(const std::string& name, std::optional<int> if_version) const {
  auto found = find(name);
  if (!found) return fail(errc::not_found, "no agent '" + name + "'");
  if (!found->source.empty())
    return fail(errc::managed_by_file, "agent '" + name + "' belongs to " + found->source + "; change that file");
  if (found->leaving) return fail(errc::conflict, "agent '" + name + "' is being removed; wait until it is gone");
  const auto version = found->current.definition->version;
  if (if_version && *if_version != version)
    return fail(errc::precondition_failed, "the newest version of '" + name + "' is " + std::to_string(version));
  return *std::move(found);
}

result<applied> catalog::apply(const core::definition_change& what, core::store& versions, time_point now) {
  auto made = compile(what.document);
  if (!made) return std::move(made).error();
  const auto name = made->definition->name;
  if (what.name && name != *what.name)
    return error{errc::invalid, "the definition is of another agent", {{"/name", "must be '" + *what.name + "'"}}};
  const std::lock_guard one_at_a_time{change_guard_};
  const bool known = find(name).has_value();
  if (what.name) {
    if (auto may = changeable(name, what.if_version); !may) return std::move(may).error();
  } else if (known) {
    return fail(errc::conflict, "agent '" + name + "' exists already; PUT /api/v1/agents/" + name + " changes it");
  }
  auto kept = put(std::move(*made), {}, versions, now);
  if (!kept) return std::move(kept).error();
  if (auto marked = versions.mark_agent(name, core::agent_mark::kept); !marked) return std::move(marked).error();
  return applied{std::move(*kept), !known};
}

result<void> catalog::let_leave(const std::string& name, std::optional<int> if_version, core::store& versions) {
  const std::lock_guard one_at_a_time{change_guard_};
  if (const auto may = changeable(name, if_version); !may) return may.error();
  if (auto marked = versions.mark_agent(name, core::agent_mark::leaving); !marked) return marked;
  const std::lock_guard lock{guard_};
  if (const auto found = agents_.find(name); found != agents_.end()) found->second.leaving = true;
  return {};
}

result<void> catalog::forget(const std::string& name, core::store& versions) {
  const std::lock_guard one_at_a_time{change_guard_};
  if (auto marked = versions.mark_agent(name, std::nullopt); !marked) return marked;
  const std::lock_guard lock{guard_};
  const auto found = agents_.find(name);
  if (found == agents_.end()) return {};
  remember(found->second.current);
  agents_.erase(found);
  return {};
}

result<std::vector<std::string>> catalog::restore(core::store& versions) {
  auto all = versions.marked_agents();
  if (!all) return std::move(all).error();
  std::vector<std::string> left_out;
  for (const auto& one : *all) {
    if (find(one.newest.name)) {
      left_out.push_back(one.newest.name + ": a file defines it now");
      if (auto marked = versions.mark_agent(one.newest.name, std::nullopt); !marked) return std::move(marked).error();
      continue;
    }
    auto made = version(one.newest.name, one.newest.version, versions);
    if (!made) {
      left_out.push_back(made.error().detail);
      continue;
    }
    const std::lock_guard lock{guard_};
    agents_[one.newest.name] = {std::move(*made), {}, {}, one.mark == core::agent_mark::leaving};
  }
  return left_out;
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
    if (auto old = recall(name, version)) return *std::move(old);
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
  // Another reader may have been quicker.
  if (auto old = recall(name, version)) return *std::move(old);
  remember(*made);
  return made;
}

std::optional<compiled> catalog::recall(const std::string& name, int version) const {
  const auto found = old_.find({name, version});
  if (found == old_.end()) return std::nullopt;
  compiled out{found->second.definition.lock(), found->second.behaviour.lock()};
  return out.definition && out.behaviour ? std::optional{std::move(out)} : std::nullopt;
}

void catalog::remember(const compiled& old) {
  std::erase_if(old_, [](const auto& each) { return each.second.is_gone(); });
  old_[{old.definition->name, old.definition->version}] = {old.definition, old.behaviour};
}

}  // namespace mofa::catalog
