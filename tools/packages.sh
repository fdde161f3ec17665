# The Debian packages that Saccade needs; setup.sh reads this file. Ubuntu uses the same names, except for the
# browser.

# To build the program, the library and the tests.
build_packages=(
  cmake ninja-build g++
  libtorch-dev libgloo-dev libopenblas0-openmp
  libopencv-dev libjpeg-dev libpng-dev libtiff-dev zlib1g-dev liblcms2-dev
  libvips-dev
  libpango1.0-dev pkg-config fonts-dejavu-core
  libgif-dev libarchive-dev libpugixml-dev
  nlohmann-json3-dev libcxxopts-dev libboost-dev
  libssl-dev
  libstemmer-dev wordnet-base
  libgtest-dev libgmock-dev
)

# To run the tests of the pages, of the JSON outputs and of XMP. On Ubuntu the browser has other package names, see setup.sh.
test_packages=(chromium chromium-driver curl python3 python3-jsonschema libimage-exiftool-perl)

# To build and test what writes into images, in the preset asan.
exiv2_packages=(libexiv2-dev libimage-exiftool-perl)

# To write HEIC and AVIF in tests. Debian 12's libheif includes the encoders; later versions have plugins.
codec_test_packages=()
if ! grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; then
  codec_test_packages=(libheif-plugin-x265 libheif-plugin-aomenc)
fi

# For the format and lint checks of .ci/run.
check_packages=(clang-format clang-tidy "${exiv2_packages[@]}")

# To build the fuzz targets of tools/fuzz.sh.
fuzz_packages=(clang libclang-rt-dev)
