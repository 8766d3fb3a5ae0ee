// The table of results: one row for each aim, in the order of the measurements.
// Made by main, filled by the measurements, printed at the end.
// One thread.
#pragma once

#include <string>
#include <vector>

namespace mofa::bench {

enum class verdict { ok, missed, unmeasured, no_aim };

struct row {
  std::string what;
  std::string measured;
  std::string baseline;  ///< with its name; empty when there is none
  std::string ratio;     ///< measured by baseline
  std::string aim;
  verdict how = verdict::ok;
};

class table {
 public:
  void add(row one) { rows_.push_back(std::move(one)); }
  /// A line below the table: how a figure came about.
  void note(std::string text) { notes_.push_back(std::move(text)); }

  /// As Markdown, columns aligned.
  std::string text() const;
  bool complete() const;

 private:
  std::vector<row> rows_;
  std::vector<std::string> notes_;
};

inline verdict met(bool aim) { return aim ? verdict::ok : verdict::missed; }

}  // namespace mofa::bench
