#include "actors/catalog/catalog.hpp"

#include "protocols/core/input.hpp"
#include "server/base/digest.hpp"
#include "server/base/nearest.hpp"

namespace mofa::catalog {
namespace {

error unreadable_schema(const std::string& agent, int version, const error& why) {
  auto text = "agent '" + agent + "' takes no new tasks: the input_schema of its version " + std::to_string(version) +
              " cannot be read by this server (";
  text += why.fields.empty() ? why.detail : why.fields.front().path + ": " + why.fields.front().message;
  return fail(errc::unsupported, text + "); give it a definition with one that can: PUT /api/v1/agents/" + agent);
}

}  // namespace

catalog::catalog(std::vector<std::shared_ptr<const core::agent_kind>> kinds, core::schema_compiler schemas)
    : kinds_(std::move(kinds)), schemas_(std::move(schemas)) {}

const core::agent_kind* catalog::kind(std::string_view name) const {
  for (const auto& one : kinds_)
    if (one->name() == name) return one.get();
  return nullptr;
}

result<compiled> catalog::compile(const core::json& document) const { return compile(document, schemas_); }

result<compiled> catalog::compile(const core::json& document, const core::schema_compiler& schemas) const {
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
  auto definition = core::definition_from_json(document, maker->members(), maker->counts_steps(), schemas);
  if (!definition) return std::move(definition).error();
  auto behaviour = maker->compile(*definition);
  if (!behaviour) return std::move(behaviour).error();
  return compiled{std::make_shared<const core::definition>(std::move(*definition)), std::move(*behaviour)};
}

result<entry> catalog::put(compiled made, std::string source, core::store& versions, time_point now) {
  const auto body = made.definition->document.dump();
  auto number = versions.put_definition(made.definition->name, body, sha256_hex(body), now);
  if (!number) return std::move(number).error();
  return take(std::move(made), *number, std::move(source));
}

entry catalog::take(compiled made, int version, std::string source) {
  auto numbered = std::make_shared<core::definition>(*made.definition);
  numbered->version = version;
  entry kept{{std::move(numbered), std::move(made.behaviour)}, std::move(source), {}, false, false};
  const std::lock_guard lock{guard_};
  auto& current = agents_[kept.current.definition->name];
  // Tasks that run on the replaced version keep it; who loads one of them meets the same object.
  if (current.current.definition && current.current.definition->version != version) remember(current.current);
  current = kept;
  return kept;
}

result<entry> catalog::changeable(const std::string& name, std::optional<int> if_version) const {
  auto found = find(name);
  if (!found) return fail(errc::not_found, "no agent '" + name + "'");
  if (found->leaving) return fail(errc::conflict, "agent '" + name + "' is being removed; wait until it is gone");
  if (!found->source.empty())
    return fail(errc::managed_by_file, "agent '" + name + "' belongs to " + found->source + "; change that file");
  const auto version = found->current.definition->version;
  if (if_version && *if_version != version)
    return fail(errc::precondition_failed, "the newest version of '" + name + "' is " + std::to_string(version));
  return *std::move(found);
}

result<applied> catalog::apply(const core::definition_change& what, core::store& versions, time_point now) {
  const std::lock_guard one_at_a_time{change_guard_};
  auto earlier = replay(what, versions);
  if (!earlier) return std::move(earlier).error();
  if (*earlier) return **std::move(earlier);
  auto made = compile(what.document);
  if (!made) return std::move(made).error();
  const auto name = made->definition->name;
  if (what.name && name != *what.name)
    return error{errc::invalid, "the definition is of another agent", {{"/name", "must be '" + *what.name + "'"}}};
  const bool known = find(name).has_value();
  if (what.name) {
    if (auto may = changeable(name, what.if_version); !may) return std::move(may).error();
  } else if (known) {
    return fail(errc::conflict, "agent '" + name + "' exists already; PUT /api/v1/agents/" + name + " changes it");
  }
  std::optional<core::idempotency_record> once;
  if (what.idempotency) once = core::idempotency_record{what.who.tenant, what.who.principal, *what.idempotency, now};
  const auto body = made->definition->document.dump();
  const auto number = versions.keep_agent(name, body, sha256_hex(body), once, now);
  if (!number) return number.error();
  return applied{take(std::move(*made), *number, {}), !known, true};
}

result<std::optional<applied>> catalog::replay(const core::definition_change& what, core::store& versions) const {
  if (!what.idempotency) return std::optional<applied>{};
  const auto& once = *what.idempotency;
  auto hit = versions.find_agent(what.who.tenant, what.who.principal, once.operation, once.key);
  if (!hit) return std::move(hit).error();
  if (!*hit) return std::optional<applied>{};
  if ((*hit)->body_hash != once.body_hash)
    return fail(errc::idempotency_mismatch, "this Idempotency-Key was used with another body; take a new key");
  // Version 0: it was removed, and the agent that has its name now is another one.
  auto found = (*hit)->version == 0 ? std::nullopt : find((*hit)->name);
  if (!found) return fail(errc::not_found, "agent '" + (*hit)->name + "', which this Idempotency-Key made, is gone");
  return std::optional{applied{*std::move(found), false, false, true}};
}

result<void> catalog::let_leave(const std::string& name, std::optional<int> if_version, core::store& versions) {
  const std::lock_guard one_at_a_time{change_guard_};
  if (const auto may = changeable(name, if_version); !may) return may.error();
  if (auto marked = versions.mark_agent(name, core::agent_mark::leaving); !marked) return marked;
  const std::lock_guard lock{guard_};
  if (const auto found = agents_.find(name); found != agents_.end()) found->second.leaving = true;
  return {};
}

bool catalog::begin_to_go(const std::string& name) {
  const std::lock_guard one_at_a_time{change_guard_};
  const std::lock_guard lock{guard_};
  const auto found = agents_.find(name);
  if (found == agents_.end() || !found->second.leaving || found->second.going) return false;
  found->second.going = true;
  return true;
}

result<void> catalog::forget(const std::string& name, core::store& versions) {
  const std::lock_guard one_at_a_time{change_guard_};
  auto marked = versions.mark_agent(name, std::nullopt);
  const std::lock_guard lock{guard_};
  const auto found = agents_.find(name);
  if (found == agents_.end()) return marked;
  remember(found->second.current);
  agents_.erase(found);
  return marked;
}

result<applied> catalog::take_file(compiled made, std::string file, core::store& versions, time_point now) {
  const auto name = made.definition->name;
  const std::lock_guard one_at_a_time{change_guard_};
  const auto before = find(name);
  if (before && before->going) return fail(errc::unavailable, "agent '" + name + "' is just being removed");
  if (before && before->source.empty() && !before->leaving)
    return fail(errc::conflict, "agent '" + name + "' was made by a request; DELETE /api/v1/agents/" + name +
                                    " gives its name to this file");
  auto kept = put(std::move(made), std::move(file), versions, now);
  if (!kept) return std::move(kept).error();
  const bool called_back = before && before->leaving;
  if (called_back) {
    // The mark of one that leaves; should it stay, the next start finds the file and takes it away.
    if (auto marked = versions.mark_agent(name, std::nullopt); !marked) return std::move(marked).error();
  }
  const bool changed = !before || called_back || before->current.definition->version != kept->current.definition->version;
  return applied{std::move(*kept), !before, changed};
}

void catalog::note_error(const std::string& name, const std::string& file, std::string why) {
  const std::lock_guard lock{guard_};
  const auto found = agents_.find(name);
  if (found != agents_.end() && found->second.source == file) found->second.error = std::move(why);
}

result<bool> catalog::let_file_leave(const std::string& name, const std::string& file, core::store& versions) {
  const std::lock_guard one_at_a_time{change_guard_};
  const auto before = find(name);
  if (!before || before->source != file || before->leaving) return false;
  if (auto marked = versions.mark_agent(name, core::agent_mark::leaving); !marked) return std::move(marked).error();
  const std::lock_guard lock{guard_};
  auto& mine = agents_.at(name);
  mine.leaving = true;
  mine.error.clear();
  return true;
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
    const auto* refuses = core::refusal_of(*made->definition);
    auto why = refuses == nullptr ? std::string{} : refuses->detail;
    const std::lock_guard lock{guard_};
    agents_[one.newest.name] = {std::move(*made), {}, std::move(why), one.mark == core::agent_mark::leaving, false};
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
  // What was taken once stays runnable: only new tasks need its input_schema.
  const auto lenient = [&](const core::json& source) -> result<core::schema_ptr> {
    auto read = schemas_ ? schemas_(source) : result<core::schema_ptr>{fail(errc::unsupported, "nothing reads schemas")};
    return read ? std::move(read) : core::refusing_schema(unreadable_schema(name, version, read.error()));
  };
  auto made = compile(core::json::parse(stored->body, nullptr, false), lenient);
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
