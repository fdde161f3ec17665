#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/model/config.h"
#include "saccade/model/encoder/encoder.h"

namespace saccade {

/// The annotations of a whole data set by an encoder that does not learn, in half precision in a
/// file that is mapped into memory. The file's name is a hash over the encoder's weights, how
/// photographs are prepared, and the bytes of every photograph: when any of these changes, it is
/// another file.
class FeatureCache {
 public:
  /// Told how many of the photographs are encoded.
  using Progress = std::function<void(std::size_t done, std::size_t all)>;

  /// Opens the features of a data set, having made them where they are not there yet.
  /// @param folder       is created
  /// @param limit_bytes  of the file
  /// @param type         the encoder's pixels are given to it in
  /// @throws std::runtime_error for a photograph that cannot be read, a file that would be larger
  ///         than the limit, a disk that is full.
  static FeatureCache open(const std::filesystem::path& folder, std::uint64_t limit_bytes,
                           const Dataset& dataset, const ModelConfig& config,
                           const Encoder& encoder, at::ScalarType type,
                           const Progress& progress = {});

  /// @param places  of images in the data set. @return B×L×D, fp16
  Features features(const std::vector<std::int64_t>& places) const;

  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  at::Tensor values_;  ///< N×L×D, fp16
  Grid grid_;
};

}  // namespace saccade
