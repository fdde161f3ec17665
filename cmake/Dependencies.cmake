# All dependencies are packages of the distribution; tools/setup.sh installs them.
find_package(Torch REQUIRED)
# LibTorch's headers for distributed training include those of gloo, which LibTorch does not ship.
find_path(SACCADE_GLOO_INCLUDE gloo/algorithm.h REQUIRED)
find_package(OpenCV 4 REQUIRED COMPONENTS core imgproc imgcodecs)
# JPEG and PNG are decoded with the libraries that OpenCV uses too: only they report damaged data.
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
# libtiff reads the kinds of TIFF that libvips does not; 4.5 has messages per file.
find_package(TIFF 4.5 REQUIRED)
# For compressed PNG metadata.
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.9 REQUIRED)
find_package(cxxopts REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
# libarchive reads images in tar archives.
find_package(LibArchive REQUIRED)
# pugixml merges captions into XMP files.
find_package(pugixml 1.12 REQUIRED)
# Boost.Beast is the HTTP server of `saccade serve`; headers only.
find_path(SACCADE_BOOST_INCLUDE boost/beast/http.hpp REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
# Pango renders the text in figures, in any script.
find_package(PkgConfig REQUIRED)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET pangocairo)
# Little CMS converts colors with ICC profiles.
pkg_check_modules(LCMS REQUIRED IMPORTED_TARGET lcms2)
# libvips reads TIFF, GIF, HEIC, AVIF, JPEG XL and JPEG 2000. It is loaded at run time: the build needs only its
# headers.
pkg_check_modules(VIPS REQUIRED IMPORTED_TARGET vips>=8.14)
# Named explicitly, a directory that the compiler knows already would come before those of its own headers.
list(REMOVE_ITEM VIPS_INCLUDE_DIRS ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
# giflib writes animated GIFs. Saccade's own code chooses their colors, or libimagequant, which is under the GPL,
# so that the program then is too.
if(SACCADE_WITH_IMAGEQUANT)
  pkg_check_modules(IMAGEQUANT REQUIRED IMPORTED_TARGET imagequant)
endif()
find_library(SACCADE_GIF_LIBRARY gif REQUIRED)
# Exiv2 writes captions into images. It is under the GPL, so that the program then is too.
if(SACCADE_WITH_EXIV2)
  pkg_check_modules(EXIV2 REQUIRED IMPORTED_TARGET exiv2>=0.27.5)
endif()

# Snowball stems words for METEOR; it has no CMake config.
find_path(SACCADE_STEMMER_INCLUDE libstemmer.h REQUIRED)
find_library(SACCADE_STEMMER_LIBRARY stemmer REQUIRED)
# WordNet's data files for METEOR's synonyms: read when captions are scored, not needed for the build.
set(SACCADE_WORDNET /usr/share/wordnet CACHE PATH "Folder with WordNet's index and exception files")
