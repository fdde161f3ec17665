// A data set folder: caption files and split lists, found by their names.
#include <fstream>
#include <unistd.h>

#include "saccade/data/dataset_listing.h"

#include "fuzz.h"

namespace saccade::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path& folder() {
  static const fs::path path = [] {
    const fs::path shared = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    const fs::path own = shared / ("saccade-fuzz-" + std::to_string(::getpid()));
    fs::create_directories(own);
    std::ofstream(own / "a.jpg") << "x";
    return own;
  }();
  return path;
}

const bool kRemovedAtTheEnd = std::atexit([] {
                                std::error_code ignored;
                                fs::remove_all(folder(), ignored);
                              }) == 0;

}  // namespace

/// Captions and a list of the training split, separated by a zero byte.
std::vector<std::string> seeds() {
  const std::string zero(1, '\0');
  return {"image,caption,split\na.jpg,a dog,train\nb.jpg,a cat,dev\n" + zero + "a.jpg\n",
          "a.jpg,a dog\na.jpg,\n" + zero + "a\na.jpg\na.jpg\n"};
}

void run(std::string_view input) {
  const auto parts = split(input, 2);
  std::ofstream(folder() / "captions.csv", std::ios::binary) << parts[0];
  std::ofstream(folder() / "train.txt", std::ios::binary) << parts[1];
  DatasetListing listing;
  const DatasetSource source{folder(), std::nullopt, {}};
  if (!accepted(input.size(), {512, 1 << 20}, [&] { listing = list_dataset(source); })) return;
  for (const DatasetFault& fault : listing.faults) {
    require(!fault.message.empty(), "a fault has a message");
  }
  for (const std::string& split : listing.splits()) {
    accepted(input.size(), {512, 1 << 20}, [&] { select_split(listing, split); });
  }
}

}  // namespace saccade::fuzz
