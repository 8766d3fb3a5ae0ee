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
  url.remove_prefix(url.rfind('@') + 1);
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

turns::group* turns::enter(const std::string& host, const std::string& owner) {
  auto& at = lanes_[host];
  at.host = host;
  auto& out = at.groups[owner];
  if (out.members++ > 0) return &out;
  auto& of = parties_[owner];
  of.owner = owner;
  ++of.groups;
  out.at = &at;
  out.of = &of;
  return &out;
}

void turns::leave(group* of) {
  if (--of->members > 0) return;
  auto* at = of->at;
  auto* owner = of->of;
  at->groups.erase(at->groups.find(owner->owner));
  --owner->groups;
  drop_if_idle(at);
  drop_if_idle(owner);
}

void turns::wait(group* in, waiter who, standing as) {
  if (is_empty(*in)) enlist(*in);
  in->lines[static_cast<std::size_t>(as)].push_back(who);
}

void turns::withdraw(group* from, std::uint64_t who) {
  for (auto& line : from->lines) {
    const auto found = std::find_if(line.begin(), line.end(), [who](const waiter& each) { return each.who == who; });
    if (found == line.end()) continue;
    line.erase(found);
    if (is_empty(*from)) delist(*from);
    return;
  }
}

// The doubtful ones first: they never have more than their share.
std::optional<turns::turn> turns::next() {
  for (const bool answers : {false, true}) {
    if (!used_.has_less_than(all_)) return std::nullopt;
    if (!answers && !used_by_doubtful_.has_less_than(most(true))) continue;
    if (auto* from = next_group(answers)) return take_from(*from, answers);
  }
  return std::nullopt;
}

void turns::weigh(place& what, std::size_t bytes) {
  used_.bytes += bytes - what.bytes;
  if (what.doubtful) used_by_doubtful_.bytes += bytes - what.bytes;
  what.bytes = bytes;
}

std::optional<bool> turns::over(const place& what, std::optional<bool> answered) {
  auto* at = what.at;
  --at->busy[static_cast<std::size_t>(what.as)];
  --what.of->busy[!what.doubtful];
  --used_.places;
  used_.bytes -= what.bytes;
  if (what.doubtful) {
    --used_by_doubtful_.places;
    used_by_doubtful_.bytes -= what.bytes;
  }
  if (answered) note_answer(*at, *answered);
  const auto news = answered ? note_silence(*at) : std::nullopt;
  drop_if_idle(at);
  drop_if_idle(what.of);
  return news;
}

std::optional<bool> turns::note_silence(lane& of) {
  const bool is_silent = !of.answers && of.misses > 0;
  if (is_silent == std::exchange(of.is_silent, is_silent)) return std::nullopt;
  return !is_silent;
}

void turns::note_answer(lane& of, bool answered) {
  of.misses = answered ? 0 : of.misses + 1;
  const bool answers = answered || (of.answers && of.misses < std::max<std::size_t>(per_host_ / 2, 1));
  if (answers == of.answers) return;
  for (auto& [owner, each] : of.groups)
    if (!is_empty(each)) delist(each);
  of.answers = answers;
  for (auto& [owner, each] : of.groups)
    if (!is_empty(each)) enlist(each);
}

turns::lane* turns::hold(const place& at) {
  ++at.at->holds;
  return at.at;
}

void turns::release(lane* what) {
  --what->holds;
  drop_if_idle(what);
}

turns::share turns::most(bool doubtful) const {
  return doubtful ? share{std::max<std::size_t>(all_.places / 2, 1), std::max<std::size_t>(all_.bytes / 2, 1)} : all_;
}

// On a host that answers, who is not sure never has all places: a path of it that hangs is in nobody's way.
bool turns::has_room(const lane& at, std::size_t line) const {
  const auto& [sure, fresh, again] = at.busy;
  if (at.holds > 0 || sure + fresh + again >= per_host_) return false;
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

std::optional<std::size_t> turns::line_of(const group& from) const {
  for (std::size_t i = 0; i < from.lines.size(); ++i) {
    const auto line = (from.next_line + i) % from.lines.size();
    if (!from.lines[line].empty() && has_room(*from.at, line)) return line;
  }
  return std::nullopt;
}

// Who has the fewest places has the next one; of several, who has waited longest.
turns::group* turns::next_group(bool answers) const {
  group* out = nullptr;
  for (const auto* each : waiting_[answers]) {
    if (out != nullptr && each->busy[answers] >= out->of->busy[answers]) continue;
    const auto& groups = each->waiting[answers];
    const auto found =
        std::find_if(groups.begin(), groups.end(), [this](const group* g) { return line_of(*g).has_value(); });
    if (found != groups.end()) out = *found;
  }
  return out;
}

turns::turn turns::take_from(group& from, bool answers) {
  const auto line = *line_of(from);
  delist(from);
  const auto who = take_from(from, line);
  if (!is_empty(from)) enlist(from);
  // Behind all others who wait.
  auto& owners = waiting_[answers];
  if (const auto still = std::find(owners.begin(), owners.end(), from.of); still != owners.end())
    owners.splice(owners.end(), owners, still);
  turn out{who.who, {from.at, from.of, static_cast<standing>(line), !answers, 0}};
  ++from.at->busy[line];
  ++from.of->busy[answers];
  ++used_.places;
  if (!answers) ++used_by_doubtful_.places;
  weigh(out.has, who.bytes);
  return out;
}

// Where nobody has answered yet, who comes last does not wait for all that hang before it.
turns::waiter turns::take_from(group& from, std::size_t line) {
  from.next_line = (line + 1) % from.lines.size();
  auto& all = from.lines[line];
  const bool is_fresh = static_cast<standing>(line) == standing::fresh && !from.at->answers;
  const bool from_back = is_fresh && std::exchange(from.newest, !from.newest);
  const auto out = from_back ? all.back() : all.front();
  from_back ? all.pop_back() : all.pop_front();
  return out;
}

bool turns::is_empty(const group& what) {
  return std::all_of(what.lines.begin(), what.lines.end(), [](const auto& line) { return line.empty(); });
}

void turns::enlist(group& what) {
  const bool answers = what.at->answers;
  auto& groups = what.of->waiting[answers];
  if (groups.empty()) waiting_[answers].push_back(what.of);
  groups.push_back(&what);
}

void turns::delist(group& what) {
  const bool answers = what.at->answers;
  auto& groups = what.of->waiting[answers];
  groups.erase(std::find(groups.begin(), groups.end(), &what));
  if (!groups.empty()) return;
  auto& owners = waiting_[answers];
  owners.erase(std::find(owners.begin(), owners.end(), what.of));
}

void turns::drop_if_idle(lane* at) {
  const auto& [sure, fresh, again] = at->busy;
  if (at->groups.empty() && sure + fresh + again + at->holds == 0) lanes_.erase(lanes_.find(at->host));
}

void turns::drop_if_idle(party* of) {
  const auto& [doubtful, answering] = of->busy;
  if (of->groups + doubtful + answering == 0) parties_.erase(parties_.find(of->owner));
}

}  // namespace mofa::delivery
