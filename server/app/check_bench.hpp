// The workbench for commands that only look: definitions are checked and models listed, nothing runs.
// Made by `mofa validate` and `mofa doctor`.
// The main thread.
#pragma once

#include <memory>
#include <vector>

#include "protocols/core/ports/tool.hpp"
#include "server/app/workbench.hpp"

namespace mofa::app {

/// A workbench, and what it stands on.
class check_bench {
 public:
  /// `added`: tools that definitions may name besides our own. Errors name the setting.
  static result<std::unique_ptr<check_bench>> make(const settings::configuration& from,
                                                   const std::vector<core::tool_ptr>& added);

  const workbench& operator*() const { return *bench_; }
  const workbench* operator->() const { return bench_.get(); }

 private:
  /// There is no conversation to remember anything of.
  struct no_memory final : core::context_memory {
    void get(core::caller, std::string, std::string, callback<void(result<std::optional<std::string>>)> done) override;
    void put(core::caller, std::string, std::string, std::optional<std::string>, callback<void(result<void>)> done) override;
  };

  check_bench() = default;

  no_memory memory_;
  system_clock time_;
  std::unique_ptr<workbench> bench_;
};

}  // namespace mofa::app
