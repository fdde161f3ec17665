#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/custom_class.h>

namespace saccade {

/// The image that each of R rows attends to. Immutable and shared.
class ImageRows : public torch::CustomClassHolder {
 public:
  /// The same number K of rows for every image: those of image b are b·K … b·K + K − 1.
  /// @param images  B, at least 1
  /// @param rows    R
  /// @throws std::invalid_argument when R is not a multiple of B.
  static c10::intrusive_ptr<ImageRows> even(std::int64_t images, std::int64_t rows);
  /// @param of_row  R, the image of each row, 0 … images − 1
  /// @param images  B
  /// @throws std::invalid_argument for an image out of range.
  ImageRows(std::vector<std::int64_t> of_row, std::int64_t images);

  std::int64_t images() const { return static_cast<std::int64_t>(begin_.size()) - 1; }  ///< B
  std::int64_t rows() const { return static_cast<std::int64_t>(of_row_.size()); }       ///< R
  /// Whether the rows are in the order of `even`.
  bool is_even() const { return is_even_; }
  /// R, the image of each row.
  const std::vector<std::int64_t>& of_row() const { return of_row_; }

  /// The rows sorted by image: those of image b are order[begin(b)] … order[begin(b + 1) − 1].
  const std::vector<std::int64_t>& order() const { return order_; }
  std::int64_t begin(std::int64_t image) const { return begin_[static_cast<std::size_t>(image)]; }
  /// The number of rows of an image.
  std::int64_t count(std::int64_t image) const { return begin(image + 1) - begin(image); }

  /// The first `rows` rows, of the same images.
  c10::intrusive_ptr<ImageRows> first(std::int64_t rows) const;

 private:
  std::vector<std::int64_t> of_row_, order_, begin_;
  bool is_even_;
};

using ImageRowsPtr = c10::intrusive_ptr<ImageRows>;

}  // namespace saccade
