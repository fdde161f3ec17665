#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "saccade/image/decode_memory.h"
#include "saccade/image/file_header.h"
#include "saccade/image/image.h"
#include "saccade/image/row_converter.h"
#include "saccade/io/byte_view.h"

namespace saccade {

/// A file in memory as the input of the decoders below.
struct EncodedImage {
  std::string name;  ///< for messages
  ByteView bytes;
  FileHeader header;
  LoadOptions options;
};

/// @throws std::runtime_error with the message 'image "NAME" WHAT'.
[[noreturn]] void refuse(const EncodedImage& encoded, const std::string& what);

/// The same for a file whose data end early.
[[noreturn]] void refuse_truncated(const EncodedImage& encoded);

/// 'image "NAME" WHAT', for a warning.
std::string about(const EncodedImage& encoded, const std::string& what);

/// @throws std::runtime_error for a size of zero or over decode_pixels().
void check_size(const EncodedImage& encoded, std::int64_t width, std::int64_t height);

/// The factor by which the image may be reduced when decoding, a power of 2; see
/// LoadOptions::for_input.
/// @param width, height  as stored
/// @param orientation    EXIF orientation, 1…8
int reduction_of(const EncodedImage& encoded, int width, int height, int orientation);

/// Checks that a decoder's memory is within decode_memory().
/// @return `bytes`
/// @throws std::runtime_error if it exceeds the limit.
std::int64_t checked_share(const EncodedImage& encoded, std::int64_t bytes);

/// Builds an image from its stored rows, converted from the header's profile and turned as the
/// header says. The image has a warning if the header says that the file is truncated.
/// @param row  the samples of row y in the layout of `format`, asked from top to bottom, valid
/// until
///             the next one is asked; null: the row is missing, and becomes black
Image image_of_rows(const EncodedImage& encoded, int width, int height, int reduction,
                    const PixelFormat& format, const std::function<const void*(int y)>& row);

/// Decodes JPEG with libjpeg. @throws std::runtime_error as decode_image, like the other decoders.
Image read_jpeg(const EncodedImage& encoded);
/// The peak memory of read_with_opencv in bytes.
std::int64_t opencv_bytes(const EncodedImage& encoded);
/// Decodes PNG, still WebP and FileFormat::other with OpenCV (PNG with libpng).
Image read_with_opencv(const EncodedImage& encoded);
/// Decodes BMP.
Image read_bmp(const EncodedImage& encoded);
/// Decodes PNM, PAM and PFM.
Image read_netpbm(const EncodedImage& encoded);
/// Whether a TIFF file is of a kind that libvips does not read.
bool needs_libtiff(const EncodedImage& encoded);
/// Decodes TIFF with libtiff.
Image read_with_libtiff(const EncodedImage& encoded);
/// Decodes all other formats with libvips, and large or truncated PNG files and animated WebP.
Image read_with_vips(const EncodedImage& encoded);
/// Whether the frame of options.frame differs from the still image that a PNG decoder without
/// animation shows, so that read_apng must compose it.
/// @param encoded  an animated PNG
bool needs_composition(const EncodedImage& encoded);
/// Composes a frame of an animated PNG from those before it, with dispose and blend operations on a
/// canvas that is transparent at first, as the APNG specification describes. Refuses also a frame
/// beyond the last one, and frames with more than 10 × kMaxPixels in all.
Image read_apng(const EncodedImage& encoded);
/// Whether libvips is installed. Loads it on the first call.
bool has_vips();

}  // namespace saccade
