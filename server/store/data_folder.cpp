#include "server/store/data_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace mofa::store {
namespace {

constexpr std::string_view database_name = "mofa.db";
constexpr std::string_view lock_name = "mofa.lock";
constexpr std::size_t pid_bytes = 16;

std::string uid() { return std::to_string(geteuid()); }

error not_writable(const std::string& path) {
  return fail(errc::io, path + ": not writable by uid " + uid() + "; use --data DIR or chown");
}

error failed(const std::string& path, int code) {
  if (code == EACCES || code == EPERM || code == EROFS) return not_writable(path);
  if (code == ENOTDIR) return fail(errc::invalid, path + ": not a folder; use --data DIR");
  if (code == ENOSPC || code == EDQUOT)
    return fail(errc::storage_full, path + ": the disk is full; make room or use --data DIR");
  return fail(errc::io, path + ": " + std::strerror(code));
}

/// Makes each missing folder on the way, private to its user. Errors name the whole path.
result<void> make_folders(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string upto = path.substr(0, end);
    if (mkdir(upto.c_str(), 0700) != 0 && errno != EEXIST) {
      // An existing parent on a read-only or foreign file system may answer so before it says that it exists.
      const int code = errno;
      struct stat found {};
      if (stat(upto.c_str(), &found) != 0) return failed(path, code);
    }
    if (end == std::string::npos) return {};
  }
}

/// Whether it must be closed to others, which we may only do to our own.
result<bool> check_access(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return failed(path, errno);
  if (!S_ISDIR(found.st_mode)) return failed(path, ENOTDIR);
  if (faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0) return failed(path, errno);
  if ((found.st_mode & 0077) == 0) return false;
  if (found.st_uid != geteuid()) {
    std::array<char, 8> octal{};
    const auto end = std::to_chars(octal.data(), octal.data() + octal.size(), found.st_mode & 07777, 8).ptr;
    return fail(errc::io, path + ": open to others (mode 0" + std::string(octal.data(), end) + ") and not owned by uid " +
                              uid() + "; use --data DIR or chown");
  }
  return true;
}

/// Empty, or holding our database or our lock.
result<void> check_content(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder{opendir(path.c_str()), &closedir};
  if (!folder) return failed(path, errno);
  bool empty = true;
  while (const dirent* entry = readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name == database_name || name == lock_name) return {};
    // The root of a volume of its own holds lost+found.
    if (name != "." && name != ".." && name != "lost+found") empty = false;
  }
  if (!empty) return fail(errc::invalid, path + ": not empty and not a MoFA data folder; use --data DIR");
  return {};
}

error in_use(const std::string& path, int lock) {
  std::array<char, pid_bytes> text{};
  const auto size = pread(lock, text.data(), text.size(), 0);
  long pid = 0;
  if (size > 0) std::from_chars(text.data(), text.data() + size, pid);
  const std::string who = pid > 0 ? "process " + std::to_string(pid) : "another process";
  return fail(errc::unavailable, path + ": in use by " + who + "; use --data DIR or stop it");
}

result<int> take_lock(const std::string& path) {
  const std::string file = path + "/" + std::string{lock_name};
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return failed(path, errno);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int code = errno;
    const error why = code == EWOULDBLOCK ? in_use(path, lock) : failed(path, code);
    close(lock);
    return why;
  }
  // Always the same size, in place: a full disk has room for it.
  std::string pid = std::to_string(getpid());
  pid.resize(pid_bytes, ' ');
  pid.back() = '\n';
  if (pwrite(lock, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    const int code = errno;
    close(lock);
    return failed(path, code);
  }
  return lock;
}

}  // namespace

data_folder::data_folder(data_folder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

data_folder& data_folder::operator=(data_folder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

data_folder::~data_folder() {
  if (lock_ >= 0) close(lock_);
}

result<data_folder> open_data_folder(const std::string& path) {
  if (path.empty()) return fail(errc::invalid, "data_dir: empty; use --data DIR");
  if (auto made = make_folders(path); !made) return made.error();
  const auto open_to_others = check_access(path);
  if (!open_to_others) return open_to_others.error();
  // First of all the content: a folder that is refused is left alone.
  if (auto fit = check_content(path); !fit) return fit.error();
  if (*open_to_others && chmod(path.c_str(), 0700) != 0) return failed(path, errno);
  auto lock = take_lock(path);
  if (!lock) return lock.error();
  return data_folder{path, *lock};
}

}  // namespace mofa::store
