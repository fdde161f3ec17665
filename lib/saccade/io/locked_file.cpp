#include "saccade/io/locked_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "saccade/io/durable_file.h"

namespace saccade {
namespace {

[[noreturn]] void fail_to(const char* what, const std::filesystem::path& path) {
  throw std::runtime_error(std::string("cannot ") + what + " " + path.string() + ": " +
                           std::strerror(errno));
}

std::string read_whole_file(int file, const std::filesystem::path& path) {
  std::string text;
  char part[4096];
  for (ssize_t count; (count = ::read(file, part, sizeof part)) != 0;) {
    if (count < 0) fail_to("read", path);
    text.append(part, static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

bool lock_file(int file) { return ::flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

bool is_named(int file, const std::filesystem::path& path) {
  struct stat opened {
  }, named{};
  return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

LockedFile::LockedFile(const std::filesystem::path& path) : path_(path) {
  while (!lock_same_file()) {
  }
  try {
    text_ = read_whole_file(file_, path_);
  } catch (...) {
    ::close(file_);
    throw;
  }
}

/// Another process may replace the file between opening and locking it.
/// @return false if it did
bool LockedFile::lock_same_file() {
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) fail_to("write", path_);
  if (!lock_file(file_)) {
    ::close(file_);
    throw std::runtime_error("another run is using " + path_.string() +
                             "; wait until it has finished");
  }
  if (is_named(file_, path_)) return true;
  ::close(file_);
  return false;
}

LockedFile::~LockedFile() {
  if (text_.empty()) ::unlink(path_.c_str());
  ::close(file_);
}

void LockedFile::replace(std::string_view text) {
  DurableFile file(path_);
  file.write(text);
  ::close(std::exchange(file_, file.commit_locked()));
  text_ = text;
}

}  // namespace saccade
