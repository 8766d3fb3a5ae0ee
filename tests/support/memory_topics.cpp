#include "tests/support/memory_topics.hpp"

#include <algorithm>

namespace mofa::test {

std::vector<result<core::kept_message>> memory_topics::keep(std::span<const core::topic_entry> messages) {
  commits.push_back(messages.size());
  std::vector<result<core::kept_message>> out;
  for (const auto& each : messages) {
    if (refusal) {
      out.emplace_back(*refusal);
      continue;
    }
    const auto known = std::find_if(entries.begin(), entries.end(), [&](const core::topic_entry& old) {
      return each.once && old.once && old.once->key == each.once->key && old.once->operation == each.once->operation;
    });
    if (known != entries.end()) {
      out.emplace_back(core::kept_message{known->what.seq, true});
      continue;
    }
    entries.push_back(each);
    entries.back().what.seq = entries.size();
    out.emplace_back(core::kept_message{entries.size(), false});
  }
  return out;
}

result<core::topic_page> memory_topics::messages(const std::optional<std::string>& tenant, const core::topic_pattern& which,
                                                 std::uint64_t after, std::size_t limit) {
  ++pages_read;
  if (refusal) return *refusal;
  core::topic_page out;
  for (const auto& each : entries) {
    if (each.what.seq <= after) continue;
    if (out.messages.size() == limit) {
      out.more = true;
      return out;
    }
    out.through = each.what.seq;
    if ((tenant && each.what.tenant != *tenant) || !which.matches(each.what.topic)) continue;
    out.messages.push_back(std::make_shared<const core::topic_message>(each.what));
  }
  return out;
}

result<std::uint64_t> memory_topics::newest() {
  if (refusal) return *refusal;
  return std::uint64_t{entries.size()};
}

result<std::vector<core::kept_topic>> memory_topics::kept(const std::string& tenant, const std::string& after_name,
                                                          int limit) {
  std::map<std::string, core::kept_topic> found;
  for (const auto& each : entries) {
    if (each.what.tenant != tenant || each.what.topic <= after_name) continue;
    auto& one = found[each.what.topic];
    one.topic = each.what.topic;
    ++one.kept;
    one.last_seq = each.what.seq;
  }
  std::vector<core::kept_topic> out;
  for (auto& [name, one] : found)
    if (out.size() < static_cast<std::size_t>(limit)) out.push_back(std::move(one));
  return out;
}

result<std::uint64_t> memory_topics::open_cursor(const std::string& agent, const std::string& pattern, std::uint64_t start) {
  if (refusal) return *refusal;
  return cursors.try_emplace({agent, pattern}, start).first->second;
}

result<void> memory_topics::move_cursors(std::span<const core::topic_cursor> to) {
  if (refusal) return *refusal;
  for (const auto& each : to) {
    const auto found = cursors.find({each.agent, each.pattern});
    if (found != cursors.end()) found->second = std::max(found->second, each.seq);
  }
  return {};
}

result<void> memory_topics::retain_cursors(const std::string& agent, std::span<const std::string> patterns) {
  std::erase_if(cursors, [&](const auto& each) {
    return each.first.first == agent && std::find(patterns.begin(), patterns.end(), each.first.second) == patterns.end();
  });
  return {};
}

result<void> memory_topics::retain_agents(std::span<const std::string> names) {
  std::erase_if(cursors,
                [&](const auto& each) { return std::find(names.begin(), names.end(), each.first.first) == names.end(); });
  return {};
}

result<std::size_t> memory_topics::sweep_messages(time_point, std::size_t) {
  return fail(errc::unsupported, "the memory of topics keeps everything");
}

}  // namespace mofa::test
