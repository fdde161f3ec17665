#include "saccade/model/checkpoint/zip_archive.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace saccade {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kDirectoryEntry = 0x02014b50;
constexpr std::uint32_t kDirectoryEnd = 0x06054b50;
constexpr std::uint32_t kDirectoryEnd64 = 0x06064b50;
constexpr std::uint32_t kLocator64 = 0x07064b50;
constexpr std::uint16_t kExtra64 = 0x0001;
// These values mean that the ZIP64 field holds the number.
constexpr std::uint16_t kElsewhere16 = 0xffff;
constexpr std::uint32_t kElsewhere32 = 0xffffffff;

class ZipReader {
 public:
  ZipReader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  std::map<std::string, std::string_view> entries() const {
    std::map<std::string, std::string_view> entries;
    std::vector<Extent> extents;
    const Directory directory = find_directory();
    std::uint64_t at = directory.offset;
    for (std::uint64_t i = 0; i < directory.count; ++i) {
      if (number<std::uint32_t>(at) != kDirectoryEntry) fail("its directory is damaged");
      const Entry entry = read_entry(at);
      const std::string_view data = contents(entry);
      if (!entries.emplace(entry.name, data).second) {
        fail("it has two entries named " + entry.name);
      }
      extents.push_back({entry.offset, std::uint64_t(data.data() - bytes_.data()) + data.size()});
      at = entry.end;
    }
    refuse_overlap(std::move(extents));
    return entries;
  }

 private:
  struct Directory {
    std::uint64_t count, offset;
  };
  struct Extent {
    std::uint64_t begin, end;  // of an entry, including its header
  };
  struct Entry {
    std::string name;
    std::uint64_t size, stored, offset;
    std::uint64_t end;  // of its record in the directory
  };

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(name_ + ": cannot read the ZIP archive: " + what);
  }

  std::string_view part(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) fail("it ends too early");
    return bytes_.substr(offset, size);
  }

  /// A little-endian number.
  template <typename Number>
  Number number(std::uint64_t offset) const {
    std::uint64_t value = 0;
    std::size_t shift = 0;
    for (const char byte : part(offset, sizeof(Number))) {
      value |= std::uint64_t(static_cast<unsigned char>(byte)) << shift;
      shift += 8;
    }
    return static_cast<Number>(value);
  }

  Directory find_directory() const {
    constexpr std::uint64_t kEndSize = 22, kLongestComment = 0xffff, kLocatorSize = 20;
    if (bytes_.size() < kEndSize) fail("it is too short");
    std::uint64_t end = bytes_.size() - kEndSize;
    const std::uint64_t first = end > kLongestComment ? end - kLongestComment : 0;
    while (number<std::uint32_t>(end) != kDirectoryEnd) {
      if (end == first) fail("it has no directory at its end; is the file truncated?");
      --end;
    }
    Directory directory{number<std::uint16_t>(end + 10), number<std::uint32_t>(end + 16)};
    if (directory.count != kElsewhere16 && directory.offset != kElsewhere32) return directory;
    if (end < kLocatorSize || number<std::uint32_t>(end - kLocatorSize) != kLocator64) {
      fail("its directory is damaged");
    }
    const auto end64 = number<std::uint64_t>(end - kLocatorSize + 8);
    if (number<std::uint32_t>(end64) != kDirectoryEnd64) fail("its directory is damaged");
    return {number<std::uint64_t>(end64 + 32), number<std::uint64_t>(end64 + 48)};
  }

  Entry read_entry(std::uint64_t at) const {
    const auto flags = number<std::uint16_t>(at + 8);
    const auto method = number<std::uint16_t>(at + 10);
    const auto name_size = number<std::uint16_t>(at + 28);
    const auto extra_size = number<std::uint16_t>(at + 30);
    const auto comment_size = number<std::uint16_t>(at + 32);
    Entry entry;
    entry.name = part(at + 46, name_size);
    entry.stored = number<std::uint32_t>(at + 20);
    entry.size = number<std::uint32_t>(at + 24);
    entry.offset = number<std::uint32_t>(at + 42);
    const std::uint64_t extra = at + 46 + name_size;
    entry.end = extra + extra_size + comment_size;
    read_wide_fields(extra, extra_size, entry);
    if ((flags & 1) != 0) fail(entry.name + " is encrypted");
    if (method != 0 || entry.size != entry.stored) fail(entry.name + " is compressed");
    return entry;
  }

  /// The ZIP64 block holds, in this order, only the fields that do not fit into 32 bits.
  void read_wide_fields(std::uint64_t extra, std::uint64_t extra_size, Entry& entry) const {
    const std::uint64_t end = extra + extra_size;
    while (extra + 4 <= end) {
      const auto id = number<std::uint16_t>(extra);
      const auto size = number<std::uint16_t>(extra + 2);
      extra += 4;
      if (id == kExtra64) {
        std::uint64_t at = extra;
        for (std::uint64_t* field : {&entry.size, &entry.stored, &entry.offset}) {
          if (*field != kElsewhere32) continue;
          if (at + 8 > extra + size) fail(entry.name + " has a damaged header");
          *field = number<std::uint64_t>(at);
          at += 8;
        }
        return;
      }
      extra += size;
    }
  }

  /// With overlapping entries a small file could represent any amount of data.
  void refuse_overlap(std::vector<Extent> extents) const {
    std::sort(extents.begin(), extents.end(),
              [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
    for (std::size_t i = 1; i < extents.size(); ++i) {
      if (extents[i].begin < extents[i - 1].end) fail("two of its entries overlap");
    }
  }

  std::string_view contents(const Entry& entry) const {
    if (number<std::uint32_t>(entry.offset) != kLocalHeader) {
      fail(entry.name + " is not where the directory says");
    }
    const std::uint64_t names = std::uint64_t(number<std::uint16_t>(entry.offset + 26)) +
                                number<std::uint16_t>(entry.offset + 28);
    return part(entry.offset + 30 + names, entry.size);
  }

  std::string_view bytes_;
  const std::string& name_;
};

}  // namespace

std::map<std::string, std::string_view> read_zip(std::string_view bytes, const std::string& name) {
  return ZipReader(bytes, name).entries();
}

}  // namespace saccade
