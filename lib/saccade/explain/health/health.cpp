#include "saccade/explain/health/health.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace saccade {
namespace {

// The limits of a healthy model.
constexpr double kIdentical = 0.02;     // total variation
constexpr double kUniform = 0.985;      // entropy as a share of log L
constexpr double kDeadGate = 0.01;      // standard deviation of β
constexpr double kClosedGate = 0.05;    // mean β
constexpr double kBorderExcess = 1.75;  // times a uniform share
constexpr double kUneven = 4;           // coverage of a cell, relative to uniform

double total_variation(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum / 2;
}

std::vector<double> mean_map(const Caption& caption) {
  std::vector<double> mean(std::size_t(caption.grid.cells()));
  for (const CaptionWord& word : caption.words) {
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += word.attention[i] / double(caption.words.size());
    }
  }
  return mean;
}

bool is_border(const Grid& grid, std::int64_t cell) {
  const auto row = cell / grid.cols, col = cell % grid.cols;
  return row == 0 || col == 0 || row == grid.rows - 1 || col == grid.cols - 1;
}

double border_share(const Grid& grid, const std::vector<float>& map) {
  double share = 0;
  for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
    if (is_border(grid, cell)) share += map[std::size_t(cell)];
  }
  return share;
}

double mean_between_words(const Caption& caption) {
  double sum = 0, pairs = 0;
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    const auto& one = caption.words[t].attention;
    for (std::size_t s = 0; s < t; ++s) {
      const auto& other = caption.words[s].attention;
      sum += total_variation({one.begin(), one.end()}, {other.begin(), other.end()});
      ++pairs;
    }
  }
  return pairs > 0 ? sum / pairs : 0;
}

void require_maps(const std::vector<Caption>& captions) {
  std::size_t words = 0;
  for (const Caption& caption : captions) {
    if (!(caption.grid == captions.front().grid)) {
      throw std::invalid_argument("the captions' maps have different grids");
    }
    for (const CaptionWord& word : caption.words) {
      ++words;
      if (std::int64_t(word.attention.size()) != caption.grid.cells()) {
        throw std::invalid_argument("the map of \"" + word.word +
                                    "\" does not match the caption's grid");
      }
    }
  }
  if (words == 0)
    throw std::invalid_argument(
        "the captions contain no words, so there is no attention to measure");
}

std::vector<HealthFlag> flags_of(const Health& health) {
  std::vector<HealthFlag> flags;
  const auto flag = [&](bool raised, const char* name, const char* meaning) {
    if (raised) flags.push_back({name, meaning});
  };
  const bool cells = health.grid.cells() > 1;
  const bool uniform = cells && health.entropy.mean() > kUniform;
  flag(uniform, "uniform maps",
       "Attention is nearly uniform over all cells: it has learned little, or the weight of the "
       "coverage term is too large. The maps say little about what a word is based on.");
  flag(cells && !uniform && health.between_words.mean() < kIdentical, "identical maps",
       "All words of a caption have nearly the same map: the attention score probably does not "
       "depend on the decoder's state.");
  flag(cells && !uniform && health.images > 1 && health.between_images.mean() < kIdentical,
       "same map for every photograph",
       "Attention depends on the position and not on the content: the attention score may not use "
       "the annotations.");
  // A model without a gate always has β = 1.
  const bool has_gate = health.gate.quantile(0) < 1;
  flag(
      has_gate && health.gate.deviation() < kDeadGate, "dead gate",
      "The gate is the same for every word: it does not distinguish words that need the photograph "
      "from words that do not.");
  flag(has_gate && health.gate.mean() < kClosedGate, "closed gate",
       "The gate is nearly closed: the decoder hardly uses the photograph.");
  flag(cells && health.border.mean() > kBorderExcess * health.border_if_even,
       "attention on the border",
       "The outermost cells receive more than their share of attention: often an effect of the "
       "convolutions' padding rather than of the content.");
  const double max = *std::max_element(health.coverage.begin(), health.coverage.end());
  flag(cells && max > kUneven, "one place draws attention",
       "On average over photographs, one cell receives several times a uniform share of attention: "
       "the model prefers this position whatever it contains.");
  return flags;
}

nlohmann::ordered_json summary(const Distribution& distribution) {
  return {{"mean", distribution.mean()},
          {"deviation", distribution.deviation()},
          {"min", distribution.quantile(0)},
          {"median", distribution.quantile(0.5)},
          {"max", distribution.quantile(1)}};
}

}  // namespace

double Distribution::mean() const {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double Distribution::deviation() const {
  const double centre = mean();
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return values.empty() ? 0 : std::sqrt(sum / double(values.size()));
}

double Distribution::quantile(double share) const {
  if (values.empty()) throw std::invalid_argument("a distribution without values has no quantiles");
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  return sorted[std::size_t(std::lround(share * double(sorted.size() - 1)))];
}

Health measure_health(const std::vector<Caption>& captions) {
  require_maps(captions);
  Health health;
  health.images = captions.size();
  health.grid = captions.front().grid;
  const auto L = std::size_t(health.grid.cells());
  health.coverage.assign(L, 0);
  const double max = std::log(std::max(2.0, double(L)));
  std::vector<double> before;
  for (const Caption& caption : captions) {
    if (caption.words.empty()) continue;
    for (const CaptionWord& word : caption.words) {
      ++health.words;
      health.entropy.values.push_back(word.entropy / max);
      health.gate.values.push_back(word.gate);
      health.border.values.push_back(border_share(health.grid, word.attention));
      for (std::size_t i = 0; i < L; ++i) health.coverage[i] += word.attention[i];
    }
    if (caption.words.size() > 1) {
      health.between_words.values.push_back(mean_between_words(caption));
    }
    auto map = mean_map(caption);
    if (!before.empty()) health.between_images.values.push_back(total_variation(before, map));
    before = std::move(map);
  }
  const double even =
      std::accumulate(health.coverage.begin(), health.coverage.end(), 0.0) / double(L);
  for (double& cell : health.coverage) cell /= even;
  for (std::int64_t cell = 0; cell < health.grid.cells(); ++cell) {
    if (is_border(health.grid, cell)) health.border_if_even += 1 / double(L);
  }
  if (health.between_words.values.empty()) health.between_words.values = {0};
  if (health.between_images.values.empty()) health.between_images.values = {0};
  health.flags = flags_of(health);
  return health;
}

nlohmann::ordered_json to_json(const Health& health) {
  nlohmann::ordered_json flags = nlohmann::ordered_json::array();
  for (const HealthFlag& flag : health.flags) {
    flags.push_back({{"name", flag.name}, {"meaning", flag.meaning}});
  }
  return {{"images", health.images},
          {"words", health.words},
          {"grid", {{"rows", health.grid.rows}, {"cols", health.grid.cols}}},
          {"entropy", summary(health.entropy)},
          {"between_words", summary(health.between_words)},
          {"between_images", summary(health.between_images)},
          {"gate", summary(health.gate)},
          {"border", summary(health.border)},
          {"border_if_even", health.border_if_even},
          {"coverage", health.coverage},
          {"flags", flags}};
}

}  // namespace saccade
