#include "tests/e2e/a2a/spoken.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

namespace mofa::test::a2a {
namespace {

// "1.0/rest NAME" for each way that a case spoke, beside the report of the tests: in the file of MOFA_TEST_RECORD, but
// for its ending.
class record {
 public:
  static record& here() {
    static record one;
    return one;
  }

  void begin_run() {
    const char* report = std::getenv("MOFA_TEST_RECORD");
    if (report != nullptr) file_.open(std::filesystem::path{report}.replace_extension(".spoken"), std::ios::trunc);
  }
  void begin(const char* name) {
    const std::lock_guard lock{guard_};
    name_ = name;
    ways_.clear();
  }
  void add(std::string how) {
    const std::lock_guard lock{guard_};
    ways_.insert(std::move(how));
  }
  void end() {
    const std::lock_guard lock{guard_};
    for (const auto& how : ways_) file_ << how << ' ' << name_ << '\n';
    file_.flush();
  }

 private:
  std::mutex guard_;
  std::ofstream file_;
  std::string name_;
  std::set<std::string> ways_;
};

class listener : public doctest::IReporter {
 public:
  explicit listener(const doctest::ContextOptions& /*in*/) {}

  void test_run_start() override { record::here().begin_run(); }
  void test_case_start(const doctest::TestCaseData& what) override { record::here().begin(what.m_name); }
  void test_case_end(const doctest::CurrentTestCaseStats& /*how*/) override { record::here().end(); }

  void test_run_end(const doctest::TestRunStats& /*all*/) override {}
  void report_query(const doctest::QueryData& /*asked*/) override {}
  void test_case_reenter(const doctest::TestCaseData& /*what*/) override {}
  void test_case_exception(const doctest::TestCaseException& /*thrown*/) override {}
  void subcase_start(const doctest::SubcaseSignature& /*which*/) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& /*what*/) override {}
  void log_message(const doctest::MessageData& /*what*/) override {}
  void test_case_skipped(const doctest::TestCaseData& /*what*/) override {}
};

REGISTER_LISTENER("spoken", 1, listener);

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

// What A2A-Version says: the header's, or the query's.
std::string version_of(std::string_view query, const header_pairs& headers) {
  for (const auto& [name, value] : headers)
    if (same_name(name, "A2A-Version") && !value.empty()) return value;
  constexpr std::string_view member = "A2A-Version=";
  const auto at = query.find(member);
  if (at == std::string_view::npos) return {};
  query.remove_prefix(at + member.size());
  return std::string{query.substr(0, query.find('&'))};
}

bool is_of_v1(const std::string& version) {
  const auto names = [&](std::string_view one) { return version == one || version.starts_with(std::string{one} + "."); };
  return !version.empty() && !names("0.3") && !names("0.2");
}

}  // namespace

std::string way_of(std::string_view path, const header_pairs& headers) {
  const auto mark = path.find('?');
  const auto query = mark == std::string_view::npos ? std::string_view{} : path.substr(mark + 1);
  path = path.substr(0, mark);
  const std::string version = is_of_v1(version_of(query, headers)) ? "1.0" : "0.3";
  if (path == "/a2a" || path.find("/.well-known/agent") != std::string_view::npos) return version + "/card";
  if (path.starts_with("/a2a/")) {
    // What is below the base of an agent.
    path.remove_prefix(5);
    path.remove_prefix(std::min(path.find('/'), path.size()));
  } else if (path.starts_with("/api/") || path == "/metrics" || path == "/livez") {
    return {};
  }
  if (path.empty() || path == "/") return version + "/jsonrpc";
  // The second is the place of the extended card in 0.2.
  return path.starts_with("/v1/") || path.starts_with("/agent/") ? "0.3/rest" : "1.0/rest";
}

void spoke(std::string_view path, const header_pairs& headers) {
  if (auto one = way_of(path, headers); !one.empty()) record::here().add(std::move(one));
}

std::optional<http_answer> http_client::request(std::string_view method, std::string_view path, std::string_view body,
                                                const header_pairs& headers, milliseconds within) {
  auto got = test::http_client::request(method, path, body, headers, within);
  if (got) spoke(path, headers);
  return got;
}

event_stream::event_stream(std::uint16_t port, std::string_view method, std::string_view path, std::string_view body,
                           const header_pairs& headers)
    : test::event_stream(port, method, path, body, headers) {
  if (status() != 0) spoke(path, headers);
}

bool wire::send(std::string_view bytes, milliseconds within) {
  const auto end = bytes.find("\r\n\r\n");
  if (end != std::string_view::npos) {
    auto head = bytes.substr(0, end);
    const auto line = head.substr(0, head.find("\r\n"));
    const auto begin = line.find(' ') + 1;
    path_ = line.substr(begin, line.find(' ', begin) - begin);
    headers_.clear();
    for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n")) {
      head.remove_prefix(at + 2);
      const auto field = head.substr(0, head.find("\r\n"));
      const auto colon = field.find(": ");
      if (colon != std::string_view::npos) headers_.emplace_back(field.substr(0, colon), field.substr(colon + 2));
    }
  }
  return test::wire::send(bytes, within);
}

std::optional<http_answer> wire::answer(milliseconds within) {
  auto got = test::wire::answer(within);
  if (got && !path_.empty()) spoke(path_, headers_);
  return got;
}

http_answer conversation::get(const std::string& path, const header_pairs& headers) {
  auto got = test::conversation::get(path, headers);
  spoke(path, headers);
  return got;
}

http_answer conversation::post(const std::string& path, const std::string& body, const header_pairs& headers) {
  auto got = test::conversation::post(path, body, headers);
  spoke(path, headers);
  return got;
}

}  // namespace mofa::test::a2a
