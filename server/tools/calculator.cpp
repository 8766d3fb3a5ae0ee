#include "server/tools/calculator.hpp"

#include "server/tools/expression.hpp"

namespace mofa::tools {
namespace {

core::json value_of(const number& result) {
  const auto text = result.text();
  // What is shown is what is given: the number is read back from its text.
  core::json out{{"result", core::json::parse(text, nullptr, false)}, {"text", text}};
  if (!result.exact()) out["note"] = "rounded to 15 significant digits";
  return out;
}

}  // namespace

std::string_view calculator::description() const noexcept {
  return "Evaluates an arithmetic expression: + - * / % ^, parentheses, sqrt abs round floor ceil min max log (base 10) ln "
         "exp sin cos tan (radians), pi, e";
}

const core::json& calculator::parameters() const noexcept {
  static const core::json schema{
      {"type", "object"},
      {"properties",
       {{"expression", {{"type", "string"}, {"maxLength", 1000}, {"description", "For example: (17*23 + 4) / 2^3"}}}}},
      {"required", {"expression"}},
      {"additionalProperties", false}};
  return schema;
}

core::running_call_ptr calculator::invoke(core::tool_call call, callback<void(result<core::json>)> done) {
  auto found = evaluate(call.arguments["expression"].get_ref<const std::string&>());
  if (found) {
    done(value_of(*found));
  } else {
    done(error{errc::invalid, "calculator: " + found.error().detail, {{"/expression", found.error().detail}}});
  }
  return nullptr;
}

}  // namespace mofa::tools
