#include "saccade/io/durable_file.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "saccade/io/output_check.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& what, int error) {
  throw std::runtime_error(path.string() + ": cannot be " + what + ": " + std::strerror(error));
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// A name in the same folder that is unique among processes and calls.
fs::path temporary_name_beside(const fs::path& path) {
  static std::atomic<int> count{0};
  return folder_of(path) /
         (".saccade-partial-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
}

/// Gives a file the extended attributes of another one, such as access rules, as far as possible.
void copy_attributes(const fs::path& from, int to) {
  std::string names(1 << 16, '\0'), value(1 << 16, '\0');
  const ssize_t size = ::listxattr(from.c_str(), names.data(), names.size());
  for (ssize_t at = 0; at < size;) {
    const char* const name = names.data() + at;
    const ssize_t bytes = ::getxattr(from.c_str(), name, value.data(), value.size());
    if (bytes >= 0) {
      static_cast<void>(::fsetxattr(to, name, value.data(), static_cast<std::size_t>(bytes), 0));
    }
    at += static_cast<ssize_t>(std::strlen(name)) + 1;
  }
}

std::string link_to(int file) { return "/proc/self/fd/" + std::to_string(file); }

}  // namespace

void sync_folder(const fs::path& folder) {
  const fs::path path = folder.empty() ? fs::path(".") : folder;
  const int file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) fail(path, "opened", errno);
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  // EINVAL: a file system that cannot flush folders.
  if (error != 0 && error != EINVAL) fail(path, "flushed", error);
}

DurableFile::DurableFile(const fs::path& path) : path_(path) {
  struct stat status {};
  const bool there = ::stat(path.c_str(), &status) == 0;
  if (const auto descriptor = descriptor_of(path)) {
    file_ = ::fcntl(*descriptor, F_DUPFD_CLOEXEC, 0);
  } else if (there && S_ISDIR(status.st_mode)) {
    fail(path, "written", EISDIR);
  } else if (there && S_ISBLK(status.st_mode)) {
    throw std::runtime_error(path.string() + ": cannot be written: it is a block device");
  } else if (there && !S_ISREG(status.st_mode)) {
    file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    std::error_code error;
    place_ = fs::is_symlink(path, error) && there ? fs::canonical(path) : path;
    open_beside();
    if (file_ >= 0 && there) {
      // Only root may give a file to another owner; changing the owner clears bits of the mode.
      static_cast<void>(!::fchown(file_, status.st_uid, status.st_gid));
      static_cast<void>(::fchmod(file_, status.st_mode & 07777));
      copy_attributes(place_, file_);
    }
  }
  if (file_ < 0) fail(path_, "written", errno);
}

/// An unnamed file leaves nothing behind when the process is killed, but not all file systems
/// support it.
void DurableFile::open_beside() {
  file_ = ::open(folder_of(place_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  if (file_ >= 0 && ::access(link_to(file_).c_str(), F_OK) == 0) return;
  if (file_ >= 0) ::close(file_);
  temporary_ = temporary_name_beside(place_);
  file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

DurableFile::~DurableFile() {
  if (file_ < 0) return;
  ::close(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void DurableFile::write(const void* data, std::size_t size) {
  const char* next = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(file_, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(path_, "written", written < 0 ? errno : ENOSPC);
    next += written;
    size -= static_cast<std::size_t>(written);
  }
}

void DurableFile::commit() {
  if (!place_.empty()) move_into_place();
  ::close(std::exchange(file_, -1));
  if (!place_.empty()) sync_folder(folder_of(place_));
}

int DurableFile::commit_locked() {
  static_cast<void>(::flock(file_, LOCK_EX | LOCK_NB));  // nobody else has this file
  move_into_place();
  sync_folder(folder_of(place_));
  return std::exchange(file_, -1);
}

void DurableFile::move_into_place() {
  if (::fsync(file_) != 0) fail(path_, "flushed", errno);
  if (temporary_.empty()) {
    const fs::path name = temporary_name_beside(place_);
    if (::linkat(AT_FDCWD, link_to(file_).c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
      fail(path_, "written", errno);
    temporary_ = name;
  }
  if (::rename(temporary_.c_str(), place_.c_str()) != 0) fail(path_, "replaced", errno);
  temporary_.clear();
}

}  // namespace saccade
