#include "saccade/search/word_constraints.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "saccade/search/step_function.h"
#include "saccade/text/content_words.h"
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
          "no_repeat_ngram must be at least 0 (0: off)" + given(constraints.no_repeat_ngram));
  require(constraints.repeat_penalty >= 0 && std::isfinite(constraints.repeat_penalty),
          "repeat_penalty must be a number of at least 0, not " +
              std::to_string(constraints.repeat_penalty));
  require(constraints.repeat_penalty == 0 || constraints.content,
          "repeat_penalty needs the list of content words");
}

std::vector<bool> content_words(const Vocabulary& vocabulary) {
  std::vector<bool> content(static_cast<std::size_t>(vocabulary.size()), false);
  for (std::int64_t id = Vocabulary::kSpecials; id < vocabulary.size(); ++id) {
    content[static_cast<std::size_t>(id)] = is_content_word(vocabulary.word(id));
  }
  return content;
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

void penalize_repeats(const at::Tensor& log_p, const std::vector<std::vector<std::int64_t>>& pasts,
                      const std::vector<bool>& content, double penalty) {
  auto values = log_p.accessor<float, 2>();
  for (std::size_t row = 0; row < pasts.size(); ++row) {
    std::vector<std::int64_t> said = pasts[row];
    std::sort(said.begin(), said.end());
    said.erase(std::unique(said.begin(), said.end()), said.end());
    for (const std::int64_t id : said) {
      if (!content[static_cast<std::size_t>(id)]) continue;
      values[static_cast<std::int64_t>(row)][id] -= static_cast<float>(penalty);
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
  if (constraints.repeat_penalty > 0) {
    penalize_repeats(log_p, pasts, *constraints.content, constraints.repeat_penalty);
  }
}

}  // namespace saccade
