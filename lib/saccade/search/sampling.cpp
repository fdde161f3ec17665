#include "saccade/search/sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <ATen/ATen.h>

#include "saccade/search/beam_batch.h"
#include "saccade/search/step_function.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

namespace {

std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// A pseudorandom number in [0, 1) for one position of one sample of one image. It is a hash and
/// not the next value of a generator, so that the order of sampling and the other images do not
/// matter.
double uniform(std::uint64_t seed, std::uint64_t image, std::int64_t sample,
               std::int64_t position) {
  std::uint64_t bits = mix(mix(seed) ^ image);
  bits = mix(bits ^ static_cast<std::uint64_t>(sample));
  bits = mix(bits ^ static_cast<std::uint64_t>(position));
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// Samples words. Reuses its lists between calls.
class WordSampler {
 public:
  explicit WordSampler(const SamplingOptions& options) : options_(options) {}

  /// @param log_p   of all words
  /// @param chance  a random number in [0, 1)
  /// @return the word; −1 where none is possible
  std::int64_t draw(const float* log_p, std::int64_t words, double chance) {
    fill(log_p, words);
    if (words_.empty()) return -1;
    double sum = weigh();
    if (options_.top_p < 1) sum = keep_nucleus(sum);
    double left = chance * sum;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      left -= weights_[i];
      if (left < 0) return words_[i].second;
    }
    // Reached through rounding only: return the last word with a weight above 0.
    std::size_t last = words_.size() - 1;
    while (last > 0 && weights_[last] == 0) --last;
    return words_[last].second;
  }

 private:
  using Word = std::pair<float, std::int64_t>;  ///< log p, id

  static bool stronger(const Word& a, const Word& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  }

  // The words that can be sampled; sorted if there are only some.
  void fill(const float* log_p, std::int64_t words) {
    words_.clear();
    for (std::int64_t id = 0; id < words; ++id) {
      if (log_p[id] > -std::numeric_limits<float>::infinity()) words_.emplace_back(log_p[id], id);
    }
    const auto k = static_cast<std::size_t>(options_.top_k);
    if (k > 0 && k < words_.size()) {
      std::partial_sort(words_.begin(), words_.begin() + options_.top_k, words_.end(), stronger);
      words_.resize(k);
    } else if (options_.top_p < 1) {
      std::sort(words_.begin(), words_.end(), stronger);
    }
  }

  // Probabilities at the temperature, relative to that of the top word. Returns their sum.
  double weigh() {
    const double best = std::max_element(words_.begin(), words_.end())->first;
    weights_.clear();
    double sum = 0;
    for (const auto& [log_p, id] : words_) {
      weights_.push_back(std::exp((log_p - best) / options_.temperature));
      sum += weights_.back();
    }
    return sum;
  }

  double keep_nucleus(double sum) {
    double held = 0;
    std::size_t count = 0;
    while (count < words_.size() && held < options_.top_p * sum) held += weights_[count++];
    words_.resize(count);
    return held;
  }

  const SamplingOptions& options_;
  std::vector<Word> words_;
  std::vector<double> weights_;
};

/// The samples of one image. A sample is open until the end word, a length limit or a ban on every
/// word.
class ImageSamples {
 public:
  ImageSamples(const SamplingOptions& options, std::int64_t index)
      : options_(options),
        image_(options.first_image + static_cast<std::uint64_t>(index)),
        results_(static_cast<std::size_t>(options.samples)) {
    for (std::int64_t sample = 0; sample < options.samples; ++sample) open_.push_back(sample);
  }

  std::vector<BeamBatch::Next> advance(const BeamBatch::Image& image, const at::Tensor& log_p,
                                       WordSampler& sampler, BeamHistory& history) {
    const auto words = log_p.size(1);
    const auto length = history.length(image.paths.front());
    std::vector<BeamBatch::Next> next;
    std::vector<std::int64_t> still_open;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const std::size_t slot = length == 0 ? 0 : i;  // all samples start from one row
      const auto row = image.first_row + static_cast<std::int64_t>(slot);
      const float* of_row = log_p.data_ptr<float>() + row * words;
      const auto id = sampler.draw(of_row, words, uniform(options_.seed, image_, open_[i], length));
      const auto path = image.paths[slot];
      auto& result = results_[static_cast<std::size_t>(open_[i])];
      if (id == Vocabulary::kEnd) {
        result = history.finished(path, of_row[id]);
      } else if (id < 0 || length == options_.constraints.max_length) {
        result = history.unfinished(path);
      } else {
        next.push_back({history.extend(path, row, id, of_row[id]), row});
        still_open.push_back(open_[i]);
      }
    }
    open_ = std::move(still_open);
    return next;
  }

  std::vector<Hypothesis> take_results() { return std::move(results_); }

 private:
  const SamplingOptions& options_;
  std::uint64_t image_;
  std::vector<std::int64_t> open_;  ///< indices of the open samples, in the order of their rows
  std::vector<Hypothesis> results_;
};

}  // namespace

void check(const SamplingOptions& options) {
  require(options.samples >= 1,
          "samples must be at least 1, not " + std::to_string(options.samples));
  require(options.temperature > 0 && std::isfinite(options.temperature),
          "temperature must be a number above 0, not " + std::to_string(options.temperature));
  require(options.top_k >= 0,
          "top_k must be at least 0 (0: all words), not " + std::to_string(options.top_k));
  require(options.top_p > 0 && options.top_p <= 1,
          "top_p must be above 0 and at most 1, not " + std::to_string(options.top_p));
  require(options.alternatives >= 0,
          "alternatives must be at least 0, not " + std::to_string(options.alternatives));
  require(options.constraints.repeat_penalty == 0, "sampling does not support repeat_penalty");
  check(options.constraints);
}

std::vector<std::vector<Hypothesis>> sample(const StepFunction& step, const State& start,
                                            const SamplingOptions& options) {
  check(options);
  BeamBatch batch(step, start, options.alternatives);
  std::vector<ImageSamples> samples;
  for (const auto& image : batch.images()) samples.emplace_back(options, image.index);
  WordSampler sampler(options);
  while (!batch.empty()) {
    const at::Tensor log_p = batch.advance();
    batch.constrain(log_p, options.constraints);
    std::vector<std::vector<BeamBatch::Next>> next;
    for (const auto& image : batch.images()) {
      auto& own = samples[static_cast<std::size_t>(image.index)];
      next.push_back(own.advance(image, log_p, sampler, batch.history()));
    }
    batch.keep(next);
  }
  std::vector<std::vector<Hypothesis>> results;
  for (auto& one : samples) results.push_back(one.take_results());
  return results;
}

}  // namespace saccade
