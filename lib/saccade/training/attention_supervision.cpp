#include "saccade/training/attention_supervision.h"

#include <algorithm>
#include <map>

#include <ATen/ATen.h>

namespace saccade {
namespace {

constexpr double kHalf = 0.5;  // minimum covered share of a cell that is inside

/// The boxes without their scores.
std::vector<Box> unscored(std::vector<Box> boxes) {
  for (Box& box : boxes) box.score = 1;
  return boxes;
}

}  // namespace

SupervisedCaption supervised_words(const std::vector<TokenPhrase>& phrases, double other_words,
                                   std::int64_t max_words) {
  std::map<std::int64_t, SupervisedWord> words;
  for (const TokenPhrase& phrase : phrases) {
    if (phrase.boxes.empty()) continue;
    for (std::size_t t = phrase.first; t < phrase.end; ++t) {
      const double weight = t + 1 == phrase.end ? 1 : other_words;
      const auto position = static_cast<std::int64_t>(t);
      if (weight <= 0 || position >= max_words) continue;
      SupervisedWord& word = words[position];
      word.weight = word.boxes.empty() ? weight : std::max(word.weight, weight);
      word.position = position;
      word.boxes.insert(word.boxes.end(), phrase.boxes.begin(), phrase.boxes.end());
    }
  }
  SupervisedCaption caption;
  for (auto& [position, word] : words) caption.push_back(std::move(word));
  return caption;
}

AttentionTargets attention_targets(const WordBatch& words,
                                   const std::vector<SupervisedCaption>& supervised,
                                   const Grid& grid) {
  std::vector<std::int64_t> before{0};  // number of words in the steps before each step
  for (const std::int64_t rows : words.inputs.rows) before.push_back(before.back() + rows);
  std::vector<std::int64_t> positions;
  std::vector<float> weights, shares, inside;
  for (std::size_t r = 0; r < words.given.size(); ++r) {
    for (const SupervisedWord& word : supervised.at(static_cast<std::size_t>(words.given[r]))) {
      const auto cover = cell_cover(word.boxes, grid);
      double sum = 0;
      for (const double cell : cover) sum += cell;
      const auto t = static_cast<std::size_t>(word.position);
      const bool said =
          t < words.inputs.rows.size() && static_cast<std::int64_t>(r) < words.inputs.rows[t];
      if (sum <= 0 || !said) continue;
      positions.push_back(before[t] + static_cast<std::int64_t>(r));
      weights.push_back(static_cast<float>(word.weight));
      for (const double cell : cover) shares.push_back(static_cast<float>(cell / sum));
      for (const double cell : cell_cover(unscored(word.boxes), grid)) {
        inside.push_back(cell >= kHalf ? 1 : 0);
      }
    }
  }
  const auto M = static_cast<std::int64_t>(positions.size());
  const std::int64_t L = grid.cells();
  return {at::tensor(positions, at::kLong), at::tensor(shares).view({M, L}),
          at::tensor(inside).view({M, L}), at::tensor(weights)};
}

at::Tensor attention_cross_entropy(const at::Tensor& alphas, const at::Tensor& shares,
                                   const at::Tensor& weights) {
  const at::Tensor of_words = -(shares * alphas.clamp_min(1e-30).log()).sum(1);
  return (weights * of_words).sum() / weights.sum();
}

double peak_in_box(const at::Tensor& alphas, const at::Tensor& inside, const at::Tensor& weights) {
  const at::Tensor hits = inside.gather(1, alphas.detach().argmax(1, true)).squeeze(1);
  return ((weights * hits).sum() / weights.sum()).item<double>();
}

}  // namespace saccade
