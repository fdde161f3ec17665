#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/batch/record.h"
#include "saccade/caption/caption.h"
#include "saccade/image/prepare.h"

namespace saccade {

struct PipelineOptions {
  std::int64_t batch_size = 16;     ///< images that the model captions together, ≥ 1
  std::int64_t loader_threads = 2;  ///< threads that read and prepare images, ≥ 1
  /// Prepared batches that may wait for the model, ≥ 1. Memory is bounded by (batches_ahead +
  /// workers) · batch_size · 3 · S · S floats, plus one image per loader thread.
  std::int64_t batches_ahead = 2;
  /// Batches in the model at the same time, ≥ 1. With several workers, each LibTorch operator runs
  /// on one thread, in the whole process until the run ends: this avoids synchronizing threads
  /// after every operator.
  std::int64_t workers = 1;
  /// Called several times a second on the thread that called caption_all, while it waits for the
  /// model; may be empty. It may end the process, but not the run.
  std::function<void()> while_waiting;
};

/// The result of reading an image.
struct Prepared {
  Prepared(const Placement& where, std::string what = "")
      : placement(where), warning(std::move(what)) {}

  Placement placement;
  std::string warning;  ///< for the record, or empty
};

/// Reads the image at `path` into `pixels`, 3·S·S floats. Called from several threads concurrently.
/// An exception becomes the error of the record.
using PrepareFunction = std::function<Prepared(const std::string& path, float* pixels)>;

/// Captions a batch. Called from several threads concurrently if there are several workers.
/// A std::logic_error ends the run. After any other exception the function is called again for each
/// image of the batch separately; images that fail again get the error in their record.
/// @param pixels      B×3×S×S, 1 ≤ B ≤ batch_size, valid only during the call
/// @param placements  B
/// @return the captions of each image, the best first
using CaptionFunction = std::function<std::vector<std::vector<Caption>>(
    const at::Tensor& pixels, const std::vector<Placement>& placements)>;

/// Receives the records in input order, on the thread that called caption_all. Returning false ends
/// the run.
using RecordFunction = std::function<bool(const BatchRecord& record)>;

/// The counts of a run. captioned + failed < inputs if the run was stopped.
struct BatchCounts {
  std::int64_t captioned = 0;
  std::int64_t failed = 0;
};

/// The batch size that distributes few images evenly among the workers: at most `batch_size`, at
/// least 1.
std::int64_t shared_batch_size(std::int64_t photographs, std::int64_t workers,
                               std::int64_t batch_size);

/// Loads images with load_image and prepares them with prepare_into for the given input. Images are
/// decoded at reduced size where the input allows it. Tar archives are read with one TarReader for
/// all threads.
PrepareFunction prepare_from_disk(const InputConfig& config, const LoadOptions& options = {});

/// `prepare` that tries again when a file cannot be read (ReadError, see io/image_file.h).
/// @param retries  further attempts, ≥ 0
/// @param pause    before the first one; doubled before each further one, up to 30 s
PrepareFunction with_retries(PrepareFunction prepare, std::int64_t retries,
                             std::chrono::milliseconds pause = std::chrono::seconds(1));

/// Captions images in batches. While the model captions some batches, threads prepare the next
/// ones. Memory is bounded regardless of the number of images, and a broken image affects only its
/// own record.
/// @param input_size  S
/// @throws std::invalid_argument for options out of range; std::logic_error from `caption`; any
///         exception from `on_record`.
BatchCounts caption_all(const std::vector<std::string>& paths, std::int64_t input_size,
                        const PrepareFunction& prepare, const CaptionFunction& caption,
                        const RecordFunction& on_record, const PipelineOptions& options);

}  // namespace saccade
