// PNM, PAM and PFM. OpenCV does not scale samples whose maximum is not 255 or 65535, and exchanges
// red and blue of PAM.
#include "saccade/image/netpbm.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string>
#include <vector>

#include "saccade/image/encoded_image.h"

namespace saccade {
namespace {

constexpr int kMaxValue = 65535;

bool is_space(int c) { return std::isspace(c) != 0; }
bool is_digit(int c) { return c >= '0' && c <= '9'; }

/// Reads words between white space and comments.
class Reader {
 public:
  Reader(ByteView bytes, std::size_t at) : bytes_(bytes), at_(at) {}

  std::size_t at() const { return at_; }

  /// Reads up to `max_digits` digits. @return −1 if there are none or too many.
  std::int64_t number(int max_digits = 9) {
    skip_space();
    if (!is_digit(next())) return -1;
    std::int64_t value = 0;
    for (int digits = 0; is_digit(next()); ++digits, ++at_) {
      if (digits == max_digits) return max_digits == 1 ? value : -1;
      value = value * 10 + next() - '0';
    }
    return value;
  }

  std::string word() {
    skip_space();
    constexpr std::size_t kMaxLength = 32;
    std::string text;
    for (; at_ < bytes_.size() && !is_space(next()) && text.size() < kMaxLength; ++at_) {
      text += char(next());
    }
    return text;
  }

  /// Moves past the single white space before binary samples. @return false if there is none.
  bool end_header() { return is_space(next()) && at_++ < bytes_.size(); }

 private:
  int next() const { return int(bytes_.big(at_, 1)); }
  void skip_space() {
    while (at_ < bytes_.size() && (is_space(next()) || next() == '#')) {
      at_ = next() == '#' ? bytes_.find('\n', at_) : at_ + 1;
    }
  }

  ByteView bytes_;
  std::size_t at_;
};

/// The lines "KEY VALUE" of PAM.
bool read_pam_lines(Reader& reader, NetpbmHeader& header) {
  constexpr int kMaxLines = 100;
  header.channels = 0;
  for (int line = 0; line < kMaxLines; ++line) {
    const std::string key = reader.word();
    if (key == "ENDHDR") return header.channels > 0;
    if (key == "WIDTH") {
      header.width = reader.number();
    } else if (key == "HEIGHT") {
      header.height = reader.number();
    } else if (key == "DEPTH") {
      header.channels = int(reader.number());
    } else if (key == "MAXVAL") {
      header.max = int(reader.number());
    } else if (reader.word() == "CMYK") {
      header.cmyk = true;
    }
  }
  return false;
}

/// The numbers of PNM and PFM.
void read_numbers(Reader& reader, NetpbmHeader& header) {
  header.width = reader.number();
  header.height = reader.number();
  if (header.is_float()) {
    header.little_endian = reader.word().substr(0, 1) == "-";
  } else if (!header.is_bitmap()) {
    header.max = int(reader.number());
  }
  if (header.kind == '3' || header.kind == '6' || header.kind == 'F') header.channels = 3;
}

PixelFormat format_of(const EncodedImage& encoded, const NetpbmHeader& header) {
  PixelFormat format;
  format.channels = header.channels;
  if (format.channels > 4) {
    refuse(encoded, "has " + std::to_string(format.channels) + " channels; 1 to 4 are supported");
  }
  if (format.channels < 3) format.model = PixelFormat::Model::grey;
  if (format.channels == 4 && header.cmyk) format.model = PixelFormat::Model::cmyk;
  if (format.channels > format.colors()) format.alpha = PixelFormat::Alpha::straight;
  format.white = header.max;
  if (header.is_float()) {
    format.sample = PixelFormat::Sample::f32;
  } else if (header.is_text() || header.max > 255) {
    format.sample = PixelFormat::Sample::u16;
  }
  return format;
}

/// The samples of one row after the other, in the layout of format_of.
class Rows {
 public:
  Rows(const NetpbmHeader& header, ByteView bytes)
      : header_(header),
        bytes_(bytes),
        text_(bytes, header.start),
        count_(std::size_t(header.width) * std::size_t(header.channels)) {}

  /// @return null if the file ends before the row does.
  const void* read(std::int64_t y) {
    if (header_.is_text()) return read_text();
    const std::int64_t stored = header_.is_float() ? header_.height - 1 - y : y;
    const auto size = std::size_t(header_.row_bytes());
    const std::size_t at = header_.start + std::size_t(stored) * size;
    if (!bytes_.holds(at, size)) return nullptr;
    if (header_.is_float()) {
      floats_.resize(count_);
      for (std::size_t i = 0; i < count_; ++i) {
        const auto bits =
            std::uint32_t(bytes_.number(at + 4 * i, sizeof(float), !header_.little_endian));
        std::memcpy(&floats_[i], &bits, sizeof bits);
      }
      return floats_.data();
    }
    if (header_.is_bitmap()) {
      bits_.resize(count_);
      for (std::size_t i = 0; i < count_; ++i) {
        bits_[i] = (bytes_.data()[at + i / 8] >> (7 - i % 8) & 1) == 0 ? 1 : 0;
      }
      return bits_.data();
    }
    if (header_.max <= 255) return bytes_.data() + at;
    numbers_.resize(count_);
    for (std::size_t i = 0; i < count_; ++i) {
      numbers_[i] = std::uint16_t(bytes_.big(at + 2 * i, 2));
    }
    return numbers_.data();
  }

 private:
  const void* read_text() {
    numbers_.resize(count_);
    for (std::uint16_t& number : numbers_) {
      const std::int64_t value = text_.number(header_.is_bitmap() ? 1 : 9);
      if (value < 0) return nullptr;
      number = std::uint16_t(header_.is_bitmap() ? value == 0
                                                 : std::min<std::int64_t>(value, header_.max));
    }
    return numbers_.data();
  }

  const NetpbmHeader header_;
  const ByteView bytes_;
  Reader text_;
  const std::size_t count_;
  std::vector<std::uint8_t> bits_;
  std::vector<std::uint16_t> numbers_;
  std::vector<float> floats_;
};

}  // namespace

std::int64_t NetpbmHeader::row_bytes() const {
  if (kind == '4') return (width + 7) / 8;
  return width * channels * (is_float() ? 4 : max > 255 ? 2 : 1);
}

NetpbmHeader read_netpbm_header(ByteView bytes) {
  NetpbmHeader header;
  header.kind = char(bytes.big(1, 1));
  Reader reader(bytes, 2);
  bool valid = true;
  if (header.kind == '7') {
    valid = read_pam_lines(reader, header);
  } else {
    read_numbers(reader, header);
  }
  if (!header.is_text()) valid = reader.end_header() && valid;
  header.start = reader.at();
  if (!valid || header.width < 1 || header.height < 1 || header.max < 1 || header.max > kMaxValue) {
    return {};
  }
  return header;
}

bool is_complete(const NetpbmHeader& header, ByteView bytes) {
  if (header.kind == '\0') return true;
  if (!header.is_text()) {
    const auto there = std::int64_t(bytes.size() - std::min(header.start, bytes.size()));
    return there / header.row_bytes() >= header.height;
  }
  Reader reader(bytes, header.start);
  for (std::int64_t i = header.width * header.height * header.channels; i > 0; --i) {
    if (reader.number(header.is_bitmap() ? 1 : 9) < 0) return false;
  }
  return true;
}

Image read_netpbm(const EncodedImage& encoded) {
  const NetpbmHeader header = read_netpbm_header(encoded.bytes);
  const int width = int(header.width), height = int(header.height);
  const PixelFormat format = format_of(encoded, header);
  const int reduction = reduction_of(encoded, width, height, 1);
  const std::int64_t pixels = std::int64_t(width) * height / reduction / reduction;
  const DecodeShare share(checked_share(encoded, pixels * 3));
  Rows rows(header, encoded.bytes);
  return image_of_rows(encoded, width, height, reduction, format,
                       [&](int y) { return rows.read(y); });
}

}  // namespace saccade
