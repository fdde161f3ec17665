# Flags shared by the libraries, the program and the tests.
add_library(saccade_compiler INTERFACE)
# Identical for all targets that share the precompiled header: GCC ignores the header where a macro differs.
target_compile_definitions(saccade_compiler INTERFACE SACCADE_VERSION="${PROJECT_VERSION}")
# Includes -pthread, which must be the same everywhere: Pango adds it only to the library.
target_compile_options(saccade_compiler INTERFACE -pthread -Wall -Wextra -Wno-unused-parameter)
# Without OpenMP, ATen's parallel_for, a template in its headers, runs on one thread.
target_link_libraries(saccade_compiler INTERFACE OpenMP::OpenMP_CXX)
if(SACCADE_WARNINGS_AS_ERRORS)
  # GCC 14 warns of writes out of bounds where LibTorch's headers use std::vector<bool>.
  target_compile_options(saccade_compiler INTERFACE -Werror -Wno-error=array-bounds)
  if(SACCADE_SANITIZE)
    # With sanitizers, GCC 12 warns of uninitialized members inside <regex>.
    target_compile_options(saccade_compiler INTERFACE -Wno-error=maybe-uninitialized)
  endif()
endif()
if(SACCADE_SANITIZE)
  target_compile_options(saccade_compiler INTERFACE -fsanitize=${SACCADE_SANITIZE} -fno-omit-frame-pointer)
  # With sanitizers, GCC of Debian links libraries that nothing uses.
  target_link_options(saccade_compiler INTERFACE -fsanitize=${SACCADE_SANITIZE} -Wl,--as-needed)
endif()
