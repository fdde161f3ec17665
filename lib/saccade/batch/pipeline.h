#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/caption/caption.h"
#include "saccade/image/prepare.h"

namespace saccade {

/// What became of one photograph of a run.
struct BatchRecord {
  std::int64_t index = 0;         ///< its place among the inputs
  std::string path;               ///< as given
  std::vector<Caption> captions;  ///< the best first; empty when there is an error
  std::string error;              ///< empty, or why there is no caption
  std::string warning;            ///< empty, or what the caption may suffer from
};

struct PipelineOptions {
  std::int64_t batch_size = 16;     ///< photographs that the model captions at once, ≥ 1
  std::int64_t loader_threads = 2;  ///< threads that read and prepare photographs, ≥ 1
  /// Batches that may lie prepared before the model takes them, ≥ 1; with those in the model this
  /// bounds the memory: (ahead + workers) · batch_size · 3 · S · S floats, and one photograph per
  /// decoder.
  std::int64_t batches_ahead = 2;
  /// Batches in the model at once, ≥ 1. When there are several, LibTorch's operators run on one
  /// thread each, in the whole process until the run ends: that wastes no time in waiting for one
  /// another after every operator.
  std::int64_t workers = 1;
};

/// A photograph that was read.
struct Prepared {
  Prepared(const Placement& where, std::string what = "")
      : placement(where), warning(std::move(what)) {}

  Placement placement;
  std::string warning;  ///< the record's, or empty
};

/// Reads the photograph at `path` into `pixels`, 3·S·S floats. Called by several threads at once.
/// What it throws becomes the record's error.
using PrepareFunction = std::function<Prepared(const std::string& path, float* pixels)>;

/// @param pixels B×3×S×S, 1 ≤ B ≤ batch_size, valid during the call only; @param placements B.
/// Called by several threads at once when there are several workers.
/// @return the captions of each image, the best first. A std::logic_error that it throws ends the
///         run. After any other exception it is called again for each image of the batch alone; the
///         error becomes that of the records for which it comes again.
using CaptionFunction = std::function<std::vector<std::vector<Caption>>(
    const at::Tensor& pixels, const std::vector<Placement>& placements)>;

/// Receives the records in input order, in the thread that called caption_all; false ends the run.
using RecordFunction = std::function<bool(const BatchRecord& record)>;

/// How a run ended. captioned + failed < inputs when it was stopped.
struct BatchCounts {
  std::int64_t captioned = 0;
  std::int64_t failed = 0;
};

/// The size of batches with which few photographs are shared out among the workers evenly: at most
/// `batch_size`, at least 1.
std::int64_t shared_batch_size(std::int64_t photographs, std::int64_t workers,
                               std::int64_t batch_size);

/// load_image and prepare_into, as the model's bundle says.
/// The pixels are decoded only as large as the input needs.
PrepareFunction prepare_from_disk(const InputConfig& config, const LoadOptions& options = {});

/// Captions photographs in batches: while the model is at some, threads prepare the next ones.
/// Memory is bounded whatever the number of photographs, and a broken one costs only its own
/// record.
/// @param input_size  S
/// @throws std::invalid_argument for options out of range, and whatever `caption` or `on_record`
/// throws.
BatchCounts caption_all(const std::vector<std::string>& paths, std::int64_t input_size,
                        const PrepareFunction& prepare, const CaptionFunction& caption,
                        const RecordFunction& on_record, const PipelineOptions& options);

}  // namespace saccade
