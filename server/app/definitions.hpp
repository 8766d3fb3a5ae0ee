// Definitions from files: every YAML and JSON document in the configured folders becomes an agent.
// Called by the app at start, and by `mofa validate`.
// Reads files; the main thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "actors/kernel.hpp"

namespace mofa::app {

/// A definition that is fine, and its file.
struct file_definition {
  std::string file;
  catalog::compiled made;
};

/// Reads and compiles one file. The error's detail has one line for each mistake:
/// "config/agents/a.yaml:7:3: unknown member 'rulez'; did you mean 'rules'?".
result<catalog::compiled> read_definition(const std::string& file, const catalog::catalog& kinds);

/// All *.yaml, *.yml and *.json files of the folders, by name. A folder that is not there is an error; two files that define
/// the same agent are one. The error's detail has all mistakes of all files.
result<std::vector<file_definition>> read_definitions(const std::vector<std::filesystem::path>& folders,
                                                      const catalog::catalog& kinds);

}  // namespace mofa::app
