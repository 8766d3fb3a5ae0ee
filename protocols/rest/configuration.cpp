#include "protocols/rest/body.hpp"
#include "protocols/rest/handlers.hpp"

namespace mofa::rest {
namespace {

void append_names(std::string& out, const std::vector<std::string>& names) {
  out += '[';
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ',';
    append_string(out, names[i]);
  }
  out += ']';
}

std::string encode_report(const core::reload_report& value) {
  std::string out;
  append_names(out += "{\"applied\":", value.applied);
  append_names(out += ",\"restart_required\":", value.restart_required);
  append_names(out += ",\"definitions\":{\"changed\":", value.definitions.changed);
  append_names(out += ",\"added\":", value.definitions.added);
  append_names(out += ",\"removed\":", value.definitions.removed);
  out += ",\"errors\":[";
  for (std::size_t i = 0; i < value.definitions.errors.size(); ++i) {
    const auto& one = value.definitions.errors[i];
    append_string(out += i > 0 ? ",{\"file\":" : "{\"file\":", one.file);
    append_string(out += ",\"message\":", one.message);
    out += '}';
  }
  out += "]}}";
  return out;
}

}  // namespace

http::route_table configuration_routes(core::configuration_service& configuration) {
  http::route_table table;
  table.push_back({"POST", "/api/v1/configuration:reload", core::scope::admin,
                   [&configuration](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     if (auto checked = no_query(from); !checked) return to.fail(checked.error());
                     if (auto body = read_nothing(from); !body) return to.fail(body.error());
                     configuration.reload([to = std::move(to)](result<core::reload_report> got) mutable {
                       if (!got) return to.fail(got.error());
                       to.json(200, encode_report(*got));
                     });
                   }});
  return table;
}

}  // namespace mofa::rest
