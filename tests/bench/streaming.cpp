#include <fmt/format.h>

#include <cstdlib>

#include "tests/bench/measure.hpp"
#include "tests/bench/provider.hpp"
#include "tests/bench/server.hpp"

namespace mofa::bench {
namespace {

constexpr double aim = 50e-6;
constexpr seconds gap{0.001};  // a thousand words a second: faster than models are, slower than anything saturates

/// How an answer came: each word's way from the provider to its reader, and the time from the first to the last one.
struct course {
  std::vector<double> delays;
  double span = 0;
};

/// One answer, word by word. The connection is of no use afterwards.
course listen(provider& from, std::uint16_t port, const std::string& request, int words) {
  std::vector<steady::time_point> heard;
  client reader{port};
  reader.follow(request, [&](std::string_view bytes) -> std::size_t {
    const auto now = steady::now();
    std::size_t done = 0;
    while (static_cast<int>(heard.size()) < words) {
      const auto next = provider::word(static_cast<int>(heard.size()));
      const auto at = bytes.find(next, done);
      if (at == std::string_view::npos) break;
      done = at + next.size();
      heard.push_back(now);
    }
    // Before the provider says that it is done, it has noted when it said what.
    const bool over = static_cast<int>(heard.size()) == words && bytes.find("[DONE]", done) != std::string_view::npos;
    return over ? client::enough : done;
  });
  const auto said = from.said();
  if (said.size() != heard.size()) throw unmeasurable{"the provider has not said as many words as were heard"};
  course out;
  for (std::size_t i = 0; i < said.size(); ++i) out.delays.push_back(seconds{heard[i] - said[i]}.count());
  out.span = seconds{heard.back() - said.front()}.count();
  return out;
}

std::string chat(std::string_view model) {
  return request_bytes(
      "/v1/chat/completions",
      fmt::format(R"({{"model":"{}","stream":true,"messages":[{{"role":"user","content":"go"}}]}})", model));
}

}  // namespace

void measure_streaming(const plan& how, table& into) {
  provider words;
  setenv("BENCH_PROVIDER", fmt::format("http://127.0.0.1:{}/v1", words.port()).c_str(), 1);
  server under_test{how, data_of(how, "streaming")};
  const auto through = chat("proxy");
  const auto ask = [&](std::uint16_t port) { return listen(words, port, through, how.words); };
  words.speak(how.words, seconds{0});
  ask(words.port());
  ask(under_test.port());
  std::vector<double> plain, proxied, added, plain_rate, rate, paid;
  for (int i = 0; i < how.runs; ++i) {
    words.speak(how.words, gap);
    const auto direct = median(ask(words.port()).delays), far = median(ask(under_test.port()).delays);
    plain.push_back(direct);
    proxied.push_back(far);
    added.push_back(far - direct);
    words.speak(how.words, seconds{0});
    const auto quick = ask(words.port()).span, slow = ask(under_test.port()).span;
    plain_rate.push_back(how.words / quick);
    rate.push_back(how.words / slow);
    paid.push_back((slow - quick) / how.words);
  }
  const auto dropped = under_test.metric("mofa_http_frames_dropped_total");
  under_test.stop();
  into.add({"streaming proxy: cost of each delta at full speed", show_time(median(paid)),
            "provider itself " + show_rate(median(plain_rate)), show_ratio(median(rate) / median(plain_rate)),
            "<= " + show_time(aim), met(median(paid) <= aim)});
  into.add({"streaming proxy: added to a lone delta's way, p50", show_time(median(added)),
            "provider itself " + show_time(median(plain)), show_ratio(median(proxied) / median(plain)), "",
            verdict::no_aim});
  into.note(
      fmt::format("streaming: {} words from a provider in the bench, each a chunk and a write of its own, through POST "
                  "/v1/chat/completions with stream, and read from the provider directly; at full speed: from the first "
                  "word said to the "
                  "last one heard, {:.0f} frames were merged into later ones because the reader was slower; a lone delta: "
                  "one each {}, it "
                  "wakes three threads more than when the provider is read directly, where it wakes one",
                  how.words, dropped, show_time(gap.count())));
}

}  // namespace mofa::bench
