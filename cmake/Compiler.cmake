# Flags shared by the library, the program and the tests.
add_library(saccade_compiler INTERFACE)
# The same for all that share the precompiled header: GCC passes it over where a macro differs.
target_compile_definitions(saccade_compiler INTERFACE SACCADE_VERSION="${PROJECT_VERSION}")
# -pthread too: Pango brings it to the library alone.
target_compile_options(saccade_compiler INTERFACE -pthread -Wall -Wextra -Wno-unused-parameter)
# Without it ATen's parallel_for, a template of its headers, runs on one thread.
target_link_libraries(saccade_compiler INTERFACE OpenMP::OpenMP_CXX)
if(SACCADE_WARNINGS_AS_ERRORS)
  # GCC 14 takes what LibTorch's headers do with std::vector<bool> for writing out of bounds.
  target_compile_options(saccade_compiler INTERFACE -Werror -Wno-error=array-bounds)
endif()
if(SACCADE_SANITIZE)
  target_compile_options(saccade_compiler INTERFACE -fsanitize=${SACCADE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(saccade_compiler INTERFACE -fsanitize=${SACCADE_SANITIZE})
endif()
