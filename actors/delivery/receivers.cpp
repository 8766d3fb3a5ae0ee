#include <utility>

#include "actors/delivery/delivery_state.hpp"
#include "actors/storage/read_job.hpp"
#include "server/base/limits.hpp"

namespace mofa::delivery {

using namespace mofa::actors;

namespace {

// Read at the start in one go.
constexpr std::size_t page_size = 200;

}  // namespace

void delivery_state::start() {
  env->watch.pushes_open(0);
  read_page();
}

void delivery_state::read_page() {
  storage::read(*where, [to = me(), after = read_to](core::store& from) {
    caf::anon_send(to, pushes_read{from.pushes().open(after, page_size), std::nullopt});
  });
}

void delivery_state::take(pushes_read& news) {
  if (news.changed) return take_change({news.changed->task, news.changed->id}, news.found);
  if (!news.found) {
    env->watch.push_store_failed(news.found.error().code);
    return self->delayed_send(self, short_pause, tick{start_tick});
  }
  take_page(*news.found);
}

void delivery_state::take_page(std::vector<core::open_push>& page) {
  const bool more = page.size() == page_size;
  if (!page.empty()) read_to.emplace(page.back().config.task, page.back().config.id);
  for (auto& each : page) go_on(add(std::move(each)));
  if (more) return read_page();
  ready = true;
  for (const auto& each : std::exchange(early, {})) change(each);
}

// What the pages of the start say may be older: first they, then what has changed.
void delivery_state::change(const push_changed& news) {
  if (!ready) return early.push_back(news);
  const config_id which{news.task, news.id};
  const auto [at, is_new] = looking.try_emplace(which, false);
  // Two reads at a time could come back in the wrong order.
  is_new ? look(which) : void(at->second = true);
}

void delivery_state::look(const config_id& which) {
  storage::read(*where, [to = me(), which](core::store& from) {
    pushes_read out{std::vector<core::open_push>{}, push_changed{which.first, which.second}};
    auto found = from.pushes().find(which.first, which.second);
    if (found) {
      out.found->push_back(*std::move(found));
    } else if (found.error().code != errc::not_found) {
      out.found = std::move(found).error();
    }
    caf::anon_send(to, std::move(out));
  });
}

void delivery_state::take_change(const config_id& which, result<std::vector<core::open_push>>& found) {
  const auto asked = looking.find(which);
  if (std::exchange(asked->second, false)) return look(which);
  looking.erase(asked);
  if (!found) {
    env->watch.push_store_failed(found.error().code);
    return self->delayed_send(self, short_pause, push_changed{which.first, which.second});
  }
  const auto known = by_id.find(which);
  auto* one = known == by_id.end() ? nullptr : &receivers.at(known->second);
  const bool is_same = one != nullptr && !found->empty() && found->front().edition.row == one->what.edition.row;
  if (one != nullptr && !is_same) drop(*one);
  // One that is done is nobody's any more, or was closed by its receiver, which is about to hear so.
  if (found->empty() || found->front().done) return;
  if (is_same) return replace(*one, std::move(found->front()));
  go_on(add(std::move(found->front())));
}

turns::group* delivery_state::group_of(const core::open_push& what) {
  return places->enter(host_of(what.config.url), what.tenant + '\n' + what.owner);
}

receiver& delivery_state::add(core::open_push what) {
  const auto key = next_number++;
  by_id.insert_or_assign({what.config.task, what.config.id}, key);
  auto& one = receivers[key];
  one.key = key;
  one.handled = what.cursor;
  one.group = group_of(what);
  one.what = std::move(what);
  env->watch.pushes_open(receivers.size());
  return one;
}

// What is under way goes on as it is; everything after it is for the new one.
void delivery_state::replace(receiver& one, core::open_push what) {
  const bool waits = one.now == receiver::phase::waiting;
  if (waits) places->withdraw(one.group, one.key);
  // A place is one at a host, and that may be another one now.
  const bool reads = one.now == receiver::phase::reading;
  if (one.now == receiver::phase::idle || one.now == receiver::phase::subscribing || reads) free_place(one, std::nullopt);
  if (reads) let_go_of_feed(one);
  places->leave(std::exchange(one.group, group_of(what)));
  pauses.erase(one.pause);
  one.handled = std::max(one.handled, what.cursor);
  const bool is_another = one.renewed || one.what.edition.renewal != what.edition.renewal;
  one.renewed = one.now == receiver::phase::posting && is_another;
  one.what = std::move(what);
  one.attempts = 0;
  one.sure = false;
  one.fate = core::push_fate::open;
  if (one.now == receiver::phase::pausing || waits || reads) one.now = receiver::phase::idle;
  go_on(one);
  hand_out_places();
}

void delivery_state::drop(receiver& one) {
  by_id.erase({one.what.config.task, one.what.config.id});
  let_go_of_feed(one);
  if (one.now != receiver::phase::posting) return erase(one);
  one.gone = true;
}

void delivery_state::erase(receiver& one) {
  const auto known = by_id.find({one.what.config.task, one.what.config.id});
  if (known != by_id.end() && known->second == one.key) by_id.erase(known);
  if (one.now == receiver::phase::waiting) places->withdraw(one.group, one.key);
  free_place(one, std::nullopt);
  places->leave(one.group);
  pauses.erase(one.pause);
  const auto key = one.key;
  receivers.erase(key);
  env->watch.pushes_open(receivers.size());
  hand_out_places();
}

}  // namespace mofa::delivery
