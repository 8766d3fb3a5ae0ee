#include "server/app/definition_files.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include "server/app/files.hpp"
#include "server/base/digest.hpp"
#include "server/telemetry/logging.hpp"

namespace mofa::app {
namespace {

namespace fs = std::filesystem;

/// Waits for the answer to a question that `ask` puts with the completion that it gets.
template <class T, class Ask>
result<T> answer_to(Ask ask) {
  std::promise<result<T>> promise;
  auto answer = promise.get_future();
  ask(core::completion<T>{[promise = std::move(promise)](result<T> got) mutable { promise.set_value(std::move(got)); }});
  try {
    return answer.get();
  } catch (const std::future_error&) {
    return fail(errc::unavailable, "the actors are being stopped");
  }
}

bool may_pass(errc why) {
  return why == errc::conflict || why == errc::unavailable || why == errc::timeout || why == errc::storage_full ||
         why == errc::io;
}

// One that is there and cannot be looked at is not gone.
bool is_gone(const fs::path& file) {
  std::error_code ignored;
  return fs::status(file, ignored).type() == fs::file_type::not_found;
}

}  // namespace

definition_files::definition_files(const catalog::catalog& kinds, service::file_agents& agents,
                                   const std::vector<file_definition>& taken)
    : kinds_(kinds), agents_(agents) {
  for (const auto& each : taken) files_[each.file] = {each.made.definition->name, each.hash, {}};
}

core::definition_changes definition_files::update(const std::vector<fs::path>& folders, const std::function<bool()>& ended) {
  core::definition_changes out;
  waits_ = false;
  std::vector<candidate> news;
  auto now = look(folders, news, out);
  settle_names(now, news);
  for (auto& each : news) {
    if (ended()) return out;
    take(now, each, out);
  }
  drop_doubles(now);
  let_leave(now, ended, out);
  tell_errors(now, out);
  files_ = std::move(now);
  std::sort(out.changed.begin(), out.changed.end());
  std::sort(out.added.begin(), out.added.end());
  std::sort(out.removed.begin(), out.removed.end());
  return out;
}

definition_files::file_map definition_files::look(const std::vector<fs::path>& folders, std::vector<candidate>& news,
                                                  core::definition_changes& out) {
  file_map now;
  std::map<std::string, std::string> folder_errors;
  for (const auto& folder : folders) {
    const auto files = definition_files_in(folder);
    if (!files && files.error().code != errc::not_found) {
      for (const auto& [path, known] : files_)
        if (fs::path{path}.parent_path() == (folder / "file").parent_path()) now.emplace(path, known);
    }
    if (!files) {
      const auto& why = folder_errors[folder.string()] = files.error().detail;
      if (folder_errors_[folder.string()] != why) spdlog::warn("definitions unreadable reason={}", telemetry::quoted(why));
      out.errors.push_back({folder.string(), why});
      continue;
    }
    for (const auto& path : *files) {
      const auto text = file_contents(path);
      if (!text && is_gone(path)) continue;  // it went in the meantime
      const auto known = files_.find(path);
      file next{known == files_.end() ? "" : known->second.agent, text ? sha256_hex(*text) : "", {}};
      const bool as_before = text && known != files_.end() && known->second.hash == next.hash && known->second.error.empty();
      if (!as_before) {
        auto made = text ? compile_definition(*text, path, kinds_) : result<catalog::compiled>{text.error()};
        if (made)
          news.push_back({path, next.hash, std::move(*made)});
        else
          next.error = made.error().detail;
      }
      now.insert_or_assign(path, std::move(next));
    }
  }
  folder_errors_ = std::move(folder_errors);
  return now;
}

// Who has a name keeps it, unless it says another one now; of several that are new to it the first gets it.
void definition_files::settle_names(file_map& now, std::vector<candidate>& news) const {
  std::map<std::string, std::string> wanted;  // by file
  for (const auto& each : news) wanted[each.file] = each.made.definition->name;
  std::map<std::string, std::string> file_of;
  for (const auto& [path, one] : now) {
    const auto other = wanted.find(path);
    if (!one.agent.empty() && (other == wanted.end() || other->second == one.agent)) file_of.emplace(one.agent, path);
  }
  std::erase_if(news, [&](const candidate& each) {
    const auto& agent = each.made.definition->name;
    const auto& owner = file_of.emplace(agent, each.file).first->second;
    if (owner == each.file) return false;
    now.at(each.file).error = defined_twice(each.file, agent, owner);
    return true;
  });
}

void definition_files::take(file_map& now, candidate& news, core::definition_changes& out) {
  auto& mine = now.at(news.file);
  const auto agent = news.made.definition->name;
  const auto taken = answer_to<service::taken_file>([&](core::completion<service::taken_file> done) {
    agents_.take_file(std::move(news.made), news.file, std::move(done));
  });
  if (!taken) {
    mine.error = news.file + ": " + taken.error().detail;
    waits_ = waits_ || may_pass(taken.error().code);
    // The catalog may have it although its actor is not there: should the file go now, the agent has to be told.
    if (taken.error().code == errc::unavailable || taken.error().code == errc::timeout) mine.agent = agent;
    return;
  }
  mine.agent = agent;
  if (!taken->changed) return;
  const bool known = std::any_of(files_.begin(), files_.end(), [&](const auto& each) { return each.second.agent == agent; });
  (known ? out.changed : out.added).push_back(agent);
  spdlog::info("definition {} agent={} version={} file={}", known ? "changed" : "added", agent, taken->version,
               telemetry::quoted(news.file));
}

// A file that could not be taken keeps the agent that it had, unless that is another file's now.
void definition_files::drop_doubles(file_map& now) {
  std::set<std::string> in_force;
  for (const auto& [path, one] : now)
    if (one.error.empty()) in_force.insert(one.agent);
  for (auto& [path, one] : now)
    if (!one.error.empty() && in_force.contains(one.agent)) one.agent.clear();
}

// Agents whose file is gone, or says another name.
void definition_files::let_leave(const file_map& now, const std::function<bool()>& ended, core::definition_changes& out) {
  auto alone = std::exchange(overdue_, {});
  for (const auto& [path, one] : files_)
    if (!one.agent.empty()) alone[one.agent].file = path;
  for (const auto& [path, one] : now) alone.erase(one.agent);
  for (const auto& [agent, late] : alone) {
    const auto& path = late.file;
    if (ended()) {
      overdue_[agent] = late;
      continue;
    }
    const auto left = answer_to<bool>([&, agent = agent, path = path](core::completion<bool> done) {
      agents_.let_file_leave(agent, path, std::move(done));
    });
    if (!left) {
      waits_ = true;
      const auto why = "agent '" + agent + "' is not removed yet: " + left.error().detail;
      out.errors.push_back({path, why});
      overdue_[agent] = {path, why};
      if (why == late.why) continue;
      agents_.note_error(agent, path, why);
      spdlog::warn("definition not removed agent={} file={} reason={}", agent, telemetry::quoted(path),
                   telemetry::quoted(left.error().detail));
    } else if (*left) {
      out.removed.push_back(agent);
      spdlog::info("definition removed agent={} file={}", agent, telemetry::quoted(path));
    }
  }
}

void definition_files::tell_errors(const file_map& now, core::definition_changes& out) {
  for (const auto& [path, one] : now) {
    const auto before = files_.find(path);
    const bool told = before != files_.end() && before->second.error == one.error;
    if (!one.agent.empty() && !(told && one.error.empty())) agents_.note_error(one.agent, path, one.error);
    if (one.error.empty()) continue;
    out.errors.push_back({path, one.error});
    if (!told)
      spdlog::warn("definition refused file={}{} reason={}", telemetry::quoted(path),
                   one.agent.empty() ? "" : " agent=" + one.agent, telemetry::quoted(one.error));
  }
}

}  // namespace mofa::app
