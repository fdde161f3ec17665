#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "saccade/image/image.h"
#include "saccade/image/placement.h"
#include "saccade/image/prepare.h"

namespace saccade {

/// The result of reading an image.
struct Prepared {
  Prepared(const Placement& where, std::string what = "")  // NOLINT: implicit by design
      : placement(where), warning(std::move(what)) {}

  Placement placement;
  std::string warning;  ///< for the record, or empty
};

/// Reads the image at `path` into `pixels`, 3·S·S floats. Called from several threads concurrently.
/// An exception becomes the error of the record.
using PrepareFunction = std::function<Prepared(const std::string& path, float* pixels)>;

/// Loads images with load_image and prepares them with prepare_into for the given input. Images are
/// decoded at reduced size where the input allows it. Tar archives are read with one TarReader for
/// all threads.
PrepareFunction prepare_from_disk(const InputConfig& config, const LoadOptions& options = {});

/// `prepare` that tries again when a file cannot be read (ReadError, see io/image_file.h).
/// @param retries  further attempts, ≥ 0
/// @param pause    before the first one; doubled before each further one, up to 30 s
PrepareFunction with_retries(PrepareFunction prepare, std::int64_t retries,
                             std::chrono::milliseconds pause = std::chrono::seconds(1));

}  // namespace saccade
