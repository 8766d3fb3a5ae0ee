// What a test program did, as a JUnit report besides what it prints: in the file that MOFA_TEST_RECORD names, if there is
// one. Part of the program whose sources name it; doctest calls it. The main thread, but for assertions, of which it keeps
// nothing.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

namespace mofa::test {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

class record : public doctest::IReporter {
 public:
  explicit record(const doctest::ContextOptions& /*in*/) {}

  void test_run_start() override {
    const char* path = std::getenv("MOFA_TEST_RECORD");
    if (path == nullptr) return;
    // From now on there is no report of an earlier run.
    file_.open(path, std::ios::trunc);
    file_ << "<testsuites>\n";
  }
  void test_case_start(const doctest::TestCaseData& what) override { name_ = what.m_name; }
  void test_case_end(const doctest::CurrentTestCaseStats& how) override {
    file_ << "  <testcase name=\"" << escaped(name_) << "\">"
          << (how.failure_flags == 0 ? "" : "<failure message=\"see what the program printed\"/>") << "</testcase>\n";
    file_.flush();
  }
  void test_run_end(const doctest::TestRunStats& /*all*/) override { file_ << "</testsuites>\n"; }

  void report_query(const doctest::QueryData& /*asked*/) override {}
  void test_case_reenter(const doctest::TestCaseData& /*what*/) override {}
  void test_case_exception(const doctest::TestCaseException& /*thrown*/) override {}
  void subcase_start(const doctest::SubcaseSignature& /*which*/) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& /*what*/) override {}
  void log_message(const doctest::MessageData& /*what*/) override {}
  void test_case_skipped(const doctest::TestCaseData& /*what*/) override {}

 private:
  std::ofstream file_;
  std::string name_;
};

REGISTER_LISTENER("record", 1, record);

}  // namespace
}  // namespace mofa::test
