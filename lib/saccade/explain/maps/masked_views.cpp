#include "saccade/explain/maps/masked_views.h"

#include <sstream>
#include <stdexcept>

#include <ATen/ATen.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace saccade {
namespace {

void require_shapes(const Features& features, const at::Tensor& fillers, const at::Tensor& cells) {
  const at::Tensor& a = features.values;
  const bool fit = a.dim() == 3 && a.size(0) == 1 && fillers.dim() == 2 && cells.dim() == 2 &&
                   fillers.size(1) == a.size(2) && cells.size(1) == a.size(1);
  if (!fit) {
    std::ostringstream message;
    message << "annotations of shape " << a.sizes() << ", fillers " << fillers.sizes()
            << " and cells " << cells.sizes() << " do not match; expected 1×L×D, F×D and M×L";
    throw std::invalid_argument(message.str());
  }
  if (cells.numel() == 0) throw std::invalid_argument("start_masked needs at least one view");
  const auto highest = cells.max().item<std::int64_t>();
  if (cells.min().item<std::int64_t>() < -1 || highest >= fillers.size(0)) {
    throw std::invalid_argument("cells must hold filler indices from -1 to " +
                                std::to_string(fillers.size(0) - 1) + "; the largest is " +
                                std::to_string(highest));
  }
}

}  // namespace

State start_masked(const Decoder& decoder, const Features& features, const at::Tensor& fillers,
                   const at::Tensor& cells) {
  require_shapes(features, fillers, cells);
  const std::int64_t M = cells.size(0);
  const std::int64_t L = cells.size(1);
  // The fillers are projected as if they were additional cells of the image.
  const Features extended{at::cat({features.values, fillers.unsqueeze(0)}, 1),
                          {1, L + fillers.size(0)}};
  State state = decoder->start(extended);
  const at::Tensor own = at::arange(L, cells.options()).expand({M, L});
  const at::Tensor source = at::where(cells < 0, own, cells + L).reshape({-1});
  for (at::Tensor* x : {&state.annotations.values, &state.annotations.keys}) {
    if (x->defined()) *x = x->select(0, 0).index_select(0, source).view({M, L, -1});
  }
  state.annotations.grid = features.grid;
  const at::Tensor mean = state.annotations.values.mean(1);
  state.h = at::tanh(decoder->initial_hidden->forward(mean));
  state.c = at::tanh(decoder->initial_cell->forward(mean));
  return state;
}

State concatenate(const std::vector<State>& states) {
  if (states.empty()) throw std::invalid_argument("concatenate needs at least one state");
  State all = states.front();
  const auto join = [&](auto member) {
    std::vector<at::Tensor> parts;
    for (State state : states) parts.push_back(member(state));
    if (parts.front().defined()) member(all) = at::cat(parts);
  };
  join([](State& state) -> at::Tensor& { return state.annotations.values; });
  join([](State& state) -> at::Tensor& { return state.annotations.keys; });
  join([](State& state) -> at::Tensor& { return state.h; });
  join([](State& state) -> at::Tensor& { return state.c; });
  return all;
}

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
