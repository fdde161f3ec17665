# The Debian packages that Saccade stands on; read by setup.sh. Ubuntu names them alike.

# What the program, the library and their tests are built with.
build_packages=(
  cmake ninja-build g++
  libtorch-dev libgloo-dev libopenblas0-openmp
  libopencv-dev
  libpango1.0-dev pkg-config fonts-dejavu-core
  nlohmann-json3-dev libcxxopts-dev
  libssl-dev
  libstemmer-dev wordnet-base
  libgtest-dev libgmock-dev
)

# What the checks of .ci/run need beyond that.
check_packages=(clang-format clang-tidy)
