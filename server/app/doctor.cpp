#include "server/app/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "protocols/core/message.hpp"
#include "server/app/doctor_checks.hpp"
#include "server/app/exit_code.hpp"

namespace mofa::app {
namespace {

struct doctor_arguments {
  std::string config, listen, data;
  bool json = false;
};

std::string_view name_of(verdict how) {
  switch (how) {
    case verdict::good:
      return "ok";
    case verdict::notice:
      return "note";
    case verdict::bad:
      return "BAD";
  }
  return "BAD";
}

void print(const finding& each, bool as_json) {
  if (!as_json) return fmt::print("{}\n", doctor_line(each));
  const core::json text{{"check", each.check}, {"verdict", name_of(each.how)}, {"detail", each.detail}, {"fix", each.fix}};
  fmt::print("{}\n", text.dump(-1, ' ', false, core::json::error_handler_t::replace));
}

std::vector<finding> examine(const doctor_arguments& wanted, const extensions& added) {
  settings::sources from;
  from.environment = settings::process_environment();
  if (!wanted.config.empty()) from.file = wanted.config;
  if (!wanted.listen.empty()) from.overrides.push_back("listen=" + wanted.listen);
  if (!wanted.data.empty()) from.overrides.push_back("data_dir=" + wanted.data);
  std::vector<finding> out;
  const auto loaded = settings::load(from);
  if (!loaded) {
    std::istringstream mistakes{loaded.error().detail};
    for (std::string one; std::getline(mistakes, one);)
      out.push_back(split_fix("configuration", verdict::bad, one,
                              "correct it there; config/mofa.yaml of the sources has every setting"));
    return out;
  }
  out.push_back({"configuration", verdict::good, loaded->origin, ""});
  const auto add = [&](std::vector<finding> more) { std::move(more.begin(), more.end(), std::back_inserter(out)); };
  add(check_data_folder(loaded->values.data_dir));
  add(check_door(loaded->values));
  add(check_cards(loaded->values));
  add(check_work(loaded->values, added));
  return out;
}

int run_doctor(const doctor_arguments& wanted, const extensions& added) {
  const auto all = examine(wanted, added);
  for (const auto& each : all) print(each, wanted.json);
  const auto bad = std::count_if(all.begin(), all.end(), [](const finding& each) { return each.how == verdict::bad; });
  if (!wanted.json)
    fmt::print("{}\n", bad == 0   ? "usable: mofa serve"
                       : bad == 1 ? "1 thing to mend"
                                  : fmt::format("{} things to mend", bad));
  return bad == 0 ? exit_code::done : exit_code::failed;
}

}  // namespace

std::string doctor_line(const finding& from) {
  return fmt::format("{:<5} {:<14} {}{}{}", name_of(from.how), from.check, from.detail,
                     from.fix.empty() ? "" : "; fix: ", from.fix);
}

finding split_fix(std::string check, verdict how, const std::string& detail, const std::string& otherwise) {
  const auto place = detail.rfind("; ");
  if (place == std::string::npos) return {std::move(check), how, detail, otherwise};
  return {std::move(check), how, detail.substr(0, place), detail.substr(place + 2)};
}

void add_doctor(const command& root, const extensions& added) {
  const auto wanted = std::make_shared<doctor_arguments>();
  const auto doctor =
      root.sub("doctor", "Look at what a server needs here, and say what to do; exit code 0 when it can run");
  doctor.text("--config", wanted->config, "Configuration file, as for serve");
  doctor.text("--listen", wanted->listen, "ADDR:PORT, as for serve");
  doctor.text("--data", wanted->data, "Folder of the data, as for serve");
  doctor.flag("--json", wanted->json, "A JSON text a line: check, verdict, detail, fix");
  doctor.does([wanted, &added] { return run_doctor(*wanted, added); });
}

}  // namespace mofa::app
