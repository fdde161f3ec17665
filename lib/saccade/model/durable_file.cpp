#include "saccade/model/durable_file.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace saccade {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& what, int error) {
  throw std::runtime_error(path.string() + ": cannot be " + what + ": " + std::strerror(error));
}

}  // namespace

fs::path temporary_name_beside(const fs::path& path) {
  static std::atomic<int> count{0};
  return path.parent_path() / ("." + path.filename().string() + ".partial-" +
                               std::to_string(::getpid()) + "-" + std::to_string(count++));
}

void sync_folder(const fs::path& folder) {
  const fs::path path = folder.empty() ? fs::path(".") : folder;
  const int file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) fail(path, "opened", errno);
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  // EINVAL: a file system that cannot flush folders.
  if (error != 0 && error != EINVAL) fail(path, "flushed", error);
}

DurableFile::DurableFile(const fs::path& path)
    : path_(path), temporary_(temporary_name_beside(path)) {
  file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) fail(path_, "written", errno);
}

DurableFile::~DurableFile() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(temporary_.c_str());
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
  if (::fsync(file_) != 0) fail(path_, "flushed", errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, "replaced", errno);
  ::close(file_);
  file_ = -1;
  sync_folder(path_.parent_path());
}

}  // namespace saccade
