# Everything comes from the distribution's packages; tools/setup.sh installs them.
find_package(Torch REQUIRED)
find_package(OpenCV 4 REQUIRED COMPONENTS core imgproc imgcodecs)
find_package(nlohmann_json 3.9 REQUIRED)
find_package(cxxopts REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
# Sets the words in figures, in any script.
find_package(PkgConfig REQUIRED)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET pangocairo)

# Debian's Torch config names only targets; the API's own headers lie one folder deeper.
find_path(SACCADE_TORCH_API_INCLUDE torch/torch.h PATH_SUFFIXES torch/csrc/api/include REQUIRED)
