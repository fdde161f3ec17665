#pragma once

#include <string>
#include <vector>

// GLib's headers and a type in libvips' headers are deprecated.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <vips/vips.h>
#pragma GCC diagnostic pop

namespace saccade {

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

/// Loads libvips on the first call. @return null if libvips is not installed.
const VipsLibrary* vips_library();

/// Collects the warnings of libvips and its codecs in this thread during its lifetime.
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
