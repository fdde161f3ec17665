// Loaded into the decoder before libjpeg (LD_PRELOAD), a library with errors: it decodes images as
// libjpeg does, except those of certain widths.

#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <jpeglib.h>

extern "C" boolean jpeg_start_decompress(j_decompress_ptr info) {
  switch (info->image_width) {
    case 201:
      std::raise(SIGSEGV);
      break;
    case 202:
      std::abort();
    case 203:
      for (volatile bool more = true; more;) {
      }
      break;
    case 204:
      for (constexpr std::size_t kBytes = std::size_t(16) << 20;;) {
        std::memset(new char[kBytes], 1, kBytes);
      }
    default:
      break;
  }
  static const auto decode =
      reinterpret_cast<boolean (*)(j_decompress_ptr)>(::dlsym(RTLD_NEXT, "jpeg_start_decompress"));
  return decode(info);
}
