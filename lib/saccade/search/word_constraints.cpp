#include "saccade/search/word_constraints.h"

#include <algorithm>
#include <limits>
#include <string>

#include "saccade/search/require.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();

}  // namespace

void check(const WordConstraints& constraints) {
  const auto given = [](std::int64_t value) { return ", not " + std::to_string(value); };
  require(constraints.min_length >= 0,
          "min_length must be at least 0" + given(constraints.min_length));
  require(constraints.max_length >= 1,
          "max_length must be at least 1" + given(constraints.max_length));
  require(constraints.min_length <= constraints.max_length,
          "min_length must be at most max_length, " + std::to_string(constraints.max_length) +
              given(constraints.min_length));
  require(constraints.no_repeat_ngram >= 0,
          "no_repeat_ngram must be at least 0, which is no such rule" +
              given(constraints.no_repeat_ngram));
}

void ban_words(const at::Tensor& log_p, const std::vector<std::int64_t>& ids) {
  auto values = log_p.accessor<float, 2>();
  for (std::int64_t row = 0; row < log_p.size(0); ++row) {
    for (const std::int64_t id : ids) values[row][id] = kForbidden;
  }
}

void ban_repeats(const at::Tensor& log_p, const std::vector<std::vector<std::int64_t>>& pasts,
                 std::int64_t n) {
  auto values = log_p.accessor<float, 2>();
  for (std::size_t row = 0; row < pasts.size(); ++row) {
    const auto& past = pasts[row];
    if (static_cast<std::int64_t>(past.size()) < n) continue;
    const auto tail = past.end() - (n - 1);
    for (auto first = past.begin(); first + (n - 1) != past.end(); ++first) {
      if (!std::equal(tail, past.end(), first)) continue;
      values[static_cast<std::int64_t>(row)][*(first + (n - 1))] = kForbidden;
    }
  }
}

void constrain(const at::Tensor& log_p, const WordConstraints& constraints, std::int64_t length,
               const std::vector<std::vector<std::int64_t>>& pasts) {
  std::vector<std::int64_t> banned{Vocabulary::kPad, Vocabulary::kStart};
  if (length < constraints.min_length) banned.push_back(Vocabulary::kEnd);
  if (constraints.ban_unknown) banned.push_back(Vocabulary::kUnknown);
  ban_words(log_p, banned);
  if (constraints.no_repeat_ngram > 0) ban_repeats(log_p, pasts, constraints.no_repeat_ngram);
}

}  // namespace saccade
