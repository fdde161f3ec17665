#include "saccade/image/tiff_directory.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace saccade {
namespace {

enum Tag : std::uint64_t {
  kImageWidth = 256,
  kImageLength = 257,
  kStripOffsets = 273,
  kOrientation = 274,
  kStripByteCounts = 279,
  kTileOffsets = 324,
  kTileByteCounts = 325,
  kExtraSamples = 338,
};

constexpr Tag kTags[] = {kImageWidth,      kImageLength, kStripOffsets,   kOrientation,
                         kStripByteCounts, kTileOffsets, kTileByteCounts, kExtraSamples};

/// Reads one directory, of classic TIFF (32-bit offsets) or BigTIFF (64-bit).
class DirectoryReader {
 public:
  explicit DirectoryReader(ByteView bytes)
      : bytes_(bytes), big_endian_(bytes.has(0, "M")), wide_(number(2, 2) == 43) {}

  TiffDirectory read() {
    const std::size_t start = std::size_t(wide_ ? number(8, 8) : number(4, 4));
    const int counter = wide_ ? 8 : 2;
    const std::size_t entry_size = wide_ ? 20 : 12;
    directory_.complete = bytes_.holds(start, std::size_t(counter));
    if (!directory_.complete) return directory_;
    const std::uint64_t entries = number(start, counter);
    const std::size_t first = start + std::size_t(counter);
    for (std::uint64_t i = 0; i < entries; ++i) {
      const std::size_t entry = first + std::size_t(i) * entry_size;
      if (!bytes_.holds(entry, entry_size)) {
        directory_.complete = false;
        return directory_;
      }
      take(entry);
    }
    directory_.complete = pieces_lie_within();
    return directory_;
  }

 private:
  struct Values {
    std::size_t offset = 0;
    std::uint64_t count = 0;
    int size = 0;  // bytes of one
  };

  std::uint64_t number(std::size_t offset, int count) const {
    return bytes_.number(offset, count, big_endian_);
  }

  std::uint64_t value(const Values& values, std::uint64_t index) const {
    return number(values.offset + std::size_t(index) * std::size_t(values.size), values.size);
  }

  /// Whether a tag is of use, and comes for the first time: decoders ignore what repeats it.
  bool is_new(std::uint64_t tag) {
    const auto known = std::find(std::begin(kTags), std::end(kTags), tag);
    if (known == std::end(kTags)) return false;
    const unsigned bit = 1u << (known - std::begin(kTags));
    const bool repeated = (seen_ & bit) != 0;
    seen_ |= bit;
    return !repeated;
  }

  void take(std::size_t entry) {
    if (!is_new(number(entry, 2))) return;
    const Values values = values_of(entry);
    const std::uint64_t one = value(values, 0);
    switch (number(entry, 2)) {
      case kImageWidth:
        directory_.width = std::int64_t(std::min<std::uint64_t>(one, UINT32_MAX));
        break;
      case kImageLength:
        directory_.height = std::int64_t(std::min<std::uint64_t>(one, UINT32_MAX));
        break;
      case kOrientation:
        directory_.orientation = one >= 1 && one <= 8 ? int(one) : 1;
        break;
      case kExtraSamples:
        directory_.extra_samples = int(std::min<std::uint64_t>(one, 2));
        break;
      case kStripOffsets:
      case kTileOffsets:
        offsets_ = values;
        break;
      case kStripByteCounts:
      case kTileByteCounts:
        byte_counts_ = values;
        break;
      default:
        break;
    }
  }

  Values values_of(std::size_t entry) const {
    static constexpr int kSizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    const std::uint64_t type = number(entry + 2, 2);
    Values values;
    values.size = type < std::size(kSizes) ? kSizes[type] : 0;
    values.count = number(entry + 4, wide_ ? 8 : 4);
    const int inside = wide_ ? 8 : 4;  // so many bytes of values fit into the entry itself
    values.offset = entry + (wide_ ? 12 : 8);
    if (values.count * std::uint64_t(values.size) > std::uint64_t(inside)) {
      values.offset = std::size_t(number(values.offset, inside));
    }
    return values;
  }

  bool pieces_lie_within() const {
    if (offsets_.count != byte_counts_.count) return false;
    const std::uint64_t pieces = std::min<std::uint64_t>(offsets_.count, bytes_.size());
    for (std::uint64_t i = 0; i < pieces; ++i) {
      if (!bytes_.holds(std::size_t(value(offsets_, i)), std::size_t(value(byte_counts_, i)))) {
        return false;
      }
    }
    return true;
  }

  ByteView bytes_;
  bool big_endian_;
  bool wide_;
  TiffDirectory directory_;
  unsigned seen_ = 0;  // a bit for each of kTags
  Values offsets_, byte_counts_;
};

}  // namespace

bool is_tiff(ByteView bytes) {
  using namespace std::string_view_literals;
  return bytes.has(0, "II*\0"sv) || bytes.has(0, "MM\0*"sv) || bytes.has(0, "II+\0"sv) ||
         bytes.has(0, "MM\0+"sv);
}

TiffDirectory read_tiff_directory(ByteView bytes) {
  return is_tiff(bytes) ? DirectoryReader(bytes).read() : TiffDirectory{};
}

}  // namespace saccade
