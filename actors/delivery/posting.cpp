#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <random>
#include <utility>

#include "actors/delivery/delivery_state.hpp"

namespace mofa::delivery {

using namespace mofa::actors;

namespace {

double random_share() {
  thread_local std::minstd_rand source{std::random_device{}()};
  return std::uniform_real_distribution<>{}(source);
}

core::push_request request_of(const core::push_config& to, core::push_body body, const options& how) {
  core::push_request out;
  out.url = to.url;
  out.headers.emplace_back("Content-Type", std::move(body.content_type));
  if (!to.scheme.empty())
    out.headers.emplace_back("Authorization", to.credentials.empty() ? to.scheme : to.scheme + ' ' + to.credentials);
  if (!to.token.empty() && !how.token_header.empty()) out.headers.emplace_back(how.token_header, to.token);
  out.body = std::move(body.body);
  out.timeout = how.timeout;
  return out;
}

/// What is said of a receiver outside.
struct receiver_name {
  std::string task, config, server;
  actors::push_receiver view() const { return {task, config, server}; }
};

receiver_name name_of(const receiver& one) {
  return {one.what.config.task.str(), one.what.config.id, host_of(one.what.config.url)};
}

}  // namespace

// Who does not get one at once lets go of what it holds, and reads it again when its turn comes: there may be any number
// that wait, and for any time.
void delivery_state::wait_for_place(receiver& one) {
  if (!one.events.empty()) {
    const bool is_whole =
        with->encoder->needed(one.what.config.dialect, *one.events.front()) == core::push_encoder::need::task;
    one.weight = is_whole ? task_weight : one.events.front()->data.size();
  }
  const auto as = one.sure ? standing::sure : one.attempts > 0 ? standing::again : standing::fresh;
  one.now = receiver::phase::waiting;
  places->wait(one.group, {one.key, one.weight}, as);
  hand_out_places();
  if (one.now == receiver::phase::waiting) let_go_of_feed(one);
}

void delivery_state::hand_out_places() {
  while (const auto turn = places->next()) {
    auto& one = receivers.at(turn->who);
    one.place = turn->has;
    one.now = receiver::phase::idle;
    one.events.empty() ? subscribe(one) : begin(one);
  }
}

template <class Words>
void delivery_state::word_and_post(receiver& one, Words words) {
  try {
    return post(one, words());
  } catch (const std::exception&) {
    free_place(one, std::nullopt);
    give_up(one, "internal");
    hand_out_places();
  }
}

void delivery_state::begin(receiver& one) {
  const auto next = std::exchange(one.events, {}).front();
  const auto& event = *next;
  one.telling = event.seq;
  const auto& dialect = one.what.config.dialect;
  if (with->encoder->needed(dialect, event) == core::push_encoder::need::event)
    return word_and_post(one, [&] { return with->encoder->encode(dialect, one.what.context_id, event); });
  one.now = receiver::phase::reading;
  tasks->get(owner_of(one), one.what.config.task, [to = me(), key = one.key](result<core::task_ptr> found) {
    caf::anon_send(to, push_task{key, std::move(found)});
  });
}

void delivery_state::take(push_task& news) {
  auto* one = find(news.key);
  // One that was replaced while its task was being read has begun anew.
  if (one == nullptr || one->now != receiver::phase::reading) return;
  if (news.value) {
    word_and_post(*one, [&] { return with->encoder->encode(one->what.config.dialect, **news.value); });
    // It weighs less than was thought.
    return hand_out_places();
  }
  if (news.value.error().code == errc::not_found) return task_is_gone(*one);
  free_place(*one, std::nullopt);
  pause(*one, short_pause);
  hand_out_places();
}

void delivery_state::post(receiver& one, core::push_body body) {
  one.now = receiver::phase::posting;
  one.weight = body.body.size();
  places->weigh(*one.place, one.weight);
  one.call = with->sender->post(request_of(one.what.config, std::move(body), with->how),
                                [to = me(), key = one.key](result<core::push_answer> answer) {
                                  caf::anon_send(to, push_attempted{key, std::move(answer)});
                                });
}

void delivery_state::take(push_attempted& news) {
  auto* one = find(news.key);
  if (one == nullptr) return;
  one->call.reset();
  const auto how = judge(news.value);
  env->watch.push_attempted(how.what == verdict::kind::taken);
  one->sure = how.answered.value_or(false);
  if (how.retry_after) hold_server(*one->place, *how.retry_after);
  free_place(*one, how.answered);
  settle(*one, how);
  hand_out_places();
}

void delivery_state::settle(receiver& one, const verdict& how) {
  if (one.gone) return erase(one);
  // Who has been replaced meanwhile may have taken it for the new one, but does not refuse it for that.
  if (std::exchange(one.renewed, false) && how.what != verdict::kind::taken) return begin_anew(one);
  if (how.what == verdict::kind::wrong) return give_up(one, how.reason);
  if (how.what == verdict::kind::again) {
    if (++one.attempts >= with->how.attempts) return give_up(one, "attempts");
    const auto& chance = with->how.chance;
    return pause(one, pause_after(one.attempts, how.retry_after, with->how, chance ? chance() : random_share()));
  }
  if (how.what == verdict::kind::refused) env->watch.push_refused(name_of(one).view(), how.reason);
  one.attempts = 0;
  one.handled = std::max(one.handled, one.telling);
  const bool was_last = one.ended && one.events.empty();
  was_last ? finish(one) : save(one, core::push_fate::open);
}

void delivery_state::begin_anew(receiver& one) {
  let_go_of_feed(one);
  one.sure = false;
  one.now = receiver::phase::idle;
  go_on(one);
}

void delivery_state::give_up(receiver& one, std::string_view reason) {
  env->watch.push_given_up(name_of(one).view(), reason);
  let_go_of_feed(one);
  close(one, core::push_fate::given_up);
}

// It speaks for its server, but not for long: others have paths there too, and it may be another's who says so.
void delivery_state::hold_server(const turns::place& at, milliseconds span) {
  const auto pause = std::min(span, with->how.longest_pause);
  if (pause <= milliseconds{0}) return;
  const auto number = next_number++;
  holds.emplace(number, places->hold(at));
  self->delayed_send(self, pause, tick{number});
}

void delivery_state::free_place(receiver& one, std::optional<bool> answered) {
  if (!one.place) return;
  const auto place = *std::exchange(one.place, std::nullopt);
  const auto server = place.at->host;
  if (const auto answers = places->over(place, answered)) env->watch.push_server_answers(server, *answers);
}

}  // namespace mofa::delivery
