#include "saccade/training/word_batch.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include <ATen/ATen.h>

#include "saccade/model/decoder.h"
#include "saccade/text/vocabulary.h"

namespace saccade {
namespace {

std::size_t longest(const std::vector<std::vector<std::int64_t>>& captions) {
  std::size_t words = 0;
  for (const auto& caption : captions) words = std::max(words, caption.size());
  return words;
}

std::vector<std::int64_t> longest_first(const Targets& targets) {
  std::vector<std::int64_t> order(targets.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return longest(targets[static_cast<std::size_t>(a)]) >
           longest(targets[static_cast<std::size_t>(b)]);
  });
  return order;
}

}  // namespace

WordBatch make_word_batch(const Targets& targets) {
  if (targets.empty()) throw std::invalid_argument("a word batch needs at least one image");
  const auto B = static_cast<std::int64_t>(targets.size());
  const auto K = static_cast<std::int64_t>(targets.front().size());
  WordBatch batch;
  batch.order = longest_first(targets);
  const auto T =
      static_cast<std::int64_t>(longest(targets[static_cast<std::size_t>(batch.order.front())]));
  batch.inputs = at::full({B, K, T}, Vocabulary::kPad, at::kLong);
  batch.targets = at::full({B, K, T}, Vocabulary::kPad, at::kLong);
  batch.lengths = at::empty({B, K}, at::kLong);
  batch.images.assign(static_cast<std::size_t>(T), 0);
  auto inputs = batch.inputs.accessor<std::int64_t, 3>();
  auto words = batch.targets.accessor<std::int64_t, 3>();
  auto lengths = batch.lengths.accessor<std::int64_t, 2>();
  for (std::int64_t b = 0; b < B; ++b) {
    const std::int64_t given = batch.order[static_cast<std::size_t>(b)];
    const auto& captions = targets[static_cast<std::size_t>(given)];
    if (static_cast<std::int64_t>(captions.size()) != K) {
      throw std::invalid_argument("a word batch needs as many captions for every image");
    }
    for (std::int64_t k = 0; k < K; ++k) {
      const auto& caption = captions[static_cast<std::size_t>(k)];
      if (caption.empty()) throw std::invalid_argument("a word batch holds no empty captions");
      inputs[b][k][0] = Vocabulary::kStart;
      for (std::size_t t = 0; t < caption.size(); ++t) {
        const auto place = static_cast<std::int64_t>(t);
        words[b][k][place] = caption[t];
        if (t + 1 < caption.size()) inputs[b][k][place + 1] = caption[t];
      }
      lengths[b][k] = static_cast<std::int64_t>(caption.size());
    }
    const std::size_t words_here = longest(captions);
    for (std::size_t t = 0; t < words_here; ++t) ++batch.images[t];
  }
  return batch;
}

WordBatch every_nth(const WordBatch& batch, std::int64_t first, std::int64_t n) {
  WordBatch some;
  for (const std::int64_t images : batch.images) {
    if (images <= first) break;
    some.images.push_back((images - first + n - 1) / n);
  }
  const auto T = static_cast<std::int64_t>(some.images.size());
  const auto rows = [&](const at::Tensor& all) { return all.slice(0, first, all.size(0), n); };
  some.inputs = rows(batch.inputs).narrow(2, 0, T).contiguous();
  some.targets = rows(batch.targets).narrow(2, 0, T).contiguous();
  some.lengths = rows(batch.lengths).contiguous();
  for (std::size_t b = static_cast<std::size_t>(first); b < batch.order.size();
       b += static_cast<std::size_t>(n)) {
    some.order.push_back(batch.order[b]);
  }
  return some;
}

Places places_of(const WordBatch& words) {
  const std::int64_t B = words.inputs.size(0), K = words.inputs.size(1), T = words.inputs.size(2);
  const at::Tensor targets = time_major(words.targets, words.images);
  const at::Tensor rows =
      time_major(at::arange(B * K, at::kLong).view({B, K, 1}).expand({B, K, T}), words.images);
  Places places;
  places.index = (targets != Vocabulary::kPad).nonzero().view({-1});
  places.targets = targets.index_select(0, places.index);
  places.row = rows.index_select(0, places.index);
  return places;
}

}  // namespace saccade
