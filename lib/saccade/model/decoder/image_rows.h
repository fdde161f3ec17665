#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/custom_class.h>

namespace saccade {

/// Which image each of R rows looks at. Never changes; shared by all that need to know.
class ImageRows : public torch::CustomClassHolder {
 public:
  /// As many rows for every image: those of image b are b·K … b·K + K − 1.
  /// @throws std::invalid_argument when R is no multiple of B.
  static c10::intrusive_ptr<ImageRows> even(std::int64_t images, std::int64_t rows);
  /// @param of_row  R, each 0 … images − 1
  /// @throws std::invalid_argument for a number outside.
  ImageRows(std::vector<std::int64_t> of_row, std::int64_t images);

  std::int64_t images() const { return static_cast<std::int64_t>(begin_.size()) - 1; }
  std::int64_t rows() const { return static_cast<std::int64_t>(of_row_.size()); }
  /// Whether they lie as `even` has them.
  bool is_even() const { return is_even_; }
  const std::vector<std::int64_t>& of_row() const { return of_row_; }

  /// The rows image by image: those of image b are order[begin(b)] … order[begin(b + 1) − 1].
  const std::vector<std::int64_t>& order() const { return order_; }
  std::int64_t begin(std::int64_t image) const { return begin_[static_cast<std::size_t>(image)]; }
  std::int64_t count(std::int64_t image) const { return begin(image + 1) - begin(image); }

  /// The first so many rows.
  c10::intrusive_ptr<ImageRows> first(std::int64_t rows) const;

 private:
  std::vector<std::int64_t> of_row_, order_, begin_;
  bool is_even_;
};

using ImageRowsPtr = c10::intrusive_ptr<ImageRows>;

}  // namespace saccade
