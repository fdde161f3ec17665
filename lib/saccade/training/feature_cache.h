#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/io/progress.h"
#include "saccade/model/config.h"
#include "saccade/model/encoder/encoder.h"

namespace saccade {

/// The annotations of a data set from a frozen encoder, in half precision, in a memory-mapped file.
/// The file name contains a hash of the encoder's weights, the preprocessing and the bytes of every
/// image, so that any change leads to another file.
class FeatureCache {
 public:
  /// Opens the features of a data set. Computes them first if the file does not exist.
  /// @param folder       created if necessary
  /// @param limit_bytes  maximum size of the file
  /// @param type         of the encoder's input pixels
  /// @throws std::runtime_error for an image that cannot be read, a file larger than the limit, or
  ///         a full disk.
  static FeatureCache open(const std::filesystem::path& folder, std::uint64_t limit_bytes,
                           const Dataset& dataset, const ModelConfig& config,
                           const Encoder& encoder, at::ScalarType type,
                           const Progress& progress = {});

  /// @param indices  B, indices of images in the data set. @return B×L×D, fp16, on the CPU
  Features features(const std::vector<std::int64_t>& indices) const;

  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  at::Tensor values_;  ///< N×L×D, fp16
  Grid grid_;
};

}  // namespace saccade
