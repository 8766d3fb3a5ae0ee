#include "tests/support/store_backends.hpp"

#include <cstdio>
#include <cstdlib>

#include "server/store/sqlite/open.hpp"

namespace mofa::test {

std::unique_ptr<core::store> sqlite_backend::open() {
  auto opened = store::open_sqlite(folder_.file("mofa.db"));
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
    std::abort();
  }
  return *std::move(opened);
}

}  // namespace mofa::test
