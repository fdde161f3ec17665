#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct archive;
struct archive_entry;

namespace saccade {

/// Whether the name ends as that of a tar archive: .tar, .tgz, or .tar with .gz, .bz2, .xz or .zst,
/// ignoring case. Does not read the file.
bool has_tar_extension(std::string_view path);

/// A file in a tar archive. Its path, in records and on the command line, is ARCHIVE/NAME.
struct TarMember {
  std::string archive;
  std::string name;  ///< as stored in the archive
};

/// The path without that ending.
std::string_view without_tar_extension(std::string_view path);

/// Splits a path that continues behind a tar archive, e.g. "shards/0.tar/a.jpg".
/// @return std::nullopt unless the path begins with an existing file that has_tar_extension.
std::optional<TarMember> tar_member(const std::string& path);

/// Reads a tar archive from its start to its end, without unpacking it. The archive may be
/// compressed with gzip, bzip2, xz or zstd. All errors are std::runtime_error that name the archive
/// and the damaged place.
class TarStream {
 public:
  /// @throws std::runtime_error if the file cannot be opened or is not a tar archive.
  explicit TarStream(std::string path);
  ~TarStream();
  TarStream(const TarStream&) = delete;
  TarStream& operator=(const TarStream&) = delete;

  /// Goes to the next member that is a file or a link. @return false at the end of the archive
  /// @throws std::runtime_error if the archive is damaged or truncated. Then read no further.
  bool next();
  /// Passes over the rest of the member.
  /// @throws std::runtime_error if the archive ends within it.
  void skip();
  const std::string& name() const { return name_; }
  /// The name of the member's owner, or empty.
  std::string owner() const;
  /// The first bytes of the member, at most kSignatureBytes.
  const std::string& start();
  /// All bytes of the member.
  /// @throws std::runtime_error if it is a link or larger than `limit` bytes.
  std::vector<std::uint8_t> bytes(std::size_t limit);

 private:
  std::size_t read(void* bytes, std::size_t count);
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_in_member() const;

  const std::string path_;
  int file_ = -1;
  std::unique_ptr<archive, int (*)(archive*)> archive_;
  archive_entry* entry_ = nullptr;  // null before the first member and after skip()
  std::int64_t position_ = 0;       // of the member's header, in bytes of the uncompressed archive
  std::string name_;
  std::optional<std::string> start_;
};

/// The images of a tar archive.
struct TarListing {
  /// Names of the members that are images by their content or their name, in order.
  std::vector<std::string> images;
  /// Why the list is not complete or not unique, or empty. The images up to the problem are listed.
  std::string problem;
};

/// Lists the images of a tar archive. Other members are skipped. Never throws for a bad archive.
TarListing list_tar(const std::string& path);

/// Reads members of tar archives by name. Requests that follow the order of the archives read each
/// archive once; those of several threads may overtake each other. At most kOpenArchives archives
/// are open, and the members that were overtaken take up to kKeptBytes of memory for each.
/// Safe to use from several threads.
class TarReader {
 public:
  static constexpr std::size_t kOpenArchives = 4;
  static constexpr std::size_t kKeptBytes = std::size_t(64) << 20;

  /// The bytes of the first member of this name.
  /// @throws std::runtime_error if there is none, it is a link or larger than `limit` bytes, or the
  ///         archive is damaged.
  std::vector<std::uint8_t> read(const TarMember& member, std::size_t limit);

 private:
  struct Kept {
    std::string name;
    std::vector<std::uint8_t> bytes;
  };
  struct Archive {
    explicit Archive(std::string name) : path(std::move(name)) {}

    std::optional<std::vector<std::uint8_t>> take_kept(const std::string& name);
    void keep();
    std::optional<std::vector<std::uint8_t>> search(const std::string& name, std::size_t limit,
                                                    bool keep_others);

    const std::string path;
    std::mutex mutex;                   // guards the rest
    std::unique_ptr<TarStream> stream;  // null: starts anew
    std::deque<Kept> kept;              // overtaken members, oldest first
    std::size_t kept_bytes = 0;
  };

  std::shared_ptr<Archive> opened(const std::string& path);

  std::mutex mutex_;
  std::list<std::shared_ptr<Archive>> archives_;  // the most recent first
};

}  // namespace saccade
