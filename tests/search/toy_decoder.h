#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "saccade/search/step_function.h"
#include "saccade/text/vocabulary.h"

namespace saccade::test {

using Ids = std::vector<std::int64_t>;

/// A decoder whose outputs are hashes, so that a test can compute them for any sentence without a
/// search. The distribution depends on the image and the last two words. Map, gate and cell depend
/// on the image and all previous words, so that the map of another hypothesis is detected. The
/// state holds the image and the words in h, and the image also in the annotations: a step throws
/// where rows and annotations do not match.
class ToyDecoder {
 public:
  static constexpr std::int64_t kCells = 5;

  explicit ToyDecoder(std::int64_t words, std::uint64_t seed, double sharpness = 2)
      : words_(words), seed_(seed), sharpness_(sharpness) {}

  std::int64_t words() const { return words_; }
  std::int64_t calls = 0, rows = 0;  ///< of the step function, so far

  State start(const Ids& images) const {
    const auto count = static_cast<std::int64_t>(images.size());
    State state;
    state.annotations.grid = {1, kCells};
    state.annotations.values =
        torch::tensor(images).to(at::kFloat).reshape({count, 1, 1}).expand({count, kCells, 1});
    state.annotations.keys = state.annotations.values;
    state.h = torch::tensor(images).to(at::kFloat).reshape({count, 1});
    state.c = torch::zeros({count, 1});
    return state;
  }

  /// log p of the next word, V.
  std::vector<double> log_p(std::int64_t image, const Ids& past) const {
    std::vector<double> result(static_cast<std::size_t>(words_));
    double sum = 0;
    for (std::int64_t id = 0; id < words_; ++id) {
      sum += std::exp(result[static_cast<std::size_t>(id)] = logit(image, past, id));
    }
    for (double& value : result) value -= std::log(sum);
    return result;
  }
  /// log p of a whole sentence, including the end word.
  double log_prob(std::int64_t image, const Ids& sentence) const {
    double sum = 0;
    std::vector<std::int64_t> past;
    for (const auto id : sentence) {
      sum += log_p(image, past)[static_cast<std::size_t>(id)];
      past.push_back(id);
    }
    return sum + log_p(image, past)[Vocabulary::kEnd];
  }
  float alpha(std::int64_t image, const Ids& past, std::int64_t cell) const {
    float sum = 0;
    for (std::int64_t i = 0; i < kCells; ++i) sum += weight(image, past, i);
    return weight(image, past, cell) / sum;
  }
  float gate(std::int64_t image, const Ids& past) const {
    return static_cast<float>(random(image, past, 100));
  }
  std::int64_t cell(std::int64_t image, const Ids& past) const {
    return static_cast<std::int64_t>(random(image, past, 101) * kCells);
  }

  /// The step function. The toy must outlive it.
  StepFunction step_function() {
    return [this](const State& state, const at::Tensor& words) { return step(state, words); };
  }

 private:
  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9ULL;
    return x ^ (x >> 32);
  }
  double random(std::int64_t image, const Ids& past, std::int64_t key) const {
    std::uint64_t hash = mix(seed_ + 1) + static_cast<std::uint64_t>(image);
    for (const auto id : past) hash = mix(hash) + static_cast<std::uint64_t>(id) + 1;
    hash = mix(mix(hash) + static_cast<std::uint64_t>(key));
    return static_cast<double>(hash >> 11) / 9007199254740992.0;
  }
  double logit(std::int64_t image, const Ids& past, std::int64_t id) const {
    const auto seen = past.size() > 2 ? past.end() - 2 : past.begin();
    return 2 * sharpness_ * random(image, {seen, past.end()}, 1000 + id);
  }
  float weight(std::int64_t image, const Ids& past, std::int64_t cell) const {
    return static_cast<float>(0.01 + random(image, past, 200 + cell));
  }

  Step step(const State& state, const at::Tensor& words) {
    const auto count = state.rows();
    const auto per_image = count / state.annotations.images();
    if (count % state.annotations.images() != 0 || words.size(0) != count) {
      throw std::logic_error("the numbers of rows, words and images do not match");
    }
    ++calls;
    rows += count;
    Step result;
    result.logits = torch::empty({count, words_});
    result.alpha = torch::empty({count, kCells});
    result.gate = torch::empty({count});
    result.cell = torch::empty({count}, at::kLong);
    for (std::int64_t row = 0; row < count; ++row) {
      const auto image = static_cast<std::int64_t>(state.h[row][0].item<float>());
      if (state.annotations.values[row / per_image][0][0].item<float>() !=
          static_cast<float>(image)) {
        throw std::logic_error("the annotations of a row belong to another image");
      }
      std::vector<std::int64_t> past;
      for (std::int64_t i = 2; i < state.h.size(1); ++i) {
        past.push_back(static_cast<std::int64_t>(state.h[row][i].item<float>()));
      }
      const auto word = words[row].item<std::int64_t>();
      if ((state.h.size(1) == 1) != (word == Vocabulary::kStart)) {
        throw std::logic_error("the start word is valid in the first step only");
      }
      if (word != Vocabulary::kStart) past.push_back(word);
      for (std::int64_t id = 0; id < words_; ++id) result.logits[row][id] = logit(image, past, id);
      for (std::int64_t i = 0; i < kCells; ++i) result.alpha[row][i] = alpha(image, past, i);
      result.gate[row] = gate(image, past);
      result.cell[row] = cell(image, past);
    }
    result.next = state;
    result.next.h = at::cat({state.h, words.to(at::kFloat).unsqueeze(1)}, 1);
    return result;
  }

  std::int64_t words_;
  std::uint64_t seed_;
  double sharpness_;
};

/// A model with constant logits.
inline StepFunction constant(const std::vector<float>& logits) {
  return [logits](const State& state, const at::Tensor& words) {
    Step step;
    step.logits = torch::tensor(logits).expand({state.rows(), -1}).clone();
    step.alpha = torch::full({state.rows(), 2}, 0.5);
    step.gate = torch::ones({state.rows()});
    step.next = state;
    return step;
  };
}

/// The initial state of such a model.
inline State one_image() { return ToyDecoder(5, 0).start({0}); }

constexpr float kNever = -std::numeric_limits<float>::infinity();

}  // namespace saccade::test
