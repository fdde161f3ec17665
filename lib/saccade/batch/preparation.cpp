#include "saccade/batch/preparation.h"

#include <algorithm>
#include <memory>
#include <thread>

#include "saccade/io/image_file.h"
#include "saccade/io/tar_file.h"

namespace saccade {
namespace {

constexpr std::chrono::milliseconds kLongestPause = std::chrono::seconds(30);

}  // namespace

PrepareFunction prepare_from_disk(const InputConfig& config, const LoadOptions& options) {
  LoadOptions shared = options;
  if (!shared.file.tars) shared.file.tars = std::make_shared<TarReader>();
  return [config, shared](const std::string& path, float* pixels) {
    LoadOptions reading = shared;
    reading.for_input = &config;
    Image image = load_image(path, reading);
    return Prepared(prepare_into(image, config, pixels), std::move(image.warning));
  };
}

PrepareFunction with_retries(PrepareFunction prepare, std::int64_t retries,
                             std::chrono::milliseconds pause) {
  return [prepare = std::move(prepare), retries, pause](const std::string& path, float* pixels) {
    for (std::int64_t left = retries;; --left) {
      try {
        return prepare(path, pixels);
      } catch (const ReadError&) {
        if (left == 0) throw;
      }
      const auto doubled = pause * (std::int64_t(1) << std::min<std::int64_t>(retries - left, 20));
      std::this_thread::sleep_for(std::min(doubled, kLongestPause));
    }
  };
}

}  // namespace saccade
