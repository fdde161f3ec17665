#include <algorithm>
#include <climits>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/image/byte_view.h"
#include "saccade/image/codec_noise.h"
#include "saccade/image/file_header.h"
#include "saccade/image/image.h"
#include "saccade/image/jpeg_decoder.h"
#include "saccade/image/loaded_image.h"
#include "saccade/image/png_decoder.h"
#include "saccade/text/error_text.h"

namespace saccade {
namespace {

constexpr std::size_t kMaxFileBytes = INT_MAX;  // OpenCV counts an encoded buffer in an int

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

void check_size(const std::string& name, std::int64_t width, std::int64_t height) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width < 1 || height < 1) {
    throw std::runtime_error("image " + quoted(name) + " has a size of zero (" + size + ")");
  }
  if (width > kMaxPixels / height) {
    throw std::runtime_error("image " + quoted(name) + " is too large: " + size +
                             " pixels, and the limit is " + std::to_string(kMaxPixels / 1'000'000) +
                             " megapixels; reduce it first");
  }
}

/// The pixels as they are stored: orientation, alpha and 16 bits are ours to treat, and OpenCV
/// would drop them.
cv::Mat decode_as_stored(const std::vector<std::uint8_t>& bytes, FileFormat format,
                         std::string& damage) {
  if (format == FileFormat::jpeg) return decode_jpeg(bytes, damage);
  if (format == FileFormat::png) return decode_png(bytes);
  const QuietThread quiet;
  const cv::Mat buffer(1, int(bytes.size()), CV_8U, const_cast<std::uint8_t*>(bytes.data()));
  return cv::imdecode(buffer, cv::IMREAD_UNCHANGED);
}

cv::Mat decode(const std::vector<std::uint8_t>& bytes, FileFormat format, const std::string& name,
               std::string& damage) {
  cv::Mat decoded;
  std::string reason;
  try {
    decoded = decode_as_stored(bytes, format, damage);
  } catch (const std::exception& error) {
    reason = " (" + plain_reason(error) + ")";
  }
  if (decoded.empty()) {
    throw std::runtime_error(
        "image " + quoted(name) +
        " cannot be decoded: it is damaged or of a kind that is not supported" + reason);
  }
  return decoded;
}

/// EXIF's eight orientations, as what to do to the stored pixels to see them upright.
cv::Mat upright(const cv::Mat& stored, int orientation) {
  cv::Mat out;
  switch (orientation) {
    case 2:
      cv::flip(stored, out, 1);
      break;
    case 3:
      cv::flip(stored, out, -1);
      break;
    case 4:
      cv::flip(stored, out, 0);
      break;
    case 5:
      cv::transpose(stored, out);
      break;
    case 6:
      cv::rotate(stored, out, cv::ROTATE_90_CLOCKWISE);
      break;
    case 7:
      cv::transpose(stored, out);
      cv::flip(out, out, -1);
      break;
    case 8:
      cv::rotate(stored, out, cv::ROTATE_90_COUNTERCLOCKWISE);
      break;
    default:
      out = stored;
      break;
  }
  return out;
}

/// What a fourth channel (or a second) is to the colours.
enum class Alpha { straight, associated, ignored };

Alpha alpha_of(const FileHeader& header, const cv::Mat& pixels) {
  if (header.format != FileFormat::tiff || header.extra_samples < 0) return Alpha::straight;
  if (header.extra_samples == 0) return Alpha::ignored;
  // TIFF's 8-bit pixels come through libtiff's RGBA interface, which multiplies them by alpha.
  const bool multiplied = header.extra_samples == 1 || pixels.depth() == CV_8U;
  return multiplied ? Alpha::associated : Alpha::straight;
}

/// The sample's value for white: floating-point images hold 0…1.
template <typename T>
constexpr double white() {
  return std::is_floating_point_v<T> ? 1.0 : double(std::numeric_limits<T>::max());
}

/// A colour and its opacity, in units of T, laid on white and rounded to 0…255.
template <typename T>
std::uint8_t to_byte(double colour, double alpha, Alpha alpha_kind) {
  const double laid = alpha_kind == Alpha::associated ? colour : colour * (alpha / white<T>());
  const double value = (laid + white<T>() - alpha) * (255.0 / white<T>());
  return std::uint8_t(std::clamp(std::isnan(value) ? 0.0 : value, 0.0, 255.0) + 0.5);
}

template <typename T>
void convert_row(const T* from, int width, int channels, Alpha alpha_kind, std::uint8_t* to) {
  const bool has_alpha = channels % 2 == 0 && alpha_kind != Alpha::ignored;
  for (int x = 0; x < width; ++x, from += channels, to += 3) {
    const double alpha = has_alpha ? double(from[channels - 1]) : white<T>();
    for (int c = 0; c < 3; ++c) {
      const double colour = double(channels < 3 ? from[0] : from[2 - c]);  // OpenCV stores BGR
      to[c] = to_byte<T>(colour, alpha, alpha_kind);
    }
  }
}

template <typename T>
void convert(const cv::Mat& from, Alpha alpha_kind, Image& to) {
  for (int y = 0; y < from.rows; ++y) {
    convert_row(from.ptr<T>(y), from.cols, from.channels(), alpha_kind,
                to.rgb.data() + std::size_t(y) * std::size_t(from.cols) * 3);
  }
}

Image to_image(const cv::Mat& pixels, Alpha alpha_kind, const std::string& name) {
  Image image;
  image.width = pixels.cols;
  image.height = pixels.rows;
  image.rgb.resize(std::size_t(pixels.cols) * std::size_t(pixels.rows) * 3);
  cv::Mat target(pixels.rows, pixels.cols, CV_8UC3, image.rgb.data());
  if (pixels.type() == CV_8UC3) {
    cv::cvtColor(pixels, target, cv::COLOR_BGR2RGB);
  } else if (pixels.type() == CV_8UC1) {
    cv::cvtColor(pixels, target, cv::COLOR_GRAY2RGB);
  } else if (pixels.channels() > 4) {
    throw std::runtime_error("image " + quoted(name) + " has " + std::to_string(pixels.channels()) +
                             " channels; 1 to 4 are supported");
  } else {
    switch (pixels.depth()) {
      case CV_8U:
        convert<std::uint8_t>(pixels, alpha_kind, image);
        break;
      case CV_16U:
        convert<std::uint16_t>(pixels, alpha_kind, image);
        break;
      case CV_32F:
        convert<float>(pixels, alpha_kind, image);
        break;
      case CV_64F:
        convert<double>(pixels, alpha_kind, image);
        break;
      default:
        throw std::runtime_error(
            "image " + quoted(name) +
            " has signed integer samples; convert it to 8 or 16 bits unsigned");
    }
  }
  return image;
}

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path, const std::string& name) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("image " + quoted(name) + " cannot be opened for reading");
  std::error_code no_size;  // a pipe has none
  const auto stated = std::filesystem::file_size(path, no_size);
  std::size_t chunk = no_size ? std::size_t(1) << 20 : std::size_t(stated) + 1;
  std::vector<std::uint8_t> bytes;
  while (in) {
    if (bytes.size() + (no_size ? 0 : std::size_t(stated)) > kMaxFileBytes) {
      throw std::runtime_error("image " + quoted(name) +
                               " is a file of over 2 GB; reduce it first");
    }
    const std::size_t have = bytes.size();
    bytes.resize(have + chunk);
    in.read(reinterpret_cast<char*>(bytes.data() + have), std::streamsize(chunk));
    bytes.resize(have + std::size_t(in.gcount()));
    chunk = std::max(std::size_t(1) << 20, bytes.size());
  }
  if (in.bad()) throw std::runtime_error("image " + quoted(name) + " cannot be read to its end");
  return bytes;
}

/// Spares reading a film of many gigabytes to find that it is no image.
void check_readable(const std::filesystem::path& path, const std::string& name) {
  char start[32] = {};
  std::ifstream in(path, std::ios::binary);
  in.read(start, sizeof start);
  if (in.gcount() == 0) return;
  const ByteView view(reinterpret_cast<const std::uint8_t*>(start), std::size_t(in.gcount()));
  if (read_file_header(view).format == FileFormat::unknown && !cv::haveImageReader(path.string())) {
    throw std::runtime_error("file " + quoted(name) + " is not an image that can be read");
  }
}

}  // namespace

LoadedImage decode_image_with_warning(const std::vector<std::uint8_t>& bytes,
                                      const std::string& name) {
  if (bytes.empty()) throw std::runtime_error("image " + quoted(name) + " is empty (0 bytes)");
  if (bytes.size() > kMaxFileBytes) {
    throw std::runtime_error("image " + quoted(name) + " is over 2 GB; reduce it first");
  }
  const FileHeader header = read_file_header(ByteView(bytes.data(), bytes.size()));
  const bool known = header.format != FileFormat::unknown;
  if (!header.complete) {
    throw std::runtime_error("image " + quoted(name) + " is cut off: its " +
                             to_string(header.format) + " data stop before their end (" +
                             std::to_string(bytes.size()) + " bytes)");
  }
  if (known) check_size(name, header.width, header.height);
  std::string damage;
  const cv::Mat pixels = decode(bytes, header.format, name, damage);
  check_size(name, pixels.cols, pixels.rows);
  LoadedImage loaded;
  if (!damage.empty()) {
    loaded.warning = "image " + quoted(name) + " is damaged inside (" + damage +
                     "); what could be decoded of it was used";
  }
  // OpenCV's TIFF reader has already turned the pixels.
  const bool turned = header.format == FileFormat::tiff;
  loaded.image =
      to_image(upright(pixels, turned ? 1 : header.orientation), alpha_of(header, pixels), name);
  return loaded;
}

Image decode_image(const std::vector<std::uint8_t>& bytes, const std::string& name) {
  return decode_image_with_warning(bytes, name).image;
}

LoadedImage load_image_with_warning(const std::filesystem::path& path) {
  const std::string name = path.string();
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (!std::filesystem::exists(status) && std::filesystem::is_symlink(path, ignored)) {
    throw std::runtime_error("image " + quoted(name) + " is a link to " +
                             quoted(std::filesystem::read_symlink(path, ignored).string()) +
                             ", which does not exist");
  }
  if (!std::filesystem::exists(status)) {
    throw std::runtime_error("image " + quoted(name) + " does not exist");
  }
  if (std::filesystem::is_directory(status)) {
    throw std::runtime_error("image " + quoted(name) + " is a folder, not a file");
  }
  if (std::filesystem::is_regular_file(status)) check_readable(path, name);
  return decode_image_with_warning(read_bytes(path, name), name);
}

Image load_image(const std::filesystem::path& path) { return load_image_with_warning(path).image; }

}  // namespace saccade
