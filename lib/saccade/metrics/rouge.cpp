#include "saccade/metrics/rouge.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace saccade {
namespace {

std::size_t longest_common_subsequence(const Tokens& a, const Tokens& b) {
  std::vector<std::size_t> row(b.size() + 1, 0);
  for (const std::string& word : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = word == b[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

double rouge_l(const Tokens& hypothesis, const References& references) {
  if (references.empty())
    throw std::invalid_argument("ROUGE-L needs at least one reference per image");
  constexpr double kBetaSquared = 1.2 * 1.2;
  double precision = 0, recall = 0;
  for (const Tokens& reference : references) {
    if (hypothesis.empty() || reference.empty()) continue;
    const auto common = static_cast<double>(longest_common_subsequence(hypothesis, reference));
    precision = std::max(precision, common / static_cast<double>(hypothesis.size()));
    recall = std::max(recall, common / static_cast<double>(reference.size()));
  }
  if (precision == 0 || recall == 0) return 0;
  return (1 + kBetaSquared) * precision * recall / (recall + kBetaSquared * precision);
}

double rouge_l(const std::vector<Tokens>& hypotheses, const std::vector<References>& references) {
  if (hypotheses.size() != references.size() || hypotheses.empty()) {
    throw std::invalid_argument(
        "ROUGE-L needs as many lists of references as hypotheses, and at least one: " +
        std::to_string(hypotheses.size()) + " hypotheses, " + std::to_string(references.size()) +
        " lists");
  }
  double sum = 0;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) sum += rouge_l(hypotheses[i], references[i]);
  return sum / static_cast<double>(hypotheses.size());
}

}  // namespace saccade
