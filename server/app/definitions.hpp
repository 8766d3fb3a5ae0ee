// Definitions from files: every YAML and JSON document in the configured folders becomes an agent.
// Called by the app at start and whenever the files change, and by `mofa validate`.
// Reads files; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "actors/kernel.hpp"

namespace mofa::app {

/// A definition that is fine, and its file.
struct file_definition {
  std::string file;
  std::string hash;  ///< of the file's text
  catalog::compiled made;
};

/// Reads and compiles one file. The error's detail has one line for each mistake:
/// "config/agents/a.yaml:7:3: unknown member 'rulez'; did you mean 'rules'?".
result<catalog::compiled> read_definition(const std::string& file, const catalog::catalog& kinds);
/// The same of a text that was read.
result<catalog::compiled> compile_definition(const std::string& text, const std::string& file,
                                             const catalog::catalog& kinds);

/// The *.yaml, *.yml and *.json files of a folder, by name; those whose name begins with a dot are not meant. Errors:
/// not_found (there is no such folder), io.
result<std::vector<std::string>> definition_files_in(const std::filesystem::path& folder);

/// All of these files of the folders. A folder that is not there is an error; two files that define the same agent are one.
/// The error's detail has all mistakes of all files.
result<std::vector<file_definition>> read_definitions(const std::vector<std::filesystem::path>& folders,
                                                      const catalog::catalog& kinds);

/// "b.yaml: agent 'echo' is defined by a.yaml already"
std::string defined_twice(const std::string& file, const std::string& agent, const std::string& other);

}  // namespace mofa::app
