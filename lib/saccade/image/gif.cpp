// The structure of GIF, as its specification (89a) describes it.
#include "saccade/image/gif.h"

#include <algorithm>
#include <cstddef>

namespace saccade {
namespace {

enum Disposal { kToBackground = 2, kToPrevious = 3 };

struct Frame {
  std::int64_t left = 0, top = 0, width = 0, height = 0;
  int disposal = 0;  // what happens to the frame before the next one is drawn
};

/// The bytes of a color table, by the flags of a descriptor.
std::size_t table_size(std::uint64_t flags) {
  return (flags & 0x80) == 0 ? 0 : std::size_t(3) << ((flags & 7) + 1);
}

/// The offset after a sequence of blocks, each of which begins with its length.
std::size_t after_blocks(ByteView bytes, std::size_t at) {
  for (; at < bytes.size(); at += 1 + std::size_t(bytes.big(at, 1))) {
    if (bytes.big(at, 1) == 0) return at + 1;
  }
  return bytes.size();
}

/// The first `most` frames.
std::vector<Frame> read_frames(ByteView bytes, int most) {
  constexpr std::uint64_t kExtension = 0x21, kControl = 0xF9, kImage = 0x2C;
  std::vector<Frame> frames;
  int disposal = 0;
  std::size_t at = 13 + table_size(bytes.big(10, 1));
  while (bytes.holds(at, 10) && int(frames.size()) < most) {
    const std::uint64_t kind = bytes.big(at, 1);
    if (kind == kExtension) {
      if (bytes.big(at + 1, 1) == kControl) disposal = int(bytes.big(at + 3, 1) >> 2 & 7);
      at = after_blocks(bytes, at + 2);
    } else if (kind == kImage) {
      const auto field = [&](std::size_t place) {
        return std::int64_t(bytes.little(at + place, 2));
      };
      frames.push_back({field(1), field(3), field(5), field(7), disposal});
      disposal = 0;
      at = after_blocks(bytes, at + 11 + table_size(bytes.big(at + 9, 1)));
    } else {
      break;
    }
  }
  return frames;
}

}  // namespace

GifSize read_gif_size(ByteView bytes) {
  GifSize size{std::int64_t(bytes.little(6, 2)), std::int64_t(bytes.little(8, 2))};
  for (const Frame& first : read_frames(bytes, 1)) {
    size.width = std::max(size.width, first.left + first.width);
    size.height = std::max(size.height, first.top + first.height);
  }
  return size;
}

std::vector<bool> drawn_pixels(ByteView bytes, int frame, int width, int height) {
  std::vector<bool> drawn(std::size_t(width) * std::size_t(height));
  const auto set = [&](const Frame& one, bool value) {
    const std::int64_t right = std::min<std::int64_t>(width, one.left + one.width);
    const std::int64_t bottom = std::min<std::int64_t>(height, one.top + one.height);
    for (std::int64_t y = one.top; y < bottom && one.left < right; ++y) {
      std::fill(drawn.begin() + y * width + one.left, drawn.begin() + y * width + right, value);
    }
  };
  const std::vector<Frame> frames = read_frames(bytes, frame);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const bool last = i + 1 == frames.size();
    if (!last && frames[i].disposal == kToPrevious) continue;
    set(frames[i], last || frames[i].disposal != kToBackground);
  }
  return drawn;
}

}  // namespace saccade
