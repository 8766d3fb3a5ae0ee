#include "server/app/check_bench.hpp"

namespace mofa::app {

void check_bench::no_memory::get(core::caller, std::string, std::string,
                                 callback<void(result<std::optional<std::string>>)> done) {
  done(fail(errc::unavailable, "no server runs"));
}

void check_bench::no_memory::put(core::caller, std::string, std::string, std::optional<std::string>,
                                 callback<void(result<void>)> done) {
  done(fail(errc::unavailable, "no server runs"));
}

result<std::unique_ptr<check_bench>> check_bench::make(const settings::configuration& from,
                                                       const std::vector<core::tool_ptr>& added) {
  std::unique_ptr<check_bench> out{new check_bench};
  auto bench = workbench::make(from, added, out->memory_, out->time_);
  if (!bench) return std::move(bench).error();
  out->bench_ = std::move(*bench);
  return out;
}

}  // namespace mofa::app
