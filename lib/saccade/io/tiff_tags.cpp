#include "saccade/io/tiff_tags.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace saccade {

bool is_tiff(ByteView bytes) {
  using namespace std::string_view_literals;
  return bytes.has(0, "II*\0"sv) || bytes.has(0, "MM\0*"sv) || bytes.has(0, "II+\0"sv) ||
         bytes.has(0, "MM\0+"sv);
}

std::optional<std::uint64_t> read_tiff_tag(ByteView bytes, TiffTag tag) {
  if (!is_tiff(bytes)) return std::nullopt;
  const bool big_endian = bytes.has(0, "M");
  const auto number = [&](std::size_t at, int count) {
    return bytes.number(at, count, big_endian);
  };
  const bool wide = number(2, 2) == 43;  // BigTIFF: 64-bit counts and offsets
  const int offset_size = wide ? 8 : 4;
  const std::size_t counter_size = wide ? 8 : 2;
  const std::size_t entry_size = wide ? 20 : 12;
  const std::size_t directory = std::size_t(number(wide ? 8 : 4, offset_size));
  if (!bytes.holds(directory, counter_size)) return std::nullopt;
  // A damaged file may claim more entries than its bytes can hold.
  const std::uint64_t entries =
      std::min<std::uint64_t>(number(directory, int(counter_size)), bytes.size() / entry_size);
  static constexpr int kSizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + counter_size + std::size_t(i) * entry_size;
    if (!bytes.holds(entry, entry_size)) return std::nullopt;
    if (number(entry, 2) != std::uint64_t(tag)) continue;
    const std::uint64_t type = number(entry + 2, 2);
    const int size = type < std::size(kSizes) ? kSizes[type] : 0;
    const std::uint64_t count = number(entry + 4, offset_size);
    if (size == 0 || count == 0) return std::nullopt;
    std::size_t at = entry + 4 + std::size_t(offset_size);
    // Values that do not fit into the entry are stored at an offset.
    if (count > std::uint64_t(offset_size / size)) at = std::size_t(number(at, offset_size));
    return number(at, size);
  }
  return std::nullopt;
}

}  // namespace saccade
