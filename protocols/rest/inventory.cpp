#include "protocols/core/json_text.hpp"
#include "protocols/rest/handlers.hpp"

namespace mofa::rest {
namespace {

void append_tool(std::string& out, const core::tool_ptr& one) {
  append_string(out += "{\"name\":", one->name());
  append_string(out += ",\"description\":", one->description());
  out += one->idempotent() ? ",\"idempotent\":true" : ",\"idempotent\":false";
  append_json(out += ",\"parameters\":", one->parameters());
  out += '}';
}

void append_model(std::string& out, const core::model_info& one) {
  append_string(out += "{\"name\":", one.name);
  append_string(out += ",\"provider\":", one.provider);
  out += one.usable ? ",\"usable\":true" : ",\"usable\":false";
  append_string_or_null(out += ",\"reason\":", one.reason);
  out += one.is_default ? ",\"default\":true" : ",\"default\":false";
  out += one.stand_in ? ",\"stand_in\":true" : ",\"stand_in\":false";
  append_json(out += ",\"aliases\":", one.aliases);
  out += ",\"price\":";
  if (one.price) {
    append_number(out += "{\"input_microusd_per_mtok\":", one.price->input_microusd_per_mtok);
    append_number(out += ",\"output_microusd_per_mtok\":", one.price->output_microusd_per_mtok);
    out += '}';
  } else {
    out += "null";
  }
  out += '}';
}

// What is known at the start is written once.
void add(http::route_table& table, std::string_view path, std::string text) {
  const auto body = std::make_shared<const std::string>(std::move(text));
  table.push_back({"GET", std::string{path}, core::scope::agents_read, [body](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     if (auto checked = no_query(from); !checked) return to.fail(checked.error());
                     to.json(200, *body);
                   }});
}

}  // namespace

void add_inventory_routes(http::route_table& table, const inventory& all) {
  add(table, "/api/v1/tools", encode_page(all.tools, {}, append_tool));
  add(table, "/api/v1/models", encode_page(all.models, {}, append_model));
}

}  // namespace mofa::rest
