// Tar archives: their lists of images and their members.
#include <algorithm>

#include "saccade/io/tar_file.h"

#include "../tar_archive.h"
#include "fuzz.h"

namespace saccade::fuzz {

std::vector<std::string> seeds() {
  using namespace saccade::test;
  const std::string image = tar_file("a.jpg", jpeg_like(700));
  return {image + tar_file("a.txt", "A dog") + tar_end(),
          tar_header("folder/", 0, '5') + tar_header("b.jpg", 0, '2', "a.jpg") + tar_end(),
          image + image + tar_end(), image.substr(0, 600), tar_end()};
}

void run(std::string_view input) {
  constexpr std::size_t kLimit = 1 << 16;
  // An archive in xz may ask for a dictionary of up to 1 GiB.
  const MemoryBound bound{64, std::size_t(1088) << 20};
  const std::string path = as_file(input).string();
  TarListing listing;
  accepted(input.size(), bound, [&] { listing = list_tar(path); });
  TarReader reader;
  // In order, and then once more, for which the archive is read from its start again.
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < std::min<std::size_t>(listing.images.size(), 4); ++i) {
      std::vector<std::uint8_t> bytes;
      accepted(input.size(), bound, [&] {
        bytes = reader.read({path, listing.images[i]}, kLimit);
      });
      require(bytes.size() <= kLimit, "a member is no larger than the limit");
    }
  }
}

}  // namespace saccade::fuzz
