#include "saccade/search/top_k.h"

#include <algorithm>
#include <limits>

#include <ATen/ATen.h>

namespace saccade {

namespace {

constexpr float kImpossible = -std::numeric_limits<float>::infinity();

// One pass that keeps the best k so far in order: k is small, and few words change them.
void scan(const float* row, std::int64_t words, std::int64_t k, std::int64_t* ids, float* log_p) {
  float weakest = kImpossible;
  for (std::int64_t id = 0; id < words; ++id) {
    const float value = row[id];
    if (!(value > weakest)) continue;
    std::int64_t place = k - 1;
    for (; place > 0 && log_p[place - 1] < value; --place) {
      log_p[place] = log_p[place - 1];
      ids[place] = ids[place - 1];
    }
    log_p[place] = value;
    ids[place] = id;
    weakest = log_p[k - 1];
  }
}

}  // namespace

TopK top_k(const at::Tensor& log_p, std::int64_t k) {
  TopK result;
  result.k = std::min(k, log_p.size(1));
  const auto places = static_cast<std::size_t>(log_p.size(0) * result.k);
  result.ids.assign(places, -1);
  result.log_p.assign(places, kImpossible);
  if (places == 0) return result;
  const at::Tensor dense = log_p.cpu().contiguous();
  const auto words = dense.size(1);
  for (std::int64_t row = 0; row < dense.size(0); ++row) {
    scan(dense.data_ptr<float>() + row * words, words, result.k, result.ids.data() + row * result.k,
         result.log_p.data() + row * result.k);
  }
  return result;
}

}  // namespace saccade
