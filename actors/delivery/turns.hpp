// Turns: who of all that have something to deliver may post now. So many at one time, and so many bytes; the owner who has
// the fewest places is next, and of his hosts one after the other. Hosts that are not known to answer share half of it: who
// answers is served, however many others hang.
// Owned by the delivery actor.
// Pure; lives on its thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mofa::delivery {

/// Host and port of a URL, in lower case and without a dot at the host's end: what is slow together.
std::string host_of(std::string_view url);

/// What is known of who waits.
enum class standing {
  sure,   ///< it has answered the last time
  fresh,  ///< it was not asked yet
  again,  ///< it has not answered the last time
};

class turns {
 public:
  /// Places and bytes for all, and of the places for one host.
  turns(std::size_t at_once, std::size_t per_host, std::size_t bytes) : all_{at_once, bytes}, per_host_(per_host) {}

  struct waiter {
    std::uint64_t who = 0;
    std::size_t bytes = 0;  ///< that it is going to send, as far as that is known
  };
  struct lane;
  struct party;
  /// Whoever posts to one host for one owner; stays valid until everybody has left.
  struct group {
    lane* at = nullptr;
    party* of = nullptr;
    std::size_t members = 0;
    std::array<std::deque<waiter>, 3> lines{};  ///< who waits for a place, by standing
    std::size_t next_line = 0;                  ///< whose turn it is first
    bool newest = false;                        ///< the next fresh one is the one that came last
  };
  /// A host.
  struct lane {
    std::string host;
    std::map<std::string, group, std::less<>> groups{};  ///< by owner
    bool answers = false;                                ///< it has given an answer, and few attempts since were in vain
    std::size_t misses = 0;                              ///< attempts without an answer since the last one
    bool is_silent = false;                              ///< it was told that it does not answer
    std::array<std::size_t, 3> busy{};                   ///< places that it has, by the standing of who has them
    std::size_t holds = 0;                               ///< pauses that it has asked for
  };
  /// An owner.
  struct party {
    std::string owner;
    std::size_t groups = 0;
    std::array<std::size_t, 2> busy{};           ///< places that it has: at doubtful hosts, at those that answer
    std::array<std::list<group*>, 2> waiting{};  ///< with a line, the next one first; likewise
  };
  group* enter(const std::string& host, const std::string& owner);
  /// Of somebody who neither waits nor posts there.
  void leave(group* of);

  /// A turn comes from next().
  void wait(group* in, waiter who, standing as);
  void withdraw(group* from, std::uint64_t who);

  /// What somebody has who may post; given back to over().
  struct place {
    lane* at = nullptr;
    party* of = nullptr;
    standing as = standing::fresh;
    bool doubtful = false;  ///< it is one of those for hosts that are not known to answer
    std::size_t bytes = 0;
  };
  struct turn {
    std::uint64_t who = 0;
    place has;
  };
  /// Takes a place; nothing when nobody may.
  std::optional<turn> next();
  /// Nobody has a turn at the host of that place until release(): it has asked for a pause.
  lane* hold(const place& at);
  void release(lane* what);
  /// So many bytes are being sent.
  void weigh(place& what, std::size_t bytes);
  /// The place is free again. `answered`: whether the host gave an answer; nothing: it was not asked. Whether the host is
  /// known to answer now, if that is news: one that gives no answer and is not known to answer is, and the answer after it.
  std::optional<bool> over(const place& what, std::optional<bool> answered);

 private:
  struct share {
    std::size_t places = 0;
    std::size_t bytes = 0;
    bool has_less_than(const share& most) const { return places < most.places && bytes < most.bytes; }
  };
  share most(bool doubtful) const;
  static std::optional<bool> note_silence(lane& of);
  void note_answer(lane& of, bool answered);
  bool has_room(const lane& at, std::size_t line) const;
  std::optional<std::size_t> line_of(const group& from) const;
  group* next_group(bool answers) const;
  turn take_from(group& from, bool answers);
  static waiter take_from(group& from, std::size_t line);
  static bool is_empty(const group& what);
  void enlist(group& what);
  void delist(group& what);
  void drop_if_idle(lane* at);
  void drop_if_idle(party* of);

  share all_;
  std::size_t per_host_;
  share used_;
  share used_by_doubtful_;
  std::map<std::string, lane, std::less<>> lanes_;
  std::map<std::string, party, std::less<>> parties_;
  std::array<std::list<party*>, 2> waiting_;  ///< owners who wait for a place, the next one first: at which sort of hosts
};

}  // namespace mofa::delivery
