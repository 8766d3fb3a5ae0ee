// The table of requirements: what the specification demands of a server, and which tests show that this one does it.
// Read from requirements.csv by the check.
// Values and pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mofa::requirements {

/// Something that holds for some of a row's (version, binding) pairs: "1.0/rest", "0.3/*", "*/jsonrpc", or for all: "*/*".
struct scope {
  std::string version = "*", binding = "*";

  bool has(std::string_view of_version, std::string_view of_binding) const {
    return (version == "*" || version == of_version) && (binding == "*" || binding == of_binding);
  }
};

/// A test that covers the pairs of its scope, as far as it spoke them.
struct reference {
  scope pairs;
  bool scoped = false;  ///< whether the row says for which pairs it is
  std::string suite, name;
};

/// Why there is none for the pairs of its scope.
struct deviation {
  scope pairs;
  std::string reason;
};

struct requirement {
  std::size_t line = 0;
  std::string id, section, level, sentence;
  std::vector<std::string> versions, bindings;
  std::vector<reference> tests;
  std::vector<deviation> deviations;
};

struct table {
  std::vector<requirement> rows;
  std::vector<std::string> faults;  ///< "line 7: …": what is no row, or a row that says nothing; such rows are left out
};

/// The fields of one line as RFC 4180 writes them, without line breaks in them; `fault` says what is wrong with it.
std::vector<std::string> csv_fields(std::string_view line, std::string& fault);

/// Reads the text of requirements.csv: the header, then a row a line; empty lines are passed over.
table read_table(std::string_view text);

}  // namespace mofa::requirements
