#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/batch/preparation.h"
#include "saccade/batch/record.h"
#include "saccade/caption/caption.h"
#include "saccade/image/placement.h"

namespace saccade {

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

/// Explains an image's caption, for BatchRecord::verdicts. Called as CaptionFunction is. After an
/// exception that is not a std::logic_error, the image gets the error in its record.
/// @param pixels  3×S×S, valid only during the call
using ExplainFunction = std::function<std::vector<WordVerdict>(
    const at::Tensor& pixels, const Placement& placement, const Caption& caption)>;

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
  /// Explains the best caption of each image; may be empty.
  ExplainFunction explain;
  /// Called several times a second on the thread that called caption_all, while it waits for the
  /// model; may be empty. It may end the process, but not the run.
  std::function<void()> while_waiting;
};

/// The batch size that distributes few images evenly among the workers: at most `batch_size`, at
/// least 1.
std::int64_t shared_batch_size(std::int64_t photographs, std::int64_t workers,
                               std::int64_t batch_size);

/// Captions images in batches. While the model captions some batches, threads prepare the next
/// ones. Memory is bounded regardless of the number of images, and a broken image affects only its
/// own record.
/// @param input_size  S
/// @throws std::invalid_argument for options out of range; std::logic_error from `caption`; any
///         exception from `on_record`.
BatchCounts caption_all(const std::vector<std::string>& paths, std::int64_t input_size,
                        const PrepareFunction& prepare, const CaptionFunction& caption,
                        const RecordFunction& on_record, const PipelineOptions& options);

/// The same for some of the images. @param selected  their indices, in the order of the records
BatchCounts caption_selected(const std::vector<std::string>& paths,
                             const std::vector<std::int64_t>& selected, std::int64_t input_size,
                             const PrepareFunction& prepare, const CaptionFunction& caption,
                             const RecordFunction& on_record, const PipelineOptions& options);

}  // namespace saccade
