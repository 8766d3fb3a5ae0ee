// Power cuts and process kills: what was acknowledged is there afterwards, and nothing is there in part.
#include <doctest/doctest.h>

#include "server/store/sqlite/open.hpp"
#include "tests/support/faulty_vfs.hpp"
#include "tests/support/store_scratch.hpp"
#include "tests/support/store_workload.hpp"

using namespace mofa;
using namespace mofa::test;
using store::open_options;

namespace {

constexpr std::uint64_t seeds = 80;
constexpr int groups = 25;
/// About as many operations as one round makes.
constexpr std::uint64_t operations = 600;

open_options options_on(const faulty_vfs& disk, open_options::durable synchronous) {
  open_options options;
  options.vfs = disk.name();
  options.synchronous = synchronous;
  options.readers = 1;
  options.checkpoint_pages = 20;
  return options;
}

struct tally {
  int acknowledged = 0;
  int cut_at_work = 0;  ///< rounds in which the power went in the middle
};

/// Two rounds of work on one database, each ended by a power cut. What is wrong afterwards, or nothing.
std::string survive(std::uint64_t seed, survival kept, open_options::durable synchronous, tally& of) {
  const scratch_folder folder;
  const std::string file = folder.file("mofa.db");
  faulty_vfs disk;
  const auto options = options_on(disk, synchronous);
  store_workload work{seed};
  std::mt19937_64 random{seed};
  for (int round = 0; round < 2; ++round) {
    disk.inject(fault::power_cut, 1 + random() % operations);
    if (auto opened = store::open_sqlite(file, options)) {
      if (work.own(**opened)) work.run(**opened, groups);
      of.cut_at_work += disk.struck() ? 1 : 0;
      disk.cut_power();
    }
    disk.restore(kept, random());
    auto reopened = store::open_sqlite(file, options);
    if (!reopened) return reopened.error().detail;
    if (!work.own(**reopened)) return "nobody can own it any more";
    if (auto wrong = work.check(**reopened); !wrong.empty()) return wrong;
    const int before = work.acknowledged();
    work.run(**reopened, 1);
    if (work.acknowledged() == before) return "nothing can be appended any more";
    if (auto wrong = work.check(**reopened); !wrong.empty()) return wrong;
  }
  of.acknowledged += work.acknowledged();
  return integrity_of(file, disk.name()) == "ok" ? "" : "the file is broken";
}

}  // namespace

TEST_CASE("what was acknowledged survives a power cut at any point") {
  for (const auto kept : {survival::flushed, survival::torn, survival::all}) {
    CAPTURE(static_cast<int>(kept));
    tally all;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      CAPTURE(seed);
      REQUIRE(survive(seed, kept, open_options::durable::full, all) == "");
    }
    CHECK(all.acknowledged > static_cast<int>(seeds) * groups);
    CHECK(all.cut_at_work > static_cast<int>(seeds));
  }
}

TEST_CASE("control: without flushing, the same power cuts lose acknowledged work") {
  int lost = 0;
  tally all;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    if (!survive(seed, survival::flushed, open_options::durable::off, all).empty()) ++lost;
  }
  CHECK(lost >= 15);
}
