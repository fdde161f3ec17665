#include "saccade/explain/maps/blur.h"

#include <ATen/ATen.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace saccade {

at::Tensor blur_cells(const at::Tensor& pixels, const std::vector<std::int64_t>& cells,
                      const Grid& grid) {
  const int S = int(pixels.size(1));
  cv::Mat hidden = cv::Mat::zeros(int(grid.rows), int(grid.cols), CV_32F);
  for (const std::int64_t cell : cells) {
    hidden.at<float>(int(cell / grid.cols), int(cell % grid.cols)) = 1;
  }
  cv::Mat share;
  cv::resize(hidden, share, cv::Size(S, S), 0, 0, cv::INTER_NEAREST);
  cv::GaussianBlur(share, share, cv::Size(), S / 100.0);
  at::Tensor blurred = pixels.contiguous().clone();
  for (std::int64_t channel = 0; channel < pixels.size(0); ++channel) {
    cv::Mat plane(S, S, CV_32F, blurred[channel].data_ptr<float>());
    cv::Mat smooth;
    cv::GaussianBlur(plane, smooth, cv::Size(), S / 16.0);
    plane += (smooth - plane).mul(share);
  }
  return blurred;
}

}  // namespace saccade
