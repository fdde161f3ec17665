#pragma once

#include <string>
#include <vector>

// GLib's headers, and a deprecated type in libvips' own.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <vips/vips.h>
#pragma GCC diagnostic pop

namespace saccade {

/// libvips, loaded when the first file needs it: with what it brings (60 libraries, plug-ins) that
/// takes 0.2 s, which no other command should pay. Its functions by their own names, without the
/// prefix.
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

/// @return null when this machine has no libvips.
const VipsLibrary* vips_library();

/// What libvips and its codecs warn of in this thread while it lives.
class VipsWarnings {
 public:
  VipsWarnings();
  ~VipsWarnings();
  VipsWarnings(const VipsWarnings&) = delete;
  VipsWarnings& operator=(const VipsWarnings&) = delete;

  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

}  // namespace saccade
