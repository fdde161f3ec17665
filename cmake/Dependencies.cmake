# Everything comes from the distribution's packages; tools/setup.sh installs them.
find_package(Torch REQUIRED)
# LibTorch's way between processes includes gloo's headers, which it does not bring.
find_path(SACCADE_GLOO_INCLUDE gloo/algorithm.h REQUIRED)
find_package(OpenCV 4 REQUIRED COMPONENTS core imgproc imgcodecs)
# The two commonest formats are decoded by the libraries themselves, which OpenCV links, too: only they tell
# damage from noise.
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
# For what PNG packs beside its pixels.
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.9 REQUIRED)
find_package(cxxopts REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
# Sets the words in figures, in any script.
find_package(PkgConfig REQUIRED)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET pangocairo)
# Colours from their profiles.
pkg_check_modules(LCMS REQUIRED IMPORTED_TARGET lcms2)
# libvips reads TIFF, GIF, HEIC, AVIF, JPEG XL and JPEG 2000. Only its headers are built with.
pkg_check_modules(VIPS REQUIRED IMPORTED_TARGET vips>=8.14)
# The GIF that steps through the words: giflib writes it. Its colors are chosen by code of the project, or by
# libimagequant, which is under the GPL and makes the program so.
if(SACCADE_WITH_IMAGEQUANT)
  pkg_check_modules(IMAGEQUANT REQUIRED IMPORTED_TARGET imagequant)
endif()
find_library(SACCADE_GIF_LIBRARY gif REQUIRED)

# Snowball for METEOR's stems; it comes without a CMake config.
find_path(SACCADE_STEMMER_INCLUDE libstemmer.h REQUIRED)
find_library(SACCADE_STEMMER_LIBRARY stemmer REQUIRED)
# WordNet's data files for METEOR's synonyms: read when captions are scored, not needed to build.
set(SACCADE_WORDNET /usr/share/wordnet CACHE PATH "Folder with WordNet's index and exception files")
