#include "actors/delivery/turns.hpp"

#include <algorithm>
#include <utility>

namespace mofa::delivery {

std::string host_of(std::string_view url) {
  std::string_view port = "443";
  if (const auto scheme = url.find("://"); scheme != url.npos) {
    if (url.substr(0, scheme) == "http") port = "80";
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find_first_of("/?#"));
  const auto colon = url.rfind(':');
  // The colons in an address of version 6 are not before a port.
  if (colon != url.npos && url.find(']', colon) == url.npos) {
    if (colon + 1 < url.size()) port = url.substr(colon + 1);
    url = url.substr(0, colon);
  }
  if (url.ends_with('.')) url.remove_suffix(1);
  std::string out{url};
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out.append(":").append(port);
}

turns::lane* turns::enter(const std::string& host) {
  auto& out = lanes_[host];
  out.host = host;
  ++out.members;
  return &out;
}

void turns::leave(lane* of) {
  --of->members;
  drop_if_idle(of);
}

void turns::wait(lane* in, waiter who, standing as) {
  if (is_empty(*in)) waiting_[in->answers].push_back(in);
  in->lines[static_cast<std::size_t>(as)].push_back(who);
}

void turns::withdraw(lane* from, std::uint64_t who) {
  for (auto& line : from->lines) {
    const auto found = std::find_if(line.begin(), line.end(), [who](const waiter& each) { return each.who == who; });
    if (found == line.end()) continue;
    line.erase(found);
    if (is_empty(*from)) waiting_[from->answers].remove(from);
    return;
  }
}

// The doubtful ones first: they never have more than their share.
std::optional<turns::turn> turns::next() {
  for (const bool answers : {false, true}) {
    if (!used_.has_less_than(all_)) return std::nullopt;
    if (!answers && !used_by_doubtful_.has_less_than(most(true))) continue;
    auto& lanes = waiting_[answers];
    const auto found =
        std::find_if(lanes.begin(), lanes.end(), [this](const lane* each) { return line_of(*each).has_value(); });
    if (found == lanes.end()) continue;
    auto* at = *found;
    const auto line = *line_of(*at);
    lanes.erase(found);
    const auto who = take_from(*at, line);
    if (!is_empty(*at)) lanes.push_back(at);
    turn out{who.who, {at, static_cast<standing>(line), !answers, 0}};
    ++at->busy[line];
    ++used_.places;
    if (!answers) ++used_by_doubtful_.places;
    weigh(out.has, who.bytes);
    return out;
  }
  return std::nullopt;
}

void turns::weigh(place& what, std::size_t bytes) {
  used_.bytes += bytes - what.bytes;
  if (what.doubtful) used_by_doubtful_.bytes += bytes - what.bytes;
  what.bytes = bytes;
}

void turns::over(const place& what, std::optional<bool> answered) {
  auto* at = what.at;
  --at->busy[static_cast<std::size_t>(what.as)];
  --used_.places;
  used_.bytes -= what.bytes;
  if (what.doubtful) {
    --used_by_doubtful_.places;
    used_by_doubtful_.bytes -= what.bytes;
  }
  if (answered) {
    at->misses = *answered ? 0 : at->misses + 1;
    const bool answers = *answered || (at->answers && at->misses < std::max<std::size_t>(per_host_ / 2, 1));
    if (answers != at->answers && !is_empty(*at)) {
      waiting_[at->answers].remove(at);
      waiting_[answers].push_back(at);
    }
    at->answers = answers;
  }
  drop_if_idle(at);
}

turns::share turns::most(bool doubtful) const {
  return doubtful ? share{std::max<std::size_t>(all_.places / 2, 1), std::max<std::size_t>(all_.bytes / 2, 1)} : all_;
}

// On a host that answers, who is not sure never has all places: a path of it that hangs is in nobody's way.
bool turns::has_room(const lane& at, std::size_t line) const {
  const auto& [sure, fresh, again] = at.busy;
  if (sure + fresh + again >= per_host_) return false;
  if (!at.answers) return at.busy[line] == 0;
  switch (static_cast<standing>(line)) {
    case standing::sure:
      return true;
    case standing::fresh:
      return fresh + again < std::max<std::size_t>(per_host_ - per_host_ / 4, 1);
    case standing::again:
      return again < std::max<std::size_t>(per_host_ / 4, 1);
  }
  return false;
}

std::optional<std::size_t> turns::line_of(const lane& at) const {
  for (std::size_t i = 0; i < at.lines.size(); ++i) {
    const auto line = (at.next_line + i) % at.lines.size();
    if (!at.lines[line].empty() && has_room(at, line)) return line;
  }
  return std::nullopt;
}

// Where nobody has answered yet, who comes last does not wait for all that hang before it.
turns::waiter turns::take_from(lane& at, std::size_t line) {
  at.next_line = (line + 1) % at.lines.size();
  auto& from = at.lines[line];
  const bool is_fresh = static_cast<standing>(line) == standing::fresh && !at.answers;
  const bool from_back = is_fresh && std::exchange(at.newest, !at.newest);
  const auto out = from_back ? from.back() : from.front();
  from_back ? from.pop_back() : from.pop_front();
  return out;
}

bool turns::is_empty(const lane& at) {
  return std::all_of(at.lines.begin(), at.lines.end(), [](const auto& line) { return line.empty(); });
}

void turns::drop_if_idle(lane* at) {
  const auto& [sure, fresh, again] = at->busy;
  if (at->members == 0 && sure + fresh + again == 0) lanes_.erase(lanes_.find(at->host));
}

}  // namespace mofa::delivery
