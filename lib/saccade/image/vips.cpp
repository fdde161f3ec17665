#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dlfcn.h>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

// GLib's headers and a type in libvips' headers are deprecated.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <vips/vips.h>
#pragma GCC diagnostic pop

#include "saccade/image/encoded_image.h"
#include "saccade/image/gif.h"
#include "saccade/image/image_builder.h"
#include "saccade/image/row_converter.h"
#include "saccade/io/tiff_tags.h"

namespace saccade {
namespace {

/// The functions of libvips, which is loaded when the first file needs it. Loading it with its 60
/// libraries and plug-ins takes 0.2 s, which other commands need not spend.
struct VipsLibrary {
#define SACCADE_VIPS_FUNCTION(name) decltype(&::name) name = nullptr
  SACCADE_VIPS_FUNCTION(vips_init);
  SACCADE_VIPS_FUNCTION(vips_block_untrusted_set);
  SACCADE_VIPS_FUNCTION(vips_operation_block_set);
  SACCADE_VIPS_FUNCTION(vips_concurrency_set);
  SACCADE_VIPS_FUNCTION(vips_cache_set_max);
  SACCADE_VIPS_FUNCTION(vips_cache_set_max_mem);
  SACCADE_VIPS_FUNCTION(vips_cache_set_max_files);
  SACCADE_VIPS_FUNCTION(vips_error_clear);
  SACCADE_VIPS_FUNCTION(vips_type_find);
  SACCADE_VIPS_FUNCTION(vips_tiffload_buffer);
  SACCADE_VIPS_FUNCTION(vips_gifload_buffer);
  SACCADE_VIPS_FUNCTION(vips_heifload_buffer);
  SACCADE_VIPS_FUNCTION(vips_jxlload_buffer);
  SACCADE_VIPS_FUNCTION(vips_jp2kload_buffer);
  SACCADE_VIPS_FUNCTION(vips_webpload_buffer);
  SACCADE_VIPS_FUNCTION(vips_pngload_buffer);
  SACCADE_VIPS_FUNCTION(vips_colourspace);
  SACCADE_VIPS_FUNCTION(vips_icc_export);
  SACCADE_VIPS_FUNCTION(vips_image_get_typeof);
  SACCADE_VIPS_FUNCTION(vips_image_get_int);
  SACCADE_VIPS_FUNCTION(vips_image_get_blob);
  SACCADE_VIPS_FUNCTION(vips_image_get_interpretation);
  SACCADE_VIPS_FUNCTION(vips_region_new);
  SACCADE_VIPS_FUNCTION(vips_region_prepare);
  SACCADE_VIPS_FUNCTION(g_object_unref);
  SACCADE_VIPS_FUNCTION(g_log_set_handler);
#undef SACCADE_VIPS_FUNCTION
};

constexpr const char* kSharedObject = "libvips.so.42";

thread_local std::vector<std::string>* warnings_of_thread = nullptr;

void note_warning(const gchar*, GLogLevelFlags, const gchar* message, gpointer) {
  constexpr std::size_t kMax = 8;
  if (warnings_of_thread && warnings_of_thread->size() < kMax) {
    warnings_of_thread->push_back(message);
  }
}

/// Allows only the necessary loaders. Loaders that libvips marks as untrusted because they are not
/// fuzzed (SVG, PDF, ImageMagick and others) stay blocked; see SECURITY in its documentation.
void restrict_loaders(const VipsLibrary& vips) {
  vips.vips_block_untrusted_set(TRUE);
  vips.vips_operation_block_set("VipsForeignLoadJxl", FALSE);
  vips.vips_operation_block_set("VipsForeignLoadJp2k", FALSE);
}

VipsLibrary* open_library() {
  void* const handle = ::dlopen(kSharedObject, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return nullptr;
  static VipsLibrary vips;
  bool found = true;
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(::dlsym(handle, name));
    found = found && function;
  };
#define SACCADE_FIND(name) find(vips.name, #name)
  SACCADE_FIND(vips_init);
  SACCADE_FIND(vips_block_untrusted_set);
  SACCADE_FIND(vips_operation_block_set);
  SACCADE_FIND(vips_concurrency_set);
  SACCADE_FIND(vips_cache_set_max);
  SACCADE_FIND(vips_cache_set_max_mem);
  SACCADE_FIND(vips_cache_set_max_files);
  SACCADE_FIND(vips_error_clear);
  SACCADE_FIND(vips_type_find);
  SACCADE_FIND(vips_tiffload_buffer);
  SACCADE_FIND(vips_gifload_buffer);
  SACCADE_FIND(vips_heifload_buffer);
  SACCADE_FIND(vips_jxlload_buffer);
  SACCADE_FIND(vips_jp2kload_buffer);
  SACCADE_FIND(vips_webpload_buffer);
  SACCADE_FIND(vips_pngload_buffer);
  SACCADE_FIND(vips_colourspace);
  SACCADE_FIND(vips_icc_export);
  SACCADE_FIND(vips_image_get_typeof);
  SACCADE_FIND(vips_image_get_int);
  SACCADE_FIND(vips_image_get_blob);
  SACCADE_FIND(vips_image_get_interpretation);
  SACCADE_FIND(vips_region_new);
  SACCADE_FIND(vips_region_prepare);
  SACCADE_FIND(g_object_unref);
  SACCADE_FIND(g_log_set_handler);
#undef SACCADE_FIND
  if (!found || vips.vips_init("saccade") != 0) return nullptr;
  restrict_loaders(vips);
  // Each calling thread decodes its own image, and no image is decoded twice, so libvips needs
  // neither threads nor a cache.
  vips.vips_concurrency_set(1);
  vips.vips_cache_set_max(0);
  vips.vips_cache_set_max_mem(0);
  vips.vips_cache_set_max_files(0);
  for (const char* domain : {"VIPS", "GLib-GObject"}) {
    vips.g_log_set_handler(domain, GLogLevelFlags(G_LOG_LEVEL_MASK & ~G_LOG_LEVEL_ERROR),
                           note_warning, nullptr);
  }
  return &vips;
}

/// Loads libvips on the first call. @return null if libvips is not installed.
const VipsLibrary* vips_library() {
  static const VipsLibrary* const vips = open_library();
  return vips;
}

/// Collects the warnings of libvips and its codecs in this thread during its lifetime.
class VipsWarnings {
 public:
  VipsWarnings() { warnings_of_thread = &texts_; }
  ~VipsWarnings() { warnings_of_thread = nullptr; }
  VipsWarnings(const VipsWarnings&) = delete;
  VipsWarnings& operator=(const VipsWarnings&) = delete;

  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

struct Unreference {
  const VipsLibrary* vips;
  void operator()(void* object) const { vips->g_object_unref(object); }
};
using ImagePointer = std::unique_ptr<VipsImage, Unreference>;
using RegionPointer = std::unique_ptr<VipsRegion, Unreference>;

[[noreturn]] void refuse_damaged(const EncodedImage& encoded) {
  refuse(encoded, "cannot be decoded: its " + std::string(to_string(encoded.header.format)) +
                      " data are damaged, truncated or of an unsupported kind");
}

[[noreturn]] void refuse_without_loader(const EncodedImage& encoded, const std::string& missing) {
  refuse(encoded, "is a " + std::string(to_string(encoded.header.format)) + " image, but " +
                      missing +
                      " is not installed; install it, or convert the image to JPEG or PNG first");
}

/// Calls the loader of the format by its name, so that no other loader is tried.
ImagePointer open_image(const EncodedImage& encoded, const VipsLibrary& vips) {
  void* const data = const_cast<std::uint8_t*>(encoded.bytes.data());
  const std::size_t size = encoded.bytes.size();
  const int page = encoded.options.frame - 1;
  const VipsFailOn fail_on =
      encoded.options.allow_truncated ? VIPS_FAIL_ON_NONE : VIPS_FAIL_ON_TRUNCATED;
  VipsImage* image = nullptr;
  const auto load = [&](auto loader, bool paged) {
    return paged ? loader(data, size, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                          "page", page, nullptr)
                 : loader(data, size, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                          nullptr);
  };
  int status = -1;
  switch (encoded.header.format) {
    case FileFormat::tiff:
      status = load(vips.vips_tiffload_buffer, true);
      break;
    case FileFormat::gif:
      status = load(vips.vips_gifload_buffer, true);
      break;
    case FileFormat::heic:
    case FileFormat::avif:
      if (!vips.vips_type_find("VipsOperation", "heifload_buffer")) {
        refuse_without_loader(encoded, "libheif for libvips");
      }
      status = load(vips.vips_heifload_buffer, true);
      break;
    case FileFormat::jpeg_xl:
      if (!vips.vips_type_find("VipsOperation", "jxlload_buffer")) {
        refuse_without_loader(encoded, "libjxl for libvips");
      }
      status = load(vips.vips_jxlload_buffer, false);
      break;
    case FileFormat::jpeg_2000:
      // libvips 8.14 writes beyond its buffers, whose size is that of the indices.
      if (encoded.header.palette) {
        refuse(
            encoded,
            "is a JPEG 2000 image with a palette, which is not supported; convert it to PNG first");
      }
      if (!vips.vips_type_find("VipsOperation", "jp2kload_buffer")) {
        refuse_without_loader(encoded, "OpenJPEG for libvips");
      }
      status = load(vips.vips_jp2kload_buffer, false);
      break;
    case FileFormat::webp:
      status = load(vips.vips_webpload_buffer, true);
      break;
    case FileFormat::png:
      status = load(vips.vips_pngload_buffer, false);
      break;
    default:
      break;
  }
  if (status != 0) {
    vips.vips_error_clear();
    refuse_damaged(encoded);
  }
  return ImagePointer(image, Unreference{&vips});
}

std::vector<std::uint8_t> icc_profile_of(const VipsLibrary& vips, VipsImage* image) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (vips.vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0 ||
      vips.vips_image_get_blob(image, VIPS_META_ICC_NAME, &data, &size) != 0) {
    return {};
  }
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  return {bytes, bytes + size};
}

/// Converts color spaces that RowConverter does not support, such as CIELAB, to sRGB.
ImagePointer in_known_colors(const EncodedImage& encoded, const VipsLibrary& vips,
                             ImagePointer image) {
  const VipsInterpretation found = vips.vips_image_get_interpretation(image.get());
  const bool known = found == VIPS_INTERPRETATION_sRGB || found == VIPS_INTERPRETATION_RGB16 ||
                     found == VIPS_INTERPRETATION_RGB || found == VIPS_INTERPRETATION_B_W ||
                     found == VIPS_INTERPRETATION_GREY16 || found == VIPS_INTERPRETATION_CMYK ||
                     found == VIPS_INTERPRETATION_scRGB || found == VIPS_INTERPRETATION_MULTIBAND;
  if (known && image->Coding == VIPS_CODING_NONE) return image;
  VipsImage* converted = nullptr;
  const bool lab = found == VIPS_INTERPRETATION_LAB || found == VIPS_INTERPRETATION_LABQ ||
                   found == VIPS_INTERPRETATION_LABS;
  // The white of CIELAB in TIFF is D50. vips_colourspace would take it for D65.
  const int status =
      lab ? vips.vips_icc_export(image.get(), &converted, "output_profile", "srgb", "intent",
                                 VIPS_INTENT_RELATIVE, nullptr)
          : vips.vips_colourspace(image.get(), &converted, VIPS_INTERPRETATION_sRGB, nullptr);
  if (status != 0) {
    vips.vips_error_clear();
    refuse_damaged(encoded);
  }
  return ImagePointer(converted, Unreference{&vips});
}

PixelFormat format_of(const EncodedImage& encoded, const VipsLibrary& vips, VipsImage* image) {
  PixelFormat format;
  format.channels = image->Bands;
  const VipsInterpretation space = vips.vips_image_get_interpretation(image);
  if (space == VIPS_INTERPRETATION_CMYK && format.channels >= 4) {
    format.model = PixelFormat::Model::cmyk;
  } else if (format.channels < 3) {
    format.model = PixelFormat::Model::grey;
  }
  if (format.channels > format.colors() && encoded.header.extra_samples != 0) {
    format.alpha = PixelFormat::Alpha::straight;
  }
  switch (image->BandFmt) {
    case VIPS_FORMAT_UCHAR:
      break;
    case VIPS_FORMAT_USHORT: {
      format.sample = PixelFormat::Sample::u16;
      format.white = 65535;
      break;
    }
    case VIPS_FORMAT_FLOAT:
      format.sample = PixelFormat::Sample::f32;
      format.white = 1;
      break;
    case VIPS_FORMAT_DOUBLE:
      format.sample = PixelFormat::Sample::f64;
      format.white = 1;
      break;
    default:
      refuse(encoded, "has signed, 32-bit or complex samples; convert it to 8 or 16 bits unsigned");
  }
  return format;
}

/// Whether a warning reports damage. Codecs also warn about harmless things such as unknown tags.
bool tells_of_damage(const std::string& text) {
  for (const char* word : {"ByteCounts", "orrupt", "runcat", "remature", "amage"}) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

std::int64_t sample_bytes(const VipsImage& image) {
  switch (image.BandFmt) {
    case VIPS_FORMAT_UCHAR:
      return 1;
    case VIPS_FORMAT_USHORT:
      return 2;
    case VIPS_FORMAT_FLOAT:
      return 4;
    default:
      return 8;
  }
}

/// The number of rows that libtiff or libpng holds in memory at once.
std::int64_t rows_held(const EncodedImage& encoded, int height) {
  constexpr std::int64_t kFew = 128;
  if (encoded.header.format == FileFormat::png) {
    const bool interlaced = encoded.bytes.big(28, 1) != 0;
    return interlaced ? height : kFew;
  }
  auto rows = read_tiff_tag(encoded.bytes, TiffTag::tile_length);
  if (!rows) rows = read_tiff_tag(encoded.bytes, TiffTag::rows_per_strip);
  const std::uint64_t stated = rows.value_or(std::uint64_t(height));
  return std::max(kFew, std::int64_t(std::min<std::uint64_t>(stated, std::uint64_t(height))) * 2);
}

/// The peak memory of libvips and the codec in bytes.
std::int64_t codec_bytes(const EncodedImage& encoded, const VipsImage& image) {
  const std::int64_t width = image.Xsize, height = image.Ysize;
  const std::int64_t sample = sample_bytes(image), pixel = sample * image.Bands;
  switch (encoded.header.format) {
    case FileFormat::jpeg_xl:  // planes of floats and the image
      return width * height * (32 + pixel);
    case FileFormat::jpeg_2000:  // 32-bit planes with their wavelets
      return width * height * 8 * image.Bands;
    case FileFormat::heic:
    case FileFormat::avif:
      return width * height * 12 * sample;
    case FileFormat::webp:
      return width * height * 16;
    case FileFormat::gif:
      return width * height * 9;
    default:
      return width * rows_held(encoded, image.Ysize) * pixel;
  }
}

/// Shows the pixels of a row that are not drawn in white.
void whiten(std::vector<std::uint8_t>& rgb, const std::vector<bool>& drawn, int row) {
  const std::size_t width = rgb.size() / 3;
  for (std::size_t x = 0; x < width; ++x) {
    if (!drawn[std::size_t(row) * width + x]) std::fill_n(&rgb[3 * x], 3, std::uint8_t(255));
  }
}

}  // namespace

bool has_vips() { return vips_library() != nullptr; }

Image read_with_vips(const EncodedImage& encoded) {
  const VipsLibrary* vips = vips_library();
  if (!vips) refuse_without_loader(encoded, "libvips");
  const VipsWarnings warnings;
  ImagePointer source = open_image(encoded, *vips);
  const int width = source->Xsize, height = source->Ysize;
  check_size(encoded, width, height);
  const std::vector<std::uint8_t> profile = icc_profile_of(*vips, source.get());
  source = in_known_colors(encoded, *vips, std::move(source));

  const PixelFormat format = format_of(encoded, *vips, source.get());
  const int orientation = encoded.header.orientation;
  const int reduction = reduction_of(encoded, width, height, orientation);
  const std::int64_t pixels = std::int64_t(width) * height;
  const DecodeShare share(
      checked_share(encoded, codec_bytes(encoded, *source) + pixels * 3 / reduction / reduction));

  ImageBuilder builder(width, height, orientation, 1, reduction);
  RowConverter converter(format, profile);
  std::vector<std::uint8_t> rgb(std::size_t(width) * 3);
  const RegionPointer region(vips->vips_region_new(source.get()), Unreference{vips});
  const bool gif_without_alpha =
      encoded.header.format == FileFormat::gif && format.alpha == PixelFormat::Alpha::none;
  const std::vector<bool> drawn =
      gif_without_alpha ? drawn_pixels(encoded.bytes, encoded.options.frame, width, height)
                        : std::vector<bool>{};
  constexpr int kRows = 16;
  bool complete = true;
  for (int y = 0; y < height && complete; y += kRows) {
    const VipsRect strip{0, y, width, std::min(kRows, height - y)};
    if (vips->vips_region_prepare(region.get(), &strip) != 0) {
      vips->vips_error_clear();
      complete = false;
      break;
    }
    const VipsPel* from = region->data + std::ptrdiff_t(y - region->valid.top) * region->bpl;
    for (int row = 0; row < strip.height; ++row, from += region->bpl) {
      converter.convert(from, width, rgb.data());
      if (gif_without_alpha) whiten(rgb, drawn, builder.rows_added());
      builder.add_row(rgb.data());
    }
  }
  if (!complete && (!encoded.options.allow_truncated || builder.rows_added() == 0)) {
    refuse_damaged(encoded);
  }
  Image image = builder.finish();
  const auto found =
      std::find_if(warnings.texts().begin(), warnings.texts().end(), tells_of_damage);
  if (!complete || !encoded.header.complete) {
    image.warning = about(encoded, "is truncated; missing pixels are gray or black");
  } else if (found != warnings.texts().end()) {
    image.warning = about(encoded, "is damaged (" + *found + ")");
  }
  return image;
}

}  // namespace saccade
