#include "protocols/core/event.hpp"

#include <algorithm>
#include <array>

namespace mofa::core {

bool is_fact(std::string_view kind) {
  return kind == kinds::submitted || kind == kinds::message_received || kind == kinds::effect_resolved ||
         kind == kinds::timer_fired || kind == kinds::cancel_requested;
}

bool is_common(std::string_view kind) {
  static constexpr std::array all{kinds::submitted,     kinds::message_received, kinds::effect_resolved,
                                  kinds::timer_fired,   kinds::cancel_requested, kinds::status_changed,
                                  kinds::message_added, kinds::artifact_updated, kinds::effect_requested,
                                  kinds::child_started, kinds::timer_set,        kinds::timer_canceled,
                                  kinds::replied,       kinds::behaviour_crashed};
  return std::find(all.begin(), all.end(), kind) != all.end();
}

std::string to_json_text(const event& value) {
  // Spliced by hand: `data` is JSON text already, and the other members need no escaping (a kind is an identifier).
  std::string out;
  out.reserve(value.data.size() + value.kind.size() + 128);
  out += R"({"task_id":")";
  out += value.task.str();
  out += R"(","seq":)";
  out += std::to_string(value.seq);
  out += R"(,"kind":")";
  out += value.kind;
  out += R"(","version":)";
  out += std::to_string(value.version);
  out += R"(,"at":")";
  append_rfc3339(out, value.at);
  out += R"(","data":)";
  out += value.data;
  out += '}';
  return out;
}

}  // namespace mofa::core
