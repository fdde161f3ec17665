#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <jpeglib.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
// After jpeglib.h, which it depends on.
#include <jerror.h>

#include "saccade/image/encoded_image.h"
#include "saccade/image/file_header.h"
#include "saccade/image/image_builder.h"
#include "saccade/image/row_converter.h"

namespace saccade {
namespace {

constexpr int kExifMarker = JPEG_APP0 + 1, kIccMarker = JPEG_APP0 + 2;
constexpr int kMaxScans = 500;  // more scans in a small file are a denial-of-service attack

/// libjpeg's decoder for bytes in memory. On errors, libjpeg is left by longjmp, so the frames
/// between libjpeg and `attempt` must not hold objects with destructors.
class JpegDecoder {
 public:
  explicit JpegDecoder(ByteView bytes) {
    info_.err = jpeg_std_error(&errors_);
    info_.client_data = this;
    errors_.error_exit = [](j_common_ptr info) {
      JpegDecoder& self = of(info);
      info->err->format_message(info, self.failure_);
      std::longjmp(self.escape_, 1);
    };
    errors_.emit_message = [](j_common_ptr info, int level) {
      if (level < 0) of(info).note_damage();
    };
    errors_.output_message = [](j_common_ptr) {};
    attempt([&] {
      jpeg_create_decompress(&info_);
      progress_.progress_monitor = [](j_common_ptr info) {
        const auto decompress = reinterpret_cast<j_decompress_ptr>(info);
        if (decompress->input_scan_number > kMaxScans) {
          std::snprintf(of(info).failure_, sizeof failure_, "it has over %d scans", kMaxScans);
          std::longjmp(of(info).escape_, 1);
        }
      };
      info_.progress = &progress_;
      open(bytes);
    });
  }
  ~JpegDecoder() { jpeg_destroy_decompress(&info_); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  /// Runs calls of libjpeg. @return false if one of them failed; failure() then gives the reason.
  template <typename Act>
  bool attempt(const Act& act) {
    if (failed_) return false;
    if (setjmp(escape_) != 0) {
      failed_ = true;
      return false;
    }
    act();
    return true;
  }

  jpeg_decompress_struct& info() { return info_; }
  const char* failure() const { return failure_; }
  /// The first damage that libjpeg reported, or empty.
  const char* damage() const { return damage_; }

  /// Whether the file ends before the end marker.
  bool ended_early() const { return ended_early_; }
  /// Whether rows were made up because the file ended early.
  bool starved() const { return starved_; }
  /// Whether a whole scan is missing, so that some coefficients lack bits: coef_bits is 0 for
  /// complete ones. Only before jpeg_finish_decompress, which frees coef_bits.
  bool lacks_scans() const {
    if (!info_.progressive_mode || !info_.coef_bits) return false;
    for (int c = 0; c < info_.num_components; ++c) {
      for (int k = 0; k < DCTSIZE2; ++k) {
        if (info_.coef_bits[c][k] != 0) return true;
      }
    }
    return false;
  }

 private:
  static JpegDecoder& of(j_common_ptr info) {
    return *static_cast<JpegDecoder*>(info->client_data);
  }

  void open(ByteView bytes) {
    source_.next_input_byte = bytes.data();
    source_.bytes_in_buffer = bytes.size();
    source_.init_source = [](j_decompress_ptr) {};
    source_.term_source = [](j_decompress_ptr) {};
    source_.resync_to_restart = jpeg_resync_to_restart;
    source_.fill_input_buffer = [](j_decompress_ptr info) -> boolean {
      static constexpr JOCTET kEnd[] = {0xFF, JPEG_EOI};
      info->src->next_input_byte = kEnd;
      info->src->bytes_in_buffer = sizeof kEnd;
      of(reinterpret_cast<j_common_ptr>(info)).ended_early_ = true;
      return TRUE;
    };
    source_.skip_input_data = [](j_decompress_ptr info, long count) {
      const std::size_t skipped = count > 0 ? std::size_t(count) : 0;
      if (skipped >= info->src->bytes_in_buffer) {
        info->src->fill_input_buffer(info);
      } else {
        info->src->next_input_byte += skipped;
        info->src->bytes_in_buffer -= skipped;
      }
    };
    info_.src = &source_;
    jpeg_save_markers(&info_, kExifMarker, 0xFFFF);
    jpeg_save_markers(&info_, kIccMarker, 0xFFFF);
  }

  void note_damage() {
    switch (errors_.msg_code) {
      case JWRN_HIT_MARKER:
        if (ended_early_) starved_ = true;
        break;
      case JWRN_ARITH_BAD_CODE:
      case JWRN_EXTRANEOUS_DATA:
      case JWRN_HUFF_BAD_CODE:
      case JWRN_MUST_RESYNC:
        break;
      default:
        return;  // other warnings, e.g. about odd header values, are harmless
    }
    if (!ended_early_ && damage_[0] == '\0') {
      errors_.format_message(reinterpret_cast<j_common_ptr>(&info_), damage_);
    }
  }

  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  jpeg_source_mgr source_{};
  std::jmp_buf escape_;
  bool failed_ = false;
  bool ended_early_ = false;
  bool starved_ = false;
  char failure_[JMSG_LENGTH_MAX] = "";
  char damage_[JMSG_LENGTH_MAX] = "";
};

PixelFormat choose_format(jpeg_decompress_struct& info) {
  PixelFormat format;
  if (info.jpeg_color_space == JCS_GRAYSCALE) {
    info.out_color_space = JCS_GRAYSCALE;
    format.model = PixelFormat::Model::grey;
    format.channels = 1;
  } else if (info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK) {
    // Inverted, as Adobe and therefore everybody writes it: 255 is no ink.
    info.out_color_space = JCS_CMYK;
    format.model = PixelFormat::Model::inverted_cmyk;
    format.channels = 4;
  } else {
    info.out_color_space = JCS_RGB;
  }
  return format;
}

int orientation_of(const jpeg_decompress_struct& info) {
  using namespace std::string_view_literals;
  for (auto marker = info.marker_list; marker; marker = marker->next) {
    const ByteView body(marker->data, marker->data_length);
    if (marker->marker == kExifMarker && body.has(0, "Exif\0\0"sv)) return exif_orientation(body);
  }
  return 1;
}

std::vector<std::uint8_t> icc_profile_of(JpegDecoder& decoder) {
  JOCTET* data = nullptr;
  unsigned size = 0;
  // A profile with inconsistent parts is ignored, and its warning does not count as damage.
  decoder.attempt([&] { jpeg_read_icc_profile(&decoder.info(), &data, &size); });
  const std::unique_ptr<JOCTET, decltype(&std::free)> owned(data, &std::free);
  return data ? std::vector<std::uint8_t>(data, data + size) : std::vector<std::uint8_t>{};
}

std::int64_t coefficient_bytes(const jpeg_decompress_struct& info) {
  std::int64_t blocks = 0;
  for (int c = 0; c < info.num_components; ++c) {
    const jpeg_component_info& component = info.comp_info[c];
    blocks += std::int64_t(component.width_in_blocks) * component.height_in_blocks;
  }
  return blocks * std::int64_t(sizeof(JBLOCK));
}

[[noreturn]] void refuse_damaged(const EncodedImage& encoded, const JpegDecoder& decoder) {
  refuse(encoded, "cannot be decoded: its JPEG data are damaged or of an unsupported kind (" +
                      std::string(decoder.failure()) + ")");
}

[[noreturn]] void refuse_cut_off(const EncodedImage& encoded) {
  refuse(encoded, "is truncated: its JPEG data end early (" + std::to_string(encoded.bytes.size()) +
                      " bytes); use --allow-truncated to read the available part");
}

}  // namespace

Image read_jpeg(const EncodedImage& encoded) {
  JpegDecoder decoder(encoded.bytes);
  jpeg_decompress_struct& info = decoder.info();
  if (!decoder.attempt([&] { jpeg_read_header(&info, TRUE); })) {
    if (decoder.ended_early()) refuse_cut_off(encoded);
    refuse_damaged(encoded, decoder);
  }
  const int width = int(info.image_width), height = int(info.image_height);
  check_size(encoded, width, height);
  if (info.num_components != 1 && info.num_components != 3 && info.num_components != 4) {
    refuse(encoded, "has " + std::to_string(info.num_components) +
                        " color components; 1, 3 and 4 are supported");
  }
  const int orientation = orientation_of(info);
  const PixelFormat format = choose_format(info);
  const int reduction = std::min(reduction_of(encoded, width, height, orientation), 8);
  info.scale_num = 1;
  info.scale_denom = unsigned(reduction);
  const std::int64_t pixels = std::int64_t(width) * height / reduction / reduction;
  const std::int64_t coefficients = jpeg_has_multiple_scans(&info) ? coefficient_bytes(info) : 0;
  const DecodeShare share(checked_share(encoded, pixels * 3 + coefficients));

  if (!decoder.attempt([&] { jpeg_start_decompress(&info); })) refuse_damaged(encoded, decoder);
  ImageBuilder builder(width, height, orientation, reduction);
  RowConverter converter(format, icc_profile_of(decoder));
  std::vector<std::uint8_t> row(std::size_t(info.output_width) * std::size_t(format.channels));
  std::vector<std::uint8_t> rgb(std::size_t(builder.row_width()) * 3);
  while (builder.rows_added() < builder.rows()) {
    JSAMPROW to = row.data();
    if (!decoder.attempt([&] { jpeg_read_scanlines(&info, &to, 1); })) {
      refuse_damaged(encoded, decoder);
    }
    converter.convert(row.data(), builder.row_width(), rgb.data());
    builder.add_row(rgb.data());
  }
  const bool lacks_scans = decoder.lacks_scans();
  decoder.attempt([&] { jpeg_finish_decompress(&info); });

  Image image = builder.finish();
  if (decoder.ended_early() && (decoder.starved() || lacks_scans)) {
    if (!encoded.options.allow_truncated) refuse_cut_off(encoded);
    image.warning = about(encoded, "is truncated; missing pixels are gray");
  } else if (decoder.damage()[0] != '\0') {
    image.warning = about(encoded, "is damaged inside (" + std::string(decoder.damage()) +
                                       "); the decodable part was used");
  } else if (decoder.ended_early()) {
    image.warning = about(encoded, "has no end marker but is otherwise complete");
  }
  return image;
}

}  // namespace saccade
