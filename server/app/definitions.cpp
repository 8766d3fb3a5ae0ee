#include "server/app/definitions.hpp"

#include <algorithm>
#include <map>

#include "protocols/document/document.hpp"
#include "server/app/files.hpp"

namespace mofa::app {
namespace {

namespace fs = std::filesystem;

bool is_definition(const fs::path& file) {
  const auto ending = file.extension();
  return ending == ".yaml" || ending == ".yml" || ending == ".json";
}

result<std::vector<std::string>> files_of(const fs::path& folder) {
  std::error_code trouble;
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator{folder, trouble})
    if (entry.is_regular_file() && is_definition(entry.path())) out.push_back(entry.path().string());
  if (trouble)
    return fail(errc::io, folder.string() + ": " + trouble.message() + "; see `definitions` in the configuration");
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

result<catalog::compiled> read_definition(const std::string& file, const catalog::catalog& kinds) {
  auto text = file_contents(file);
  if (!text) return std::move(text).error();
  auto source = document::read(*text, file);
  if (!source) return std::move(source).error();
  auto made = kinds.compile(source->value);
  if (!made) return fail(made.error().code, document::explain(*source, made.error()));
  return made;
}

result<std::vector<file_definition>> read_definitions(const std::vector<fs::path>& folders, const catalog::catalog& kinds) {
  std::vector<file_definition> out;
  std::map<std::string, std::string> file_of;
  std::string mistakes;
  const auto complain = [&](const std::string& text) { mistakes += (mistakes.empty() ? "" : "\n") + text; };
  for (const auto& folder : folders) {
    auto files = files_of(folder);
    if (!files) {
      complain(files.error().detail);
      continue;
    }
    for (auto& file : *files) {
      auto made = read_definition(file, kinds);
      if (!made) {
        complain(made.error().detail);
        continue;
      }
      const auto [known, fresh] = file_of.emplace(made->definition->name, file);
      if (!fresh) complain(file + ": agent '" + made->definition->name + "' is defined by " + known->second + " already");
      out.push_back({std::move(file), std::move(*made)});
    }
  }
  if (!mistakes.empty()) return fail(errc::invalid, std::move(mistakes));
  return out;
}

}  // namespace mofa::app
