#include "saccade/image/vips_library.h"

#include <algorithm>
#include <dlfcn.h>

namespace saccade {
namespace {

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

}  // namespace

const VipsLibrary* vips_library() {
  static const VipsLibrary* const vips = open_library();
  return vips;
}

VipsWarnings::VipsWarnings() { warnings_of_thread = &texts_; }
VipsWarnings::~VipsWarnings() { warnings_of_thread = nullptr; }

}  // namespace saccade
