#include "saccade/batch/folder_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace saccade {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// How long a file must be unchanged where the system does not say whether it is being written.
constexpr auto kSettlingTime = std::chrono::seconds(2);

enum class Completeness { complete, being_written, unknown };

/// A lease on a file is granted only while nobody has it open for writing.
Completeness completeness_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (file < 0) return Completeness::complete;  // its record will say why it cannot be read
  // Should somebody open the file in this moment, the signal is one that is ignored by default.
  const bool leased =
      ::fcntl(file, F_SETSIG, SIGURG) == 0 && ::fcntl(file, F_SETLEASE, F_RDLCK) == 0;
  const int error = errno;
  if (leased) ::fcntl(file, F_SETLEASE, F_UNLCK);
  struct stat status {};
  const bool regular = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  ::close(file);
  if (leased || !regular) return Completeness::complete;
  return error == EAGAIN ? Completeness::being_written : Completeness::unknown;
}

/// Whether a file that was created is a link, which nobody closes after writing.
bool is_new_link(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 &&
         (S_ISLNK(status.st_mode) || (S_ISREG(status.st_mode) && status.st_nlink > 1));
}

}  // namespace

FolderWatch::FolderWatch(const fs::path& folder, const SourceOptions& options)
    : folder_(folder), options_(options), events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (events_ < 0) {
    throw std::runtime_error("cannot watch " + folder.string() + ": " + std::strerror(errno) +
                             "; the limit is fs.inotify.max_user_instances");
  }
  try {
    watch_folders(folder_);
  } catch (...) {
    ::close(events_);
    throw;
  }
}

FolderWatch::~FolderWatch() { ::close(events_); }

/// Watches the folders at a place, and those that are created in them meanwhile.
void FolderWatch::watch_folders(const fs::path& place) {
  constexpr std::uint32_t kEvents =
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_ONLYDIR | IN_EXCL_UNLINK;
  std::unordered_set<std::string> done;
  for (bool more = true; more;) {
    more = false;
    for (const std::string& folder : list_folders_at(folder_, place, options_)) {
      if (!done.insert(folder).second) continue;
      more = true;
      const bool top = folder == folder_;
      const int watch =
          ::inotify_add_watch(events_, folder.c_str(), top ? kEvents | IN_MOVE_SELF : kEvents);
      if (watch >= 0) {
        folders_[watch] = folder;
      } else if (errno == ENOSPC || errno == ENOMEM || top) {
        const int error = errno;
        throw std::runtime_error(
            "cannot watch the folder " + folder + ": " +
            (error == ENOSPC
                 ? "there are more folders than fs.inotify.max_user_watches permits; raise it"
                 : std::strerror(error)));
      }
    }
  }
}

/// Removes the watches of a folder that was moved away, and of those below it.
void FolderWatch::forget_below(const fs::path& folder) {
  const std::string prefix = (folder / "").string();
  for (auto at = folders_.begin(); at != folders_.end();) {
    const std::string path = (at->second / "").string();
    if (path.compare(0, prefix.size(), prefix) == 0) {
      ::inotify_rm_watch(events_, at->first);
      at = folders_.erase(at);
    } else {
      ++at;
    }
  }
}

std::vector<std::string> FolderWatch::list() {
  scan(folder_);
  found_set_.clear();
  return std::exchange(found_, {});
}

void FolderWatch::scan(const fs::path& place) {
  for (const std::string& path : list_images_at(folder_, place, options_)) add_if_complete(path);
}

void FolderWatch::add(const std::string& path) {
  if (found_set_.insert(path).second) found_.push_back(path);
}

/// A file that is being written is added when it is closed.
void FolderWatch::add_if_complete(const std::string& path) {
  switch (completeness_of(path)) {
    case Completeness::complete:
      add(path);
      break;
    case Completeness::being_written:
      break;
    case Completeness::unknown: {
      std::error_code error;
      unsettled_[path] = {fs::file_size(path, error), fs::last_write_time(path, error),
                          Clock::now()};
      break;
    }
  }
}

void FolderWatch::add_settled() {
  const auto now = Clock::now();
  for (auto at = unsettled_.begin(); at != unsettled_.end();) {
    Unsettled& seen = at->second;
    std::error_code error;
    const auto size = fs::file_size(at->first, error);
    const auto written = fs::last_write_time(at->first, error);
    if (!error && (size != seen.size || written != seen.written)) {
      seen = {size, written, now};
    }
    if (!error && now - seen.since < kSettlingTime) {
      ++at;
      continue;
    }
    if (!error) add(at->first);
    at = unsettled_.erase(at);
  }
}

std::vector<std::string> FolderWatch::wait(std::chrono::milliseconds limit) {
  pollfd events{events_, POLLIN, 0};
  if (::poll(&events, 1, static_cast<int>(limit.count())) > 0) read_events();
  add_settled();
  found_set_.clear();
  return std::exchange(found_, {});
}

void FolderWatch::read_events() {
  alignas(inotify_event) std::array<char, 64 << 10> buffer;
  for (ssize_t size; (size = ::read(events_, buffer.data(), buffer.size())) > 0;) {
    for (ssize_t at = 0; at < size;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* const name = buffer.data() + at + sizeof event;
      on_event(event.wd, event.mask, event.len > 0 ? name : "");
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
}

void FolderWatch::on_event(int watch, std::uint32_t what, const std::string& name) {
  if ((what & IN_Q_OVERFLOW) != 0) {
    watch_folders(folder_);
    return scan(folder_);
  }
  const auto found = folders_.find(watch);
  if (found == folders_.end()) return;  // it was moved away
  const fs::path folder = found->second;
  if ((what & (IN_IGNORED | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
    folders_.erase(found);
    if (folder != folder_) return;
    throw std::runtime_error("the folder " + folder.string() +
                             " was removed or moved while it was watched");
  }
  const fs::path path = folder / name;
  if ((what & IN_ISDIR) != 0) {
    if ((what & IN_MOVED_FROM) != 0) return forget_below(path);
    watch_folders(path);
    return scan(path);
  }
  const bool complete = (what & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0;
  if (complete || ((what & IN_CREATE) != 0 && is_new_link(path))) {
    unsettled_.erase(path);
    if (completeness_of(path) == Completeness::being_written) return;
    for (const std::string& image : list_images_at(folder_, path, options_)) add(image);
  }
}

}  // namespace saccade
