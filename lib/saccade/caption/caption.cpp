#include "saccade/caption/caption.h"

#include <cmath>
#include <utility>

#include "saccade/search/hypothesis.h"
#include "saccade/text/vocabulary.h"

namespace saccade {
namespace {

double entropy(const std::vector<float>& alpha) {
  double sum = 0;
  for (const double p : alpha) {
    if (p > 0) sum -= p * std::log(p);
  }
  return sum;
}

}  // namespace

std::string join_words(const std::vector<CaptionWord>& words) {
  std::string text;
  for (const CaptionWord& word : words) {
    const bool clitic =
        word.word.front() == '\'' || word.word == "n't";  // "dog 's" becomes "dog's"
    if (!text.empty() && !clitic) text += ' ';
    text += word.word;
  }
  return text;
}

Caption make_caption(const Hypothesis& hypothesis, const Vocabulary& vocabulary, const Grid& grid,
                     const Placement& placement, double temperature) {
  Caption caption;
  const std::size_t L = static_cast<std::size_t>(grid.cells());
  for (std::size_t t = 0; t < hypothesis.ids.size(); ++t) {
    CaptionWord word;
    word.word = vocabulary.word(hypothesis.ids[t]);
    word.log_p = hypothesis.log_p[t];
    word.gate = hypothesis.gates[t];
    word.attention.assign(hypothesis.alphas.begin() + t * L,
                          hypothesis.alphas.begin() + (t + 1) * L);
    word.entropy = entropy(word.attention);
    if (!hypothesis.cells.empty()) word.cell = hypothesis.cells[t];
    const double log_mass = hypothesis.log_mass.empty() ? 0 : hypothesis.log_mass[t];
    const auto p_of = [&](double log_p) { return std::exp(log_p / temperature - log_mass); };
    if (!hypothesis.log_mass.empty()) word.calibrated_p = p_of(word.log_p);
    if (!hypothesis.alternatives.empty()) {
      for (const auto& [id, log_p] : hypothesis.alternatives[t]) {
        word.alternatives.push_back({vocabulary.word(id), p_of(log_p)});
      }
    }
    caption.words.push_back(std::move(word));
  }
  caption.text = join_words(caption.words);
  caption.log_prob = hypothesis.log_prob;
  caption.score = hypothesis.score;
  caption.finished = hypothesis.finished;
  caption.grid = grid;
  caption.placement = placement;
  return caption;
}

}  // namespace saccade
