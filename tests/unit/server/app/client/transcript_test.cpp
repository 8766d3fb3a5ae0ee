#include "server/app/client/transcript.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace mofa::app::client {
namespace {

/// What was shown: the answer as one text, and the notes; `all` has both in order.
class paper final : public screen {
 public:
  void answer(std::string_view text) override {
    said += text;
    all += text;
  }
  void note(tone, std::string_view line) override {
    notes.emplace_back(line);
    all += "[" + std::string{line} + "]\n";
  }
  void busy(std::string_view what) override { busy_with = what; }

  std::string said, all, busy_with;
  std::vector<std::string> notes;
};

struct reader {
  paper shown;
  transcript text;
  int seq = 0;
  int ms = 0;

  explicit reader(transcript_options how) : text(shown, how) {}

  void event(const std::string& kind, const std::string& data) {
    char at[32];
    std::snprintf(at, sizeof at, "2026-01-31T09:00:00.%03dZ", ms);
    text.on_event({{"seq", ++seq}, {"kind", kind}, {"at", at}, {"data", json::parse(data)}});
  }
  void delta(const std::string& effect, int attempt, int offset, const std::string& words) {
    text.on_delta({{"effect_id", effect}, {"attempt", attempt}, {"offset", offset}, {"text", words}});
  }
  void model_asked(const std::string& effect) {
    event("effect_requested", R"({"type":"model","model":"","effect_id":")" + effect + "\"}");
  }
  void model_answered(const std::string& effect, const std::string& words, const std::string& calls = "[]") {
    event("effect_resolved",
          R"({"effect_id":")" + effect + R"(","value":{"text":")" + words + R"(","calls":)" + calls + "}}");
  }
  void completed(const std::string& words) {
    event("status_changed", R"({"state":"completed","message":{"parts":[{"text":")" + words + "\"}]}}");
  }
};

constexpr transcript_options streaming{.streams = true};
constexpr transcript_options whole{};

TEST_CASE("without streaming the answer is said once, when it is whole") {
  reader on{whole};
  on.event("submitted", R"({"message":{"parts":[{"text":"hi"}]}})");
  on.model_asked("t/3");
  on.delta("t/3", 1, 0, "Hel");
  on.model_answered("t/3", "Hello");
  on.completed("Hello");
  CHECK(on.shown.said == "Hello\n");
  CHECK(on.shown.notes.empty());
}

TEST_CASE("with streaming words appear as they come, and the answer is not said again") {
  reader on{streaming};
  on.model_asked("t/3");
  on.delta("t/3", 1, 0, "Hel");
  CHECK(on.shown.said == "Hel");
  on.delta("t/3", 1, 3, "lo");
  on.model_answered("t/3", "Hello!");
  on.completed("Hello!");
  CHECK(on.shown.said == "Hello!\n");
}

TEST_CASE("text so far that comes again, after a gap or a new connection, is shown once") {
  reader on{streaming};
  on.delta("t/3", 1, 0, "one ");
  on.delta("t/3", 1, 8, "lost ");
  on.delta("t/3", 1, 0, "one two ");
  on.delta("t/3", 1, 8, "three");
  on.model_answered("t/3", "one two three");
  CHECK(on.shown.said == "one two three\n");
}

TEST_CASE("offsets count bytes") {
  reader on{streaming};
  on.delta("t/3", 1, 0, "é");
  on.delta("t/3", 1, 2, "!");
  CHECK(on.shown.said == "é!");
}

TEST_CASE("a new attempt that says the same is shown once, one that says another thing begins a line") {
  reader same{streaming};
  same.delta("t/3", 1, 0, "The res");
  same.delta("t/3", 2, 0, "The ");
  same.delta("t/3", 2, 4, "result");
  CHECK(same.shown.said == "The result");
  reader other{streaming};
  other.delta("t/3", 1, 0, "The res");
  other.delta("t/3", 2, 0, "No.");
  other.model_answered("t/3", "No.");
  other.completed("No.");
  CHECK(other.shown.said == "The res\nNo.\n");
}

TEST_CASE("an attempt that says less than the one before is still shown whole") {
  reader on{streaming};
  on.delta("t/3", 1, 0, "Yes, and no");
  on.delta("t/3", 2, 0, "Yes");
  on.model_answered("t/3", "Yes");
  on.completed("Yes");
  CHECK(on.shown.said == "Yes, and no\nYes\n");
}

TEST_CASE("a note in the middle of words has a line of its own") {
  reader on{streaming};
  on.delta("t/3", 1, 0, "one ");
  on.event("cancel_requested", "{}");
  on.delta("t/3", 1, 4, "two");
  CHECK(on.shown.all == "one \n[a cancel was asked for]\none two");
}

TEST_CASE("tool calls are shown with their outcome and their own time, also in parallel") {
  reader on{whole};
  on.ms = 10;
  on.model_answered("t/3", "Let me see.", R"([{"tool":"calculator"}])");
  on.event("effect_requested",
           R"({"effect_id":"t/6","type":"tool","tool":"calculator","arguments":{"expression":"17*23"}})");
  on.event("effect_requested", R"({"effect_id":"t/7","type":"tool","tool":"clock","arguments":{}})");
  on.ms = 15;
  on.event("effect_resolved", R"({"effect_id":"t/7","error":{"code":"timeout","detail":"no clock"}})");
  CHECK(on.shown.busy_with == "calling calculator {\"expression\":\"17*23\"}");
  on.ms = 30;
  on.event("effect_resolved", R"({"effect_id":"t/6","value":{"result":391,"text":"391"}})");
  CHECK(on.shown.notes == std::vector<std::string>{"Let me see.", "clock failed: no clock (5 ms)",
                                                   "calculator {\"expression\":\"17*23\"} -> 391 (20 ms)"});
  CHECK(on.shown.said.empty());
}

TEST_CASE("agents that are asked, artifacts, crashes and the state's words are notes") {
  reader on{whole};
  on.event("effect_requested", R"({"effect_id":"t/4","type":"child","agent":"weather","message":"Paris?"})");
  on.ms = 3;
  on.event("effect_resolved", R"({"effect_id":"t/4","value":{"agent":"weather","text":"Sunny"}})");
  on.event("artifact_updated", R"({"artifact":{"artifact_id":"a","name":"Card","parts":[{"text":"Sunny"}]}})");
  on.event("behaviour_crashed", R"({"reason":"boom","attempt":1})");
  on.event("status_changed", R"({"state":"working","message":{"parts":[{"text":"looking\u001b[2J up"}]}})");
  CHECK(on.shown.notes == std::vector<std::string>{"agent weather: Paris? -> Sunny (3 ms)", "+ Card: Sunny",
                                                   "crashed (boom), continues from its journal", "looking[2J up"});
}

TEST_CASE("a failure is told with its code, and is no answer") {
  reader on{whole};
  on.event("status_changed", R"({"state":"failed","code":"out_of_luck","message":{"parts":[{"text":"no luck"}]}})");
  CHECK(on.shown.notes == std::vector<std::string>{"failed (out_of_luck): no luck"});
  CHECK(on.shown.said.empty());
}

TEST_CASE("a question is said like an answer, and the same words after it are said again") {
  reader on{streaming};
  on.delta("t/3", 1, 0, "Which?");
  on.model_answered("t/3", "Which?");
  on.event("status_changed", R"({"state":"input_required","message":{"parts":[{"text":"Which?"}]}})");
  on.event("message_received", R"({"message":{"parts":[{"text":"this"}]}})");
  on.completed("Which?");
  CHECK(on.shown.said == "Which?\nWhich?\n");
}

TEST_CASE("what people said is shown to who joins later, and time counts from the newest of it") {
  reader on{{.shows_messages = true}};
  on.event("submitted", R"({"message":{"parts":[{"text":"weather in Paris"}]}})");
  on.ms = 100;
  on.event("message_received", R"({"message":{"parts":[{"text":"tomorrow"}]}})");
  on.ms = 250;
  on.completed("Sunny");
  CHECK(on.shown.notes == std::vector<std::string>{"> weather in Paris", "> tomorrow"});
  CHECK(on.text.took() == std::chrono::milliseconds{150});
}

TEST_CASE("an agent that was called with data is shown with it") {
  reader on{whole};
  on.event("effect_requested", R"({"effect_id":"t/4","type":"child","agent":"weather","arguments":{"city":"Bern"}})");
  CHECK(on.shown.busy_with == "calling agent weather: {\"city\":\"Bern\"}");
}

TEST_CASE("each retry is a line, and the words of the attempt that failed are not mixed with the next one's") {
  reader on{streaming};
  on.model_asked("t/3");
  on.text.on_progress(json::parse(R"({"effect_id":"t/3","attempt":1,"error":"flaky/x: HTTP 429","retry_in_ms":1500})"));
  on.delta("t/3", 2, 0, "Hel");
  on.text.on_progress(json::parse(R"({"effect_id":"t/3","attempt":2,"error":"cut\u001b[2J off","retry_in_ms":0})"));
  on.delta("t/3", 3, 0, "Hello");
  on.model_answered("t/3", "Hello");
  on.completed("Hello");
  CHECK(on.shown.all ==
        "[attempt 1 failed: flaky/x: HTTP 429; trying again in 1.5 s]\nHel\n"
        "[attempt 2 failed: cut[2J off; trying again]\nHello\n");
  CHECK(on.shown.busy_with.empty());
}

TEST_CASE("events of kinds and shapes that are not known are passed over") {
  reader on{streaming};
  on.event("scenario.stepped", R"({"rule":0})");
  on.event("status_changed", R"({"state":"dreaming"})");
  on.event("artifact_updated", "null");
  on.event("effect_resolved", R"({"effect_id":5})");
  on.text.on_delta(json::parse(R"({"text":5})"));
  on.text.on_progress(json::parse(R"({"percent":5})"));
  on.text.on_progress(json{});
  CHECK(on.shown.said.empty());
}

}  // namespace
}  // namespace mofa::app::client
