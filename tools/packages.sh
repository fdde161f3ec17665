# The Debian packages that Saccade stands on; read by setup.sh. Ubuntu names them alike,
# but for the browser.

# What the program, the library and their tests are built with.
build_packages=(
  cmake ninja-build g++
  libtorch-dev libgloo-dev libopenblas0-openmp
  libopencv-dev libjpeg-dev libpng-dev zlib1g-dev liblcms2-dev
  libvips-dev
  libpango1.0-dev pkg-config fonts-dejavu-core
  libgif-dev
  nlohmann-json3-dev libcxxopts-dev
  libssl-dev
  libstemmer-dev wordnet-base
  libgtest-dev libgmock-dev
)

# What the tests of the pages run in beyond that: a browser, and what drives it. On Ubuntu the browser is
# another package, see setup.sh.
test_packages=(chromium chromium-driver python3)

# The tests write HEIC and AVIF with these. Debian 12's libheif has them built in; later ones bring only the
# decoders with them.
codec_test_packages=()
if ! grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; then
  codec_test_packages=(libheif-plugin-x265 libheif-plugin-aomenc)
fi

# What the checks of .ci/run need beyond that.
check_packages=(clang-format clang-tidy)

# What the fuzz targets of tools/fuzz.sh are built with beyond that.
fuzz_packages=(clang libclang-rt-dev)
