// The reader of steps: from a list under `do` or `otherwise` to the steps of a script.
// Made by compile() for one definition and gone after it.
// A plain value; used by one thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "actors/scenario/compile.hpp"
#include "actors/scenario/reader.hpp"
#include "actors/scenario/script.hpp"

namespace mofa::scenario {

class step_reader {
 public:
  /// `variables` are the names that templates may use. All three must outlive the reader.
  step_reader(reader& checks, const tool_names& tools, const std::set<std::string, std::less<>>& variables)
      : checks_(checks), tools_(tools), variables_(variables) {}

  /// What is at fault is reported to the reader and left out.
  std::vector<step> read(const json& list, const std::string& path);

  /// The variables that the templates read so far use.
  const std::set<std::string, std::less<>>& used() const { return used_; }

 private:
  std::optional<step> step_of(const std::string& name, const json& body, const std::string& path);
  std::optional<step> status_of(const json& body, const std::string& path);
  std::optional<step> pause_of(const json& body, const std::string& path);
  std::optional<step> artifact_of(const json& body, const std::string& path);
  std::optional<step> call_of(const json& body, const std::string& path);
  std::optional<step> publish_of(const json& body, const std::string& path);
  std::optional<step> ask_of(const json& body, const std::string& path);
  std::optional<step> end_of(core::task_state state, const json& body, const std::string& path);
  std::optional<step> reply_of(const json& body, const std::string& path);
  std::optional<step> crash_of(bool once, const json& body, const std::string& path);

  /// `text` or `parts`, with `metadata` and `extensions`: a message. Nothing when there is none.
  std::optional<content> said_in(const json& body, const std::string& path, bool required);
  /// What messages and artifacts have in common. `text`: instead of the parts.
  std::optional<content> content_of(const json& body, const std::string& path, const std::optional<std::string>& text);
  void report(const error& why, const std::string& path);

  std::optional<text_template> template_at(const json& object, const std::string& path, std::string_view name,
                                           bool required);
  text_template parse(const std::string& source, const std::string& path);
  json_template json_template_of(json value, const std::string& path);

  reader& checks_;
  const tool_names& tools_;
  const std::set<std::string, std::less<>>& variables_;
  std::set<std::string, std::less<>> used_;
};

}  // namespace mofa::scenario
