#include "server/app/files.hpp"

#include <fstream>
#include <sstream>

namespace mofa::app {

result<std::string> file_contents(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return fail(errc::io, file + ": cannot be read");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace mofa::app
