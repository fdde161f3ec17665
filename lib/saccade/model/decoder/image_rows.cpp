#include "saccade/model/decoder/image_rows.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace saccade {
namespace {

bool lies_even(const std::vector<std::int64_t>& of_row, std::int64_t images) {
  const auto rows = static_cast<std::int64_t>(of_row.size());
  if (rows % images != 0) return false;
  const std::int64_t K = rows / images;
  for (std::int64_t r = 0; r < rows; ++r) {
    if (of_row[static_cast<std::size_t>(r)] != r / K) return false;
  }
  return true;
}

}  // namespace

ImageRowsPtr ImageRows::even(std::int64_t images, std::int64_t rows) {
  if (images < 1 || rows % images != 0) {
    throw std::invalid_argument(std::to_string(rows) + " rows cannot be divided evenly among " +
                                std::to_string(images) + " images");
  }
  std::vector<std::int64_t> of_row(static_cast<std::size_t>(rows));
  for (std::int64_t r = 0; r < rows; ++r) {
    of_row[static_cast<std::size_t>(r)] = r / (rows / images);
  }
  return c10::make_intrusive<ImageRows>(std::move(of_row), images);
}

ImageRows::ImageRows(std::vector<std::int64_t> of_row, std::int64_t images)
    : of_row_(std::move(of_row)),
      order_(of_row_.size()),
      begin_(static_cast<std::size_t>(images) + 1, 0) {
  for (const std::int64_t image : of_row_) {
    if (image < 0 || image >= images) {
      throw std::invalid_argument("a row refers to image " + std::to_string(image) + " of " +
                                  std::to_string(images));
    }
    ++begin_[static_cast<std::size_t>(image) + 1];
  }
  for (std::size_t b = 1; b < begin_.size(); ++b) begin_[b] += begin_[b - 1];
  std::vector<std::int64_t> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t r = 0; r < of_row_.size(); ++r) {
    const std::int64_t place = next[static_cast<std::size_t>(of_row_[r])]++;
    order_[static_cast<std::size_t>(place)] = static_cast<std::int64_t>(r);
  }
  is_even_ = lies_even(of_row_, images);
}

ImageRowsPtr ImageRows::first(std::int64_t rows) const {
  return c10::make_intrusive<ImageRows>(
      std::vector<std::int64_t>(of_row_.begin(), of_row_.begin() + rows), images());
}

}  // namespace saccade
