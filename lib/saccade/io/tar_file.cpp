#include "saccade/io/tar_file.h"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cctype>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <unordered_set>
#include <utility>

#include "saccade/io/file_format.h"

namespace saccade {
namespace {

constexpr std::size_t kBlock = 1 << 16;

bool is_image(const std::string& name, const std::string& start) {
  return has_image_extension(name) || image_format_of(start) != nullptr;
}

/// libarchive's last error in brackets, or empty.
std::string reason_of(archive* from) {
  const char* reason = ::archive_error_string(from);
  return reason != nullptr ? " (" + std::string(reason) + ")" : "";
}

/// Why an archive cannot be opened. libarchive unpacks the start of compressed data to look at it.
std::string opening_problem(archive* from) {
  const std::string reason = reason_of(from);
  return reason.empty() || reason == " (Unrecognized archive format)"
             ? "is damaged from its start, or is not a tar archive"
             : "is truncated or damaged" + reason + "; none of its members can be read";
}

}  // namespace

std::string_view without_tar_extension(std::string_view path) {
  static constexpr std::array<std::string_view, 6> kEndings{".tar",     ".tgz",    ".tar.gz",
                                                            ".tar.bz2", ".tar.xz", ".tar.zst"};
  for (const std::string_view ending : kEndings) {
    if (path.size() > ending.size() &&
        std::equal(
            ending.begin(), ending.end(), path.end() - std::ptrdiff_t(ending.size()),
            [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); })) {
      return path.substr(0, path.size() - ending.size());
    }
  }
  return path;
}

bool has_tar_extension(std::string_view path) {
  return without_tar_extension(path).size() < path.size();
}

std::optional<TarMember> tar_member(const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string archive = path.substr(0, slash);
    if (slash + 1 == path.size() || !has_tar_extension(archive)) continue;
    std::error_code error;
    if (std::filesystem::is_regular_file(archive, error))
      return {{archive, path.substr(slash + 1)}};
  }
  return std::nullopt;
}

TarStream::TarStream(std::string path)
    : path_(std::move(path)), archive_(::archive_read_new(), &::archive_read_free) {
  if (!archive_) throw std::bad_alloc();
  file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (file_ < 0 || ::fstat(file_, &status) != 0) {
    const std::string reason = std::generic_category().message(errno);
    if (file_ >= 0) ::close(file_);
    fail("cannot be opened: " + reason);
  }
  const bool regular = S_ISREG(status.st_mode);
  if (regular) {
    ::archive_read_support_format_tar(archive_.get());
    ::archive_read_support_filter_gzip(archive_.get());
    ::archive_read_support_filter_bzip2(archive_.get());
    ::archive_read_support_filter_xz(archive_.get());
    ::archive_read_support_filter_zstd(archive_.get());
  }
  if (!regular || ::archive_read_open_fd(archive_.get(), file_, kBlock) != ARCHIVE_OK) {
    ::close(file_);
    fail(!regular              ? "is not a regular file"
         : status.st_size == 0 ? "is empty (0 bytes)"
                               : opening_problem(archive_.get()));
  }
}

TarStream::~TarStream() {
  archive_.reset();
  ::close(file_);
}

void TarStream::fail(const std::string& what) const {
  throw std::runtime_error("tar archive \"" + path_ + "\" " + what);
}

void TarStream::fail_in_member() const {
  fail("is truncated or damaged in the member \"" + name_ + "\", which starts at byte " +
       std::to_string(position_) + reason_of(archive_.get()));
}

void TarStream::skip() {
  if (std::exchange(entry_, nullptr) != nullptr &&
      ::archive_read_data_skip(archive_.get()) < ARCHIVE_WARN) {
    fail_in_member();
  }
}

bool TarStream::next() {
  for (;;) {
    skip();
    const auto position = ::archive_filter_bytes(archive_.get(), 0);
    archive_entry* entry = nullptr;
    const int status = ::archive_read_next_header(archive_.get(), &entry);
    const auto place = [&] {
      return "after " + (name_.empty() ? "its start" : "the member \"" + name_ + "\"") +
             ", at byte " + std::to_string(position);
    };
    start_.reset();
    if (status == ARCHIVE_EOF) {
      // A complete archive ends with blocks of zeros, which were read just now.
      if (::archive_filter_bytes(archive_.get(), 0) > position) return false;
      fail("has no end mark, so it is probably truncated: it stops " + place());
    }
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
      fail("is truncated or damaged " + place() + reason_of(archive_.get()));
    }
    entry_ = entry;
    position_ = position;
    const char* name = ::archive_entry_pathname(entry_);
    name_ = name != nullptr ? name : "";
    const auto type = ::archive_entry_filetype(entry_);
    const bool is_link = type == AE_IFLNK || ::archive_entry_hardlink(entry_) != nullptr;
    if (!name_.empty() && (type == AE_IFREG || is_link)) return true;
  }
}

std::string TarStream::owner() const {
  const char* owner = entry_ != nullptr ? ::archive_entry_uname(entry_) : nullptr;
  return owner != nullptr ? owner : "";
}

std::size_t TarStream::read(void* bytes, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const auto part =
        ::archive_read_data(archive_.get(), static_cast<char*>(bytes) + done, count - done);
    if (part < 0) fail_in_member();
    if (part == 0) break;
    done += static_cast<std::size_t>(part);
  }
  return done;
}

const std::string& TarStream::start() {
  if (!start_) {
    start_.emplace(kSignatureBytes, '\0');
    start_->resize(read(start_->data(), start_->size()));
  }
  return *start_;
}

std::vector<std::uint8_t> TarStream::bytes(std::size_t limit) {
  const char* target = ::archive_entry_hardlink(entry_);
  if (target == nullptr) target = ::archive_entry_symlink(entry_);
  if (target != nullptr) {
    fail("stores \"" + name_ + "\" as a link to \"" + target +
         "\"; links in tar archives are not followed");
  }
  const std::string& first = start();
  std::vector<std::uint8_t> bytes(first.begin(), first.end());
  // The stated size of a damaged member may be wrong, so memory grows with what is there.
  for (std::size_t chunk = kBlock;; chunk = bytes.size()) {
    const std::size_t have = bytes.size();
    bytes.resize(have + chunk);
    bytes.resize(have + read(bytes.data() + have, chunk));
    if (bytes.size() > limit) {
      fail("stores \"" + name_ + "\", which is larger than " + std::to_string(limit >> 20) +
           " MiB; scale it down first");
    }
    if (bytes.size() < have + chunk) return bytes;
  }
}

TarListing list_tar(const std::string& path) {
  TarListing listing;
  std::unordered_set<std::string> names;
  std::string twice;
  try {
    TarStream stream(path);
    while (stream.next()) {
      const bool image = is_image(stream.name(), stream.start());
      stream.skip();
      if (!image) continue;
      if (names.insert(stream.name()).second) {
        listing.images.push_back(stream.name());
      } else if (twice.empty()) {
        twice = stream.name();
      }
    }
  } catch (const std::runtime_error& error) {
    listing.problem = error.what();
  }
  if (listing.problem.empty() && !twice.empty()) {
    listing.problem = "tar archive \"" + path + "\" has several members named \"" + twice +
                      "\", of which only the first is used; give each its own name";
  }
  return listing;
}

std::optional<std::vector<std::uint8_t>> TarReader::Archive::take_kept(const std::string& name) {
  const auto found =
      std::find_if(kept.begin(), kept.end(), [&](const Kept& one) { return one.name == name; });
  if (found == kept.end()) return std::nullopt;
  std::vector<std::uint8_t> bytes = std::move(found->bytes);
  kept_bytes -= bytes.size();
  kept.erase(found);
  return bytes;
}

/// Keeps the current member if another thread may ask for it.
void TarReader::Archive::keep() {
  if (!is_image(stream->name(), stream->start())) return;
  try {
    kept.push_back({stream->name(), stream->bytes(kKeptBytes)});
  } catch (const std::runtime_error&) {
    return;  // the thread that asks for it gets the reason
  }
  kept_bytes += kept.back().bytes.size();
  while (kept_bytes > kKeptBytes) {
    kept_bytes -= kept.front().bytes.size();
    kept.pop_front();
  }
}

/// Reads on to the member. @return std::nullopt at the end of the archive
std::optional<std::vector<std::uint8_t>> TarReader::Archive::search(const std::string& name,
                                                                    std::size_t limit,
                                                                    bool keep_others) {
  try {
    if (!stream) stream = std::make_unique<TarStream>(path);
    while (stream->next()) {
      if (stream->name() == name) return stream->bytes(limit);
      if (keep_others) keep();
    }
    stream.reset();
    return std::nullopt;
  } catch (...) {
    stream.reset();
    throw;
  }
}

std::shared_ptr<TarReader::Archive> TarReader::opened(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(archives_.begin(), archives_.end(),
                                  [&](const auto& one) { return one->path == path; });
  if (found != archives_.end()) {
    archives_.splice(archives_.begin(), archives_, found);
  } else {
    archives_.push_front(std::make_shared<Archive>(path));
    if (archives_.size() > kOpenArchives) archives_.pop_back();
  }
  return archives_.front();
}

std::vector<std::uint8_t> TarReader::read(const TarMember& member, std::size_t limit) {
  const std::shared_ptr<Archive> archive = opened(member.archive);
  const std::lock_guard lock(archive->mutex);
  if (auto bytes = archive->take_kept(member.name)) return std::move(*bytes);
  if (archive->stream) {
    try {
      if (auto bytes = archive->search(member.name, limit, true)) return std::move(*bytes);
    } catch (const std::runtime_error&) {
      // The member may come before the damage: search from the start.
    }
  }
  if (auto bytes = archive->search(member.name, limit, false)) return std::move(*bytes);
  throw std::runtime_error("tar archive \"" + member.archive + "\" has no member \"" + member.name +
                           "\"");
}

}  // namespace saccade
