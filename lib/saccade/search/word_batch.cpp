#include "saccade/search/word_batch.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include <ATen/ATen.h>

#include "saccade/text/vocabulary.h"

namespace saccade {
namespace {

using Ids = std::vector<std::int64_t>;

/// The number of captions, the longest first, that have a word at each step.
std::vector<std::int64_t> rows_of(const at::Tensor& lengths) {
  const auto length = lengths.accessor<std::int64_t, 1>();
  std::vector<std::int64_t> rows(static_cast<std::size_t>(length[0]), 0);
  for (std::int64_t r = 0; r < length.size(0); ++r) {
    for (std::int64_t t = 0; t < length[r]; ++t) ++rows[static_cast<std::size_t>(t)];
  }
  return rows;
}

/// The numbers 0 … n − 1 by decreasing size; ties keep their order.
template <typename Size>
std::vector<std::int64_t> largest_first(std::size_t n, const Size& size) {
  std::vector<std::int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return size(static_cast<std::size_t>(a)) > size(static_cast<std::size_t>(b));
  });
  return order;
}

}  // namespace

WordBatch make_word_batch(const Targets& targets) {
  std::vector<const Ids*> captions;
  std::vector<std::int64_t> image;
  for (std::size_t b = 0; b < targets.size(); ++b) {
    if (targets[b].empty()) throw std::invalid_argument("an image of a word batch has no caption");
    for (const Ids& caption : targets[b]) {
      if (caption.empty()) throw std::invalid_argument("a word batch holds no empty captions");
      captions.push_back(&caption);
      image.push_back(static_cast<std::int64_t>(b));
    }
  }
  if (captions.empty()) throw std::invalid_argument("a word batch needs at least one image");

  WordBatch batch;
  batch.images = static_cast<std::int64_t>(targets.size());
  batch.given = largest_first(captions.size(), [&](std::size_t i) { return captions[i]->size(); });
  const auto caption_of_row = [&](std::size_t row) -> const Ids& {
    return *captions[static_cast<std::size_t>(batch.given[row])];
  };
  const auto R = static_cast<std::int64_t>(captions.size());
  const auto T = static_cast<std::int64_t>(caption_of_row(0).size());
  batch.inputs.words = at::full({R, T}, Vocabulary::kPad, at::kLong);
  batch.targets = at::full({R, T}, Vocabulary::kPad, at::kLong);
  batch.lengths = at::empty({R}, at::kLong);
  auto before = batch.inputs.words.accessor<std::int64_t, 2>();
  auto words = batch.targets.accessor<std::int64_t, 2>();
  for (std::int64_t r = 0; r < R; ++r) {
    const auto row = static_cast<std::size_t>(r);
    const Ids& caption = caption_of_row(row);
    std::copy(caption.begin(), caption.end(), words[r].data());
    before[r][0] = Vocabulary::kStart;
    std::copy(caption.begin(), caption.end() - 1, before[r].data() + 1);
    batch.lengths[r] = static_cast<std::int64_t>(caption.size());
    batch.inputs.image.push_back(image[static_cast<std::size_t>(batch.given[row])]);
  }
  batch.inputs.rows = rows_of(batch.lengths);
  return batch;
}

WordBatch of_images(const WordBatch& batch, const std::vector<std::int64_t>& images) {
  std::vector<std::int64_t> number(static_cast<std::size_t>(batch.images), -1);
  for (std::size_t i = 0; i < images.size(); ++i) {
    number[static_cast<std::size_t>(images[i])] = static_cast<std::int64_t>(i);
  }
  WordBatch some;
  some.images = static_cast<std::int64_t>(images.size());
  std::vector<std::int64_t> rows;
  for (std::size_t r = 0; r < batch.given.size(); ++r) {
    const std::int64_t image = number[static_cast<std::size_t>(batch.inputs.image[r])];
    if (image < 0) continue;
    rows.push_back(static_cast<std::int64_t>(r));
    some.given.push_back(batch.given[r]);
    some.inputs.image.push_back(image);
  }
  if (rows.empty()) throw std::invalid_argument("a word batch needs at least one image");
  const at::Tensor chosen = at::tensor(rows, at::kLong);
  some.lengths = batch.lengths.index_select(0, chosen);
  some.inputs.rows = rows_of(some.lengths);
  const auto T = static_cast<std::int64_t>(some.inputs.rows.size());
  some.inputs.words = batch.inputs.words.index_select(0, chosen).narrow(1, 0, T).contiguous();
  some.targets = batch.targets.index_select(0, chosen).narrow(1, 0, T).contiguous();
  return some;
}

WordBatch on_device(WordBatch batch, at::Device device) {
  for (at::Tensor* x : {&batch.inputs.words, &batch.targets, &batch.lengths}) *x = x->to(device);
  return batch;
}

std::vector<std::vector<std::int64_t>> even_parts(const WordBatch& batch, std::int64_t parts) {
  std::vector<std::int64_t> words(static_cast<std::size_t>(batch.images), 0);
  const auto length = batch.lengths.accessor<std::int64_t, 1>();
  for (std::int64_t r = 0; r < length.size(0); ++r) {
    words[static_cast<std::size_t>(batch.inputs.image[static_cast<std::size_t>(r)])] += length[r];
  }
  const auto order = largest_first(words.size(), [&](std::size_t b) { return words[b]; });
  const auto n = static_cast<std::size_t>(parts);
  std::vector<std::vector<std::int64_t>> dealt(n);
  for (std::size_t i = 0; i < order.size(); ++i) {  // back and forth, so no part is always first
    const std::size_t place = i % n;
    dealt[i / n % 2 == 0 ? place : n - 1 - place].push_back(order[i]);
  }
  return dealt;
}

Positions positions_of(const WordBatch& words) {
  const std::int64_t R = words.targets.size(0), T = words.targets.size(1);
  const at::Tensor row = at::arange(R, words.targets.options()).view({R, 1}).expand({R, T});
  return {time_major(words.targets, words.inputs.rows), time_major(row, words.inputs.rows)};
}

}  // namespace saccade
