#include "server/app/folder_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace mofa::app {
namespace {

namespace fs = std::filesystem;

// The content of a folder: files that are being written, were closed, made, removed, renamed, or made readable.
constexpr std::uint32_t coming_and_going =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_MASK_ADD;
constexpr std::uint32_t everything = coming_and_going | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;

fs::path whole_path(const fs::path& folder) {
  std::error_code trouble;
  auto out = fs::absolute(folder, trouble).lexically_normal();
  return out.has_filename() ? out : out.parent_path();
}

}  // namespace

result<std::unique_ptr<folder_watch>> folder_watch::open() {
  const int queue = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (queue < 0) return fail(errc::io, std::string{"inotify: "} + std::strerror(errno));
  return std::unique_ptr<folder_watch>{new folder_watch{queue}};
}

folder_watch::~folder_watch() { ::close(queue_); }

void folder_watch::follow(const std::vector<fs::path>& folders) {
  folders_.clear();
  for (const auto& each : folders) folders_.push_back(whole_path(each));
  watch_again();
}

// Every folder on the way is watched for the next name: so one that is not there yet, or is put in another's place (a
// rename, a symbolic link), is found when it comes.
void folder_watch::watch_again() {
  std::map<fs::path, place> wanted;
  for (const auto& folder : folders_) {
    wanted[folder].whole = true;
    for (auto at = folder; at.has_relative_path(); at = at.parent_path())
      wanted[at.parent_path()].names.insert(at.filename().string());
  }
  std::map<int, place> places;
  trouble_.clear();
  for (const auto& [path, what] : wanted) {
    const int watch = ::inotify_add_watch(queue_, path.c_str(), what.whole ? everything : coming_and_going);
    if (watch >= 0) {
      auto& mine = places[watch];  // two paths may lead to one folder
      mine.whole = mine.whole || what.whole;
      mine.names.insert(what.names.begin(), what.names.end());
    } else if (what.whole && errno != ENOENT && errno != ENOTDIR) {
      const int why = errno;
      trouble_ += (trouble_.empty() ? "" : "; ") + path.string() + ": " + std::strerror(why);
    }
  }
  for (const auto& [watch, unused] : places_)
    if (!places.contains(watch)) ::inotify_rm_watch(queue_, watch);
  places_ = std::move(places);
}

bool folder_watch::concerns(int watch, std::uint32_t what, const std::string& name, bool& again) const {
  if ((what & IN_Q_OVERFLOW) != 0) return again = true;
  const auto found = places_.find(watch);
  if (found == places_.end()) return false;  // not watched any more
  if ((what & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) != 0 || found->second.names.contains(name)) return again = true;
  return found->second.whole;
}

bool folder_watch::take() {
  bool concerned = false, again = false;
  alignas(inotify_event) std::array<char, 16 * 1024> events;
  for (;;) {
    const auto got = ::read(queue_, events.data(), events.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event one;
      std::memcpy(&one, events.data() + at, sizeof one);
      const std::string name = one.len > 0 ? events.data() + at + sizeof one : "";
      concerned = concerns(one.wd, one.mask, name, again) || concerned;
      at += sizeof one + one.len;
    }
  }
  // Whoever reads the folders after this misses nothing: what changes from now on is told again.
  if (again) watch_again();
  return concerned;
}

}  // namespace mofa::app
