#include "saccade/io/staging_folder.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <stdio.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace saccade {
namespace {

namespace fs = std::filesystem;

constexpr char kPrefix[] = ".saccade-staging-";
constexpr char kLock[] = "lock";

/// Removes the staging folders that killed processes left behind: those whose lock is free.
void remove_abandoned(const fs::path& place) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator at(place, error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename().string().rfind(kPrefix, 0) == 0) found.push_back(at->path());
  }
  for (const fs::path& folder : found) {
    const int lock = ::open((folder / kLock).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0) continue;
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) fs::remove_all(folder, error);
    ::close(lock);
  }
}

}  // namespace

void make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (fs::is_directory(path)) return;
  throw std::runtime_error("cannot create the folder \"" + path.string() +
                           "\": " + (error ? error.message() : "it is a file, not a folder"));
}

void move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    throw std::runtime_error("cannot write \"" + to.string() + "\": " + error.message());
  }
}

void exchange_folder(const fs::path& from, const fs::path& to) {
  if (!fs::exists(to)) return move_file(from, to);
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return;
  // The file system cannot exchange: rename twice, and undo the first if the second fails.
  const fs::path old = from.string() + ".old";
  move_file(to, old);
  try {
    move_file(from, to);
  } catch (...) {
    fs::rename(old, to);
    throw;
  }
  move_file(old, from);
}

StagingFolder::StagingFolder(const fs::path& place) {
  static std::atomic<int> count{0};
  make_folder(place);
  remove_abandoned(place);
  root_ = place / (kPrefix + std::to_string(::getpid()) + "-" + std::to_string(count++));
  path_ = root_ / "new";
  make_folder(root_);
  lock_ = ::open((root_ / kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) {
    const int reason = errno;
    ::rmdir(root_.c_str());
    throw std::runtime_error("cannot write into \"" + place.string() +
                             "\": " + std::strerror(reason));
  }
  // On a file system without locks, the folders of killed processes remain.
  static_cast<void>(::flock(lock_, LOCK_EX | LOCK_NB));
  make_folder(path_);
}

StagingFolder::~StagingFolder() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
  ::close(lock_);
}

}  // namespace saccade
