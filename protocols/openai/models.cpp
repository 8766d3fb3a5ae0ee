#include <memory>
#include <utility>

#include "protocols/openai/fault.hpp"
#include "protocols/openai/routes.hpp"
#include "server/base/limits.hpp"

namespace mofa::openai {
namespace {

using ordered = nlohmann::ordered_json;

// OpenAI's form of a list has no pages: all of the port's are gathered.
class gathering : public std::enable_shared_from_this<gathering> {
 public:
  gathering(core::agent_service& agents, http::responder to) : agents_(agents), to_(std::move(to)) {}

  void ask(std::string cursor) {
    agents_.list({}, {limits::page_max, std::move(cursor)},
                 [self = shared_from_this()](result<core::page<core::agent_info>> got) { self->take(std::move(got)); });
  }

 private:
  void take(result<core::page<core::agent_info>> got) {
    if (!got) return to_(to_response(got.error()));
    // A definition does not say since when there is its agent.
    for (const auto& each : got->items)
      data_.push_back({{"id", each.definition->name}, {"object", "model"}, {"created", 0}, {"owned_by", "mofa"}});
    if (!got->next_cursor.empty()) return ask(std::move(got->next_cursor));
    http::response out;
    out.content_type = "application/json";
    out.body = ordered{{"object", "list"}, {"data", std::move(data_)}}.dump();
    to_(std::move(out));
  }

  core::agent_service& agents_;
  http::responder to_;
  ordered data_ = ordered::array();
};

}  // namespace

void add_models_route(http::route_table& table, core::agent_service& agents) {
  table.push_back({"GET", "/v1/models", core::scope::agents_read, [&agents](http::request from, http::responder to) {
                     if (!from.query.empty())
                       return to(to_response(fault{400, "unknown_parameter", "this route takes no query parameters"}));
                     std::make_shared<gathering>(agents, std::move(to))->ask({});
                   }});
}

}  // namespace mofa::openai
