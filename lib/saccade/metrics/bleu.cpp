#include "saccade/metrics/bleu.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace saccade {
namespace {

constexpr double kTiny = 1e-15, kSmall = 1e-9;

std::int64_t closest_length(std::int64_t length, const References& references) {
  auto closest = static_cast<std::int64_t>(references.front().size());
  for (const Tokens& reference : references) {
    const auto candidate = static_cast<std::int64_t>(reference.size());
    const std::int64_t now = std::abs(closest - length), then = std::abs(candidate - length);
    if (then < now || (then == now && candidate < closest)) closest = candidate;
  }
  return closest;
}

}  // namespace

BleuCounts& BleuCounts::operator+=(const BleuCounts& other) {
  for (std::size_t n = 0; n < kMaxOrder; ++n) {
    matched[n] += other.matched[n];
    total[n] += other.total[n];
  }
  hypothesis_length += other.hypothesis_length;
  reference_length += other.reference_length;
  return *this;
}

BleuScore bleu(const BleuCounts& counts) {
  BleuScore score;
  score.counts = counts;
  const double ratio = (static_cast<double>(counts.hypothesis_length) + kTiny) /
                       (static_cast<double>(counts.reference_length) + kSmall);
  score.brevity_penalty = ratio < 1 ? std::exp(1 - 1 / ratio) : 1;
  double product = 1;
  for (std::size_t n = 0; n < kMaxOrder; ++n) {
    product *= (static_cast<double>(counts.matched[n]) + kTiny) /
               (static_cast<double>(counts.total[n]) + kSmall);
    score.without_brevity_penalty[n] = std::pow(product, 1.0 / static_cast<double>(n + 1));
    score.bleu[n] = score.without_brevity_penalty[n] * score.brevity_penalty;
  }
  return score;
}

BleuScore bleu(const std::vector<Tokens>& hypotheses, const std::vector<References>& references) {
  if (hypotheses.size() != references.size() || hypotheses.empty()) {
    throw std::invalid_argument(
        "BLEU needs one list of references per hypothesis and at least one hypothesis; got " +
        std::to_string(hypotheses.size()) + " hypotheses and " + std::to_string(references.size()) +
        " lists");
  }
  BleuCounter counter;
  BleuCounts sum;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    sum += counter.count(hypotheses[i], references[i]);
  }
  return bleu(sum);
}

BleuCounts BleuCounter::count(const Tokens& hypothesis, const References& references) {
  if (references.empty())
    throw std::invalid_argument("BLEU needs at least one reference per image");
  BleuCounts counts;
  counts.hypothesis_length = static_cast<std::int64_t>(hypothesis.size());
  counts.reference_length = closest_length(counts.hypothesis_length, references);

  ngrams_.clear();
  hypothesis_counts_.clear();
  orders_.clear();
  const auto encode = [this](const Tokens& tokens) {
    encoded_.clear();
    for (const std::string& token : tokens) encoded_.push_back(words_.add(token));
  };
  encode(hypothesis);
  ngrams_.add_all(encoded_, [&](std::size_t n, std::uint32_t number) {
    if (number >= hypothesis_counts_.size()) {
      hypothesis_counts_.push_back(0);
      orders_.push_back(static_cast<std::uint8_t>(n));
    }
    ++hypothesis_counts_[number];
    ++counts.total[n];
  });
  best_counts_.assign(hypothesis_counts_.size(), 0);
  for (const Tokens& reference : references) {
    encode(reference);
    reference_counts_.assign(hypothesis_counts_.size(), 0);
    for (std::size_t start = 0; start < encoded_.size(); ++start) {
      std::uint32_t number = FlatMap::kMissing;
      for (std::size_t n = 0; n < kMaxOrder && start + n < encoded_.size(); ++n) {
        number = ngrams_.find(number, encoded_[start + n]);
        if (number == FlatMap::kMissing) break;  // so no longer n-gram is in the hypothesis
        ++reference_counts_[number];
      }
    }
    for (std::size_t i = 0; i < best_counts_.size(); ++i) {
      best_counts_[i] = std::max(best_counts_[i], reference_counts_[i]);
    }
  }
  for (std::size_t i = 0; i < best_counts_.size(); ++i) {
    counts.matched[orders_[i]] += std::min(best_counts_[i], hypothesis_counts_[i]);
  }
  return counts;
}

}  // namespace saccade
