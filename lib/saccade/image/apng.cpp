#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/image/encoded_image.h"
#include "saccade/image/image_builder.h"
#include "saccade/image/png_decoder.h"
#include "saccade/image/row_converter.h"

namespace saccade {
namespace {

constexpr std::int64_t kMaxAllPixels = 10 * kMaxPixels;
constexpr std::size_t kLongestPalette = 256 * 3;

enum Dispose { kKeep = 0, kBackground = 1, kPrevious = 2 };

/// A frame as its fcTL chunk describes it.
struct Frame {
  std::int64_t width = 0, height = 0, x = 0, y = 0;
  int dispose = kKeep;
  bool over = false;           ///< blended over the canvas instead of replacing it
  std::vector<ByteView> data;  ///< the compressed pixels, in parts

  cv::Rect rect() const { return {int(x), int(y), int(width), int(height)}; }
};

struct Animation {
  ByteView header;                 ///< the body of IHDR
  ByteView palette, transparency;  ///< whole chunks; empty if absent
  std::vector<Frame> frames;
  bool starts_with_image = false;  ///< the still image is the first frame
};

Frame read_control(ByteView body) {
  Frame frame;
  frame.width = std::int64_t(body.big(4, 4));
  frame.height = std::int64_t(body.big(8, 4));
  frame.x = std::int64_t(body.big(12, 4));
  frame.y = std::int64_t(body.big(16, 4));
  frame.dispose = int(body.big(24, 1));
  frame.over = body.big(25, 1) == 1;
  return frame;
}

Animation read_animation(ByteView bytes) {
  Animation animation;
  bool image = false;  // whether the still image has begun
  for (std::size_t at = 8; bytes.holds(at, 12);) {
    const std::size_t length = std::size_t(bytes.big(at, 4));
    if (!bytes.holds(at + 12, length)) break;
    const ByteView type = bytes.slice(at + 4, 4), body = bytes.slice(at + 8, length);
    if (type.has(0, "IHDR")) {
      animation.header = body;
    } else if (type.has(0, "PLTE") && length <= kLongestPalette) {
      animation.palette = bytes.slice(at, length + 12);
    } else if (type.has(0, "tRNS") && length <= kLongestPalette) {
      animation.transparency = bytes.slice(at, length + 12);
    } else if (type.has(0, "fcTL")) {
      animation.frames.push_back(read_control(body));
      if (!image) animation.starts_with_image = true;
    } else if (type.has(0, "IDAT")) {
      image = true;
      if (animation.starts_with_image) animation.frames.front().data.push_back(body);
    } else if (type.has(0, "fdAT") && !animation.frames.empty()) {
      animation.frames.back().data.push_back(body.slice(4, length));
    } else if (type.has(0, "IEND")) {
      break;
    }
    at += 12 + length;
  }
  return animation;
}

void put_number(std::vector<std::uint8_t>& out, std::uint64_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(std::uint8_t(value >> shift));
}

void put_chunk(std::vector<std::uint8_t>& out, std::string_view type,
               const std::vector<ByteView>& parts) {
  std::size_t length = 0;
  for (const ByteView& part : parts) length += part.size();
  put_number(out, length);
  const std::size_t start = out.size();
  out.insert(out.end(), type.begin(), type.end());
  for (const ByteView& part : parts) out.insert(out.end(), part.data(), part.data() + part.size());
  put_number(out, ::crc32(0, out.data() + start, uInt(out.size() - start)));
}

/// The frame as a PNG file of its own.
std::vector<std::uint8_t> png_of(const Animation& animation, const Frame& frame) {
  std::vector<std::uint8_t> size;
  put_number(size, std::uint64_t(frame.width));
  put_number(size, std::uint64_t(frame.height));
  const std::string_view signature = "\x89PNG\r\n\x1A\n";
  std::vector<std::uint8_t> out(signature.begin(), signature.end());
  put_chunk(out, "IHDR", {ByteView(size.data(), size.size()), animation.header.slice(8, 5)});
  for (const ByteView& chunk : {animation.palette, animation.transparency}) {
    out.insert(out.end(), chunk.data(), chunk.data() + chunk.size());
  }
  put_chunk(out, "IDAT", frame.data);
  put_chunk(out, "IEND", {});
  return out;
}

/// The pixels as BGRA with 8 bits.
cv::Mat as_bgra(const cv::Mat& pixels) {
  cv::Mat bytes = pixels, out;
  if (pixels.depth() == CV_16U) pixels.convertTo(bytes, CV_8U, 1.0 / 257);
  if (bytes.channels() == 4) return bytes;
  cv::cvtColor(bytes, out, bytes.channels() == 1 ? cv::COLOR_GRAY2BGRA : cv::COLOR_BGR2BGRA);
  return out;
}

/// Blends straight-alpha pixels over others.
void blend(const cv::Mat& pixels, cv::Mat canvas) {
  for (int y = 0; y < pixels.rows; ++y) {
    const std::uint8_t* from = pixels.ptr(y);
    std::uint8_t* to = canvas.ptr(y);
    for (int x = 0; x < pixels.cols; ++x, from += 4, to += 4) {
      const unsigned above = from[3] * 255u, below = to[3] * (255u - from[3]);
      const unsigned alpha = above + below;
      if (alpha == 0) continue;
      for (int c = 0; c < 3; ++c) {
        to[c] = std::uint8_t((from[c] * above + to[c] * below + alpha / 2) / alpha);
      }
      to[3] = std::uint8_t((alpha + 127) / 255);
    }
  }
}

/// Whether nothing of the canvas before the frame remains visible.
bool covers_all(const Frame& frame, const EncodedImage& encoded) {
  return !frame.over && frame.x == 0 && frame.y == 0 && frame.width == encoded.header.width &&
         frame.height == encoded.header.height;
}

/// The frame from which composition must start, so that `last` is right.
std::size_t first_needed(const std::vector<Frame>& frames, std::size_t last,
                         const EncodedImage& encoded) {
  for (std::size_t i = last; i > 0; --i) {
    if (covers_all(frames[i], encoded) && (i == last || frames[i].dispose != kPrevious)) return i;
  }
  return 0;
}

void check_frames(const EncodedImage& encoded, const std::vector<Frame>& frames, std::size_t start,
                  std::size_t end) {
  std::int64_t pixels = 0;
  for (std::size_t i = start; i < end; ++i) {
    const Frame& frame = frames[i];
    const std::string which = "frame " + std::to_string(i + 1);
    if (frame.width < 1 || frame.height < 1 || frame.x + frame.width > encoded.header.width ||
        frame.y + frame.height > encoded.header.height) {
      refuse(encoded, "is damaged: its " + which + " exceeds the image");
    }
    if (frame.data.empty()) refuse(encoded, "is damaged: its " + which + " has no pixels");
    pixels += frame.width * frame.height;
    if (pixels > kMaxAllPixels) {
      refuse(encoded, "needs over " + std::to_string(kMaxAllPixels / 1'000'000) +
                          " megapixels of earlier frames for frame " +
                          std::to_string(encoded.options.frame) +
                          "; extract the frame first, e.g. with ffmpeg");
    }
  }
}

cv::Mat decode_frame(const EncodedImage& encoded, const Animation& animation, std::size_t i) {
  try {
    const std::vector<std::uint8_t> png = png_of(animation, animation.frames[i]);
    return as_bgra(decode_png(ByteView(png.data(), png.size())));
  } catch (const std::runtime_error& error) {
    refuse(encoded, "cannot be decoded: frame " + std::to_string(i + 1) + " is damaged (" +
                        error.what() + ")");
  }
}

/// The canvas when the frame `last` is shown.
cv::Mat compose(const EncodedImage& encoded, const Animation& animation, std::size_t last) {
  const std::vector<Frame>& frames = animation.frames;
  const std::size_t start = first_needed(frames, last, encoded);
  check_frames(encoded, frames, start, last + 1);
  cv::Mat canvas(int(encoded.header.height), int(encoded.header.width), CV_8UC4,
                 cv::Scalar::all(0));
  for (std::size_t i = start; i <= last; ++i) {
    const Frame& frame = frames[i];
    cv::Mat area = canvas(frame.rect());
    // Before the first frame the canvas is transparent, so that "previous" is the background.
    const bool restore = i < last && frame.dispose == kPrevious && i > 0;
    const cv::Mat before = restore ? area.clone() : cv::Mat();
    const cv::Mat pixels = decode_frame(encoded, animation, i);
    if (frame.over) {
      blend(pixels, area);
    } else {
      pixels.copyTo(area);
    }
    if (i == last || frame.dispose == kKeep) continue;
    if (restore) {
      before.copyTo(area);
    } else {
      area.setTo(cv::Scalar::all(0));
    }
  }
  return canvas;
}

}  // namespace

bool needs_composition(const EncodedImage& encoded) {
  return encoded.options.frame > 1 || !read_animation(encoded.bytes).starts_with_image;
}

Image read_apng(const EncodedImage& encoded) {
  const Animation animation = read_animation(encoded.bytes);
  const auto frame = std::size_t(encoded.options.frame);
  if (frame > animation.frames.size()) {
    refuse(encoded, "has no frame " + std::to_string(frame) + "; it contains " +
                        std::to_string(animation.frames.size()) + " frames");
  }
  // The canvas, what is under a frame, the decoded frame (up to 16 bits) and its copy, the result.
  constexpr std::int64_t kBytesPerPixel = 4 + 4 + 8 + 4 + 3;
  const DecodeShare share(
      checked_share(encoded, encoded.header.width * encoded.header.height * kBytesPerPixel));
  const cv::Mat canvas = compose(encoded, animation, frame - 1);
  PixelFormat format;
  format.model = PixelFormat::Model::bgr;
  format.channels = 4;
  format.alpha = PixelFormat::Alpha::straight;
  const int orientation = encoded.header.orientation;
  ImageBuilder builder(canvas.cols, canvas.rows, orientation, 1,
                       reduction_of(encoded, canvas.cols, canvas.rows, orientation));
  RowConverter converter(format, encoded.header.icc_profile);
  std::vector<std::uint8_t> rgb(std::size_t(canvas.cols) * 3);
  for (int y = 0; y < canvas.rows; ++y) {
    converter.convert(canvas.ptr(y), canvas.cols, rgb.data());
    builder.add_row(rgb.data());
  }
  return builder.finish();
}

}  // namespace saccade
