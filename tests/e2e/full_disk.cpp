// A disk that is full while a file exists: preloaded into a server, where it stands before the C library. Its variables:
//   FULL_DISK_FLAG       while this file exists, nothing can be written
//   FULL_DISK_PREFIX     to files whose path begins so
//   FULL_DISK_FILLED_BY  the first write to this file makes the flag: the disk fills up at that very moment
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

using path_buffer = std::array<char, 4096>;

std::string_view variable(const char* name) {
  const char* found = std::getenv(name);
  return found == nullptr ? std::string_view{} : std::string_view{found};
}

std::string_view path_of(int file, path_buffer& into) {
  std::array<char, 32> link{"/proc/self/fd/"};
  char* const digits = link.data() + std::strlen(link.data());
  *std::to_chars(digits, link.data() + link.size() - 1, file).ptr = '\0';
  const auto length = ::readlink(link.data(), into.data(), into.size());
  return length < 0 ? std::string_view{} : std::string_view{into.data(), static_cast<std::size_t>(length)};
}

bool is_full() {
  const auto flag = variable("FULL_DISK_FLAG");
  const int before = errno;
  const bool found = !flag.empty() && ::access(flag.data(), F_OK) == 0;
  errno = before;
  return found;
}

// Whether the disk has no room for that file; errno says so then.
bool refuses(int file) {
  if (!is_full()) return false;
  path_buffer buffer{};
  const auto prefix = variable("FULL_DISK_PREFIX");
  if (prefix.empty() || !path_of(file, buffer).starts_with(prefix)) return false;
  errno = ENOSPC;
  return true;
}

void fill_after_writing_to(int file) {
  const auto filling = variable("FULL_DISK_FILLED_BY");
  path_buffer buffer{};
  if (filling.empty() || path_of(file, buffer) != filling) return;
  const int before = errno;
  const int flag = ::open(variable("FULL_DISK_FLAG").data(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (flag >= 0) ::close(flag);
  errno = before;
}

template <class Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  static auto* const real = original<ssize_t(int, const void*, size_t)>("write");
  if (refuses(file)) return -1;
  const auto written = real(file, bytes, count);
  fill_after_writing_to(file);
  return written;
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t at) {
  static auto* const real = original<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return refuses(file) ? -1 : real(file, bytes, count, at);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
  static auto* const real = original<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return refuses(file) ? -1 : real(file, bytes, count, at);
}

int ftruncate(int file, off_t length) noexcept {
  static auto* const real = original<int(int, off_t)>("ftruncate");
  return refuses(file) ? -1 : real(file, length);
}

int ftruncate64(int file, off64_t length) noexcept {
  static auto* const real = original<int(int, off64_t)>("ftruncate64");
  return refuses(file) ? -1 : real(file, length);
}

int fallocate(int file, int mode, off_t at, off_t length) {
  static auto* const real = original<int(int, int, off_t, off_t)>("fallocate");
  return refuses(file) ? -1 : real(file, mode, at, length);
}

int fallocate64(int file, int mode, off64_t at, off64_t length) {
  static auto* const real = original<int(int, int, off64_t, off64_t)>("fallocate64");
  return refuses(file) ? -1 : real(file, mode, at, length);
}

}  // extern "C"
