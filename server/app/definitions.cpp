#include "server/app/definitions.hpp"

#include <algorithm>
#include <map>

#include "protocols/document/document.hpp"
#include "server/app/files.hpp"
#include "server/base/digest.hpp"

namespace mofa::app {
namespace {

namespace fs = std::filesystem;

// Editors and copying programs keep what is not finished in hidden files.
bool is_definition(const fs::path& file) {
  const auto ending = file.extension();
  return (ending == ".yaml" || ending == ".yml" || ending == ".json") && !file.filename().string().starts_with('.');
}

}  // namespace

result<std::vector<std::string>> definition_files_in(const fs::path& folder) {
  std::error_code trouble;
  std::vector<std::string> out;
  for (fs::directory_iterator entry{folder, trouble}, end; !trouble && entry != end; entry.increment(trouble)) {
    if (!is_definition(entry->path())) continue;
    // One that cannot be looked at is a file that cannot be read, as far as anybody knows: reading it says why.
    std::error_code unknown;
    const bool file = entry->is_regular_file(unknown);
    if (file || (unknown && unknown != std::errc::no_such_file_or_directory)) out.push_back(entry->path().string());
  }
  if (trouble)
    return fail(trouble == std::errc::no_such_file_or_directory ? errc::not_found : errc::io,
                folder.string() + ": " + trouble.message() + "; see `definitions` in the configuration");
  std::sort(out.begin(), out.end());
  return out;
}

result<catalog::compiled> compile_definition(const std::string& text, const std::string& file,
                                             const catalog::catalog& kinds) {
  auto source = document::read(text, file);
  if (!source) return std::move(source).error();
  auto made = kinds.compile(source->value);
  if (!made) return fail(made.error().code, document::explain(*source, made.error()));
  return made;
}

result<catalog::compiled> read_definition(const std::string& file, const catalog::catalog& kinds) {
  const auto text = file_contents(file);
  if (!text) return text.error();
  return compile_definition(*text, file, kinds);
}

result<std::vector<file_definition>> read_definitions(const std::vector<fs::path>& folders, const catalog::catalog& kinds) {
  std::vector<file_definition> out;
  std::map<std::string, std::string> file_of;
  std::string mistakes;
  const auto complain = [&](const std::string& text) { mistakes += (mistakes.empty() ? "" : "\n") + text; };
  for (const auto& folder : folders) {
    auto files = definition_files_in(folder);
    if (!files) {
      complain(files.error().detail);
      continue;
    }
    for (auto& file : *files) {
      const auto text = file_contents(file);
      auto made = text ? compile_definition(*text, file, kinds) : result<catalog::compiled>{text.error()};
      if (!made) {
        complain(made.error().detail);
        continue;
      }
      const auto [known, fresh] = file_of.emplace(made->definition->name, file);
      if (!fresh) complain(defined_twice(file, made->definition->name, known->second));
      out.push_back({std::move(file), sha256_hex(*text), std::move(*made)});
    }
  }
  if (!mistakes.empty()) return fail(errc::invalid, std::move(mistakes));
  return out;
}

std::string defined_twice(const std::string& file, const std::string& agent, const std::string& other) {
  return file + ": agent '" + agent + "' is defined by " + other + " already";
}

}  // namespace mofa::app
