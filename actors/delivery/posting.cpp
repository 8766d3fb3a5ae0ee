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
  places->wait(one.lane, {one.key, one.weight}, as);
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
  if (one == nullptr) return;
  if (news.value) return word_and_post(*one, [&] { return with->encoder->encode(one->what.config.dialect, **news.value); });
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
  one->sure = how.answered;
  free_place(*one, how.answered);
  settle(*one, how);
  hand_out_places();
}

void delivery_state::settle(receiver& one, const verdict& how) {
  if (one.gone) return erase(one);
  if (how.what == verdict::kind::refused) return give_up(one, how.reason);
  if (how.what == verdict::kind::taken) {
    one.attempts = 0;
    one.handled = std::max(one.handled, one.telling);
    return save(one, one.ended && one.events.empty());
  }
  if (++one.attempts >= with->how.attempts) return give_up(one, "attempts");
  const auto& chance = with->how.chance;
  pause(one, pause_after(one.attempts, how.retry_after, with->how, chance ? chance() : random_share()));
}

void delivery_state::give_up(receiver& one, std::string_view reason) {
  env->watch.push_given_up(one.what.config.task.str(), reason);
  let_go_of_feed(one);
  save(one, true);
}

void delivery_state::free_place(receiver& one, std::optional<bool> answered) {
  if (one.place) places->over(*std::exchange(one.place, std::nullopt), answered);
}

}  // namespace mofa::delivery
