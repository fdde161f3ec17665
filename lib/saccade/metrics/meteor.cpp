#include "saccade/metrics/meteor.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

#include "saccade/text/content_words.h"

namespace saccade {
namespace {

constexpr double kAlpha = 0.85, kBeta = 0.2, kGamma = 0.6, kDelta = 0.75;

bool share_one(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  auto i = a.begin(), j = b.begin();
  while (i != a.end() && j != b.end()) {
    if (*i == *j) return true;
    if (*i < *j)
      ++i;
    else
      ++j;
  }
  return false;
}

/// The share of matched words of a side, weighted by stage and by content or function word.
double coverage(const MeteorCounts::Side& side) {
  double matched = 0;
  for (std::size_t stage = 0; stage < kMeteorStages; ++stage) {
    matched += kMeteorStageWeights[stage] *
               (kDelta * static_cast<double>(side.content_matches[stage]) +
                (1 - kDelta) * static_cast<double>(side.function_matches[stage]));
  }
  const double all = kDelta * static_cast<double>(side.content_words) +
                     (1 - kDelta) * static_cast<double>(side.function_words);
  return all > 0 ? matched / all : 0;
}

void add(MeteorCounts::Side& to, const MeteorCounts::Side& from) {
  to.content_words += from.content_words;
  to.function_words += from.function_words;
  for (std::size_t stage = 0; stage < kMeteorStages; ++stage) {
    to.content_matches[stage] += from.content_matches[stage];
    to.function_matches[stage] += from.function_matches[stage];
  }
}

}  // namespace

std::int64_t MeteorCounts::Side::matches() const {
  std::int64_t sum = 0;
  for (std::size_t stage = 0; stage < kMeteorStages; ++stage) {
    sum += content_matches[stage] + function_matches[stage];
  }
  return sum;
}

bool MeteorCounts::is_perfect() const {
  return hypothesis.matches() == hypothesis.length() && reference.matches() == reference.length() &&
         chunks == 1;
}

MeteorCounts& MeteorCounts::operator+=(const MeteorCounts& other) {
  if (!other.is_perfect()) chunks += other.chunks;
  add(hypothesis, other.hypothesis);
  add(reference, other.reference);
  return *this;
}

double meteor_wn(const MeteorCounts& counts) {
  const double precision = coverage(counts.hypothesis), recall = coverage(counts.reference);
  if (precision == 0 || recall == 0) return 0;
  const double f = precision * recall / (kAlpha * precision + (1 - kAlpha) * recall);
  const double matches =
      static_cast<double>(counts.hypothesis.matches() + counts.reference.matches()) / 2;
  const double fragmentation =
      counts.is_perfect() ? 0 : static_cast<double>(counts.chunks) / matches;
  return f * (1 - kGamma * std::pow(fragmentation, kBeta));
}

MeteorScorer::MeteorScorer(std::shared_ptr<const WordNet> wordnet) : wordnet_(std::move(wordnet)) {}

const MeteorScorer::Word& MeteorScorer::look_up(const std::string& word) {
  auto& place = words_[word];
  if (!place) {
    auto made = std::make_unique<Word>();
    made->text = word;
    made->stem = stemmer_.stem(word);
    if (wordnet_) made->synsets = wordnet_->synsets(word);
    made->is_function_word = is_function_word(word);
    place = std::move(made);
  }
  return *place;
}

std::vector<const MeteorScorer::Word*> MeteorScorer::look_up(const Tokens& tokens) {
  std::vector<const Word*> words;
  words.reserve(tokens.size());
  for (const std::string& token : tokens) words.push_back(&look_up(token));
  return words;
}

MeteorAlignment MeteorScorer::align(const Tokens& hypothesis, const Tokens& reference) {
  const std::vector<const Word*> ours = look_up(hypothesis), theirs = look_up(reference);
  // Equal words share one entry. If two stages match a pair, the one with the greater weight
  // counts.
  const auto match = [](const Word* a, const Word* b) -> std::optional<MeteorStage> {
    if (a == b) return MeteorStage::kExact;
    if (share_one(a->synsets, b->synsets)) return MeteorStage::kSynonym;
    if (a->stem == b->stem) return MeteorStage::kStem;
    return std::nullopt;
  };
  std::vector<std::vector<MeteorMatch>> candidates(ours.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    for (std::size_t j = 0; j < theirs.size(); ++j) {
      if (const auto stage = match(ours[i], theirs[j])) candidates[i].push_back({j, *stage});
    }
  }
  return saccade::align(candidates, reference.size());
}

MeteorCounts MeteorScorer::count(const Tokens& hypothesis, const References& references) {
  if (references.empty())
    throw std::invalid_argument("METEOR needs at least one reference per image");
  MeteorCounts best;
  double best_score = -1;
  for (const Tokens& reference : references) {
    MeteorCounts counts;
    const auto count_words = [this](const Tokens& tokens, MeteorCounts::Side& side) {
      for (const std::string& token : tokens) {
        ++(look_up(token).is_function_word ? side.function_words : side.content_words);
      }
    };
    count_words(hypothesis, counts.hypothesis);
    count_words(reference, counts.reference);
    const MeteorAlignment alignment = align(hypothesis, reference);
    counts.chunks = static_cast<std::int64_t>(alignment.chunks);
    for (const MeteorAlignment::Pair& pair : alignment.pairs) {
      const auto stage = static_cast<std::size_t>(pair.stage);
      const auto add_match = [&](const std::string& word, MeteorCounts::Side& side) {
        ++(look_up(word).is_function_word ? side.function_matches : side.content_matches)[stage];
      };
      add_match(hypothesis[pair.hypothesis], counts.hypothesis);
      add_match(reference[pair.reference], counts.reference);
    }
    const double score = meteor_wn(counts);
    if (score > best_score) {
      best_score = score;
      best = counts;
    }
  }
  return best;
}

}  // namespace saccade
