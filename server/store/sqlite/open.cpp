#include "server/store/sqlite/open.hpp"

#include <algorithm>
#include <utility>

#include "server/store/sqlite/schema.hpp"
#include "server/store/sqlite/sqlite_store.hpp"

namespace mofa::store {

result<std::unique_ptr<core::store>> open_sqlite(const std::string& file, const open_options& options) {
  auto first = connection::open(file, options, connection::access::write);
  if (!first) return named(file, first.error());
  if (auto ready = prepare_schema(file, **first); !ready) return ready.error();
  std::vector<std::unique_ptr<connection>> readers;
  for (int i = 0; i < std::max(options.readers, 1); ++i) {
    auto reader = connection::open(file, options, connection::access::read);
    if (!reader) return named(file, reader.error());
    readers.push_back(*std::move(reader));
  }
  auto writes = std::make_unique<writer>(file, options, *std::move(first));
  return std::unique_ptr<core::store>{std::make_unique<sqlite_store>(std::move(writes), std::move(readers))};
}

}  // namespace mofa::store
