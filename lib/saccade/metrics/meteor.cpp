#include "saccade/metrics/meteor.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "saccade/text/content_words.h"

namespace saccade {
namespace {

using Candidates = std::vector<std::vector<MeteorMatch>>;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// A group is a set of words of both sentences that are connected by possible matches. A maximum
/// matching tells before the search how many hypothesis words of each group remain unmatched.
struct Groups {
  std::vector<std::size_t> of_word;  ///< by hypothesis word; kNone without candidates
  std::vector<std::size_t> surplus;  ///< by group: hypothesis words without a partner
};

bool augment(const Candidates& candidates, std::size_t word, std::vector<std::size_t>& partner,
             std::vector<bool>& visited) {
  for (const MeteorMatch& match : candidates[word]) {
    if (visited[match.reference]) continue;
    visited[match.reference] = true;
    if (partner[match.reference] == kNone ||
        augment(candidates, partner[match.reference], partner, visited)) {
      partner[match.reference] = word;
      return true;
    }
  }
  return false;
}

Groups find_groups(const Candidates& candidates, std::size_t reference_length) {
  std::vector<std::size_t> parent(reference_length);
  for (std::size_t i = 0; i < reference_length; ++i) parent[i] = i;
  const auto root = [&](std::size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (const auto& matches : candidates) {
    for (const MeteorMatch& match : matches)
      parent[root(match.reference)] = root(matches[0].reference);
  }
  Groups groups;
  groups.surplus.assign(reference_length, 0);
  std::vector<std::size_t> partner(reference_length, kNone);
  for (std::size_t word = 0; word < candidates.size(); ++word) {
    groups.of_word.push_back(candidates[word].empty() ? kNone
                                                      : root(candidates[word][0].reference));
    if (candidates[word].empty()) continue;
    std::vector<bool> visited(reference_length, false);
    if (!augment(candidates, word, partner, visited)) ++groups.surplus[groups.of_word.back()];
  }
  return groups;
}

/// An alignment of the first words of the hypothesis.
struct Partial {
  std::string used;                  ///< by reference word, 0 or 1
  std::vector<std::size_t> skipped;  ///< by group
  std::size_t last = kNone;          ///< partner of the previous word, or kNone
  std::size_t chunks = 0;
  int weight = 0;  ///< in tenths: integer sums do not depend on the order
  std::size_t distance = 0;
  std::vector<MeteorAlignment::Pair> pairs;

  auto rank() const {
    return std::make_tuple(-static_cast<std::ptrdiff_t>(pairs.size()), chunks, -weight, distance);
  }
};

Partial extend(Partial next, std::size_t word, const MeteorMatch& match) {
  next.used[match.reference] = 1;
  const bool continues = next.last != kNone && match.reference == next.last + 1;
  next.chunks += continues ? 0 : 1;
  next.last = match.reference;
  next.weight +=
      static_cast<int>(10 * kMeteorStageWeights[static_cast<std::size_t>(match.stage)] + 0.5);
  next.distance += word > match.reference ? word - match.reference : match.reference - word;
  next.pairs.push_back({word, match.reference, match.stage});
  return next;
}

Partial skip(Partial next, std::size_t group) {
  ++next.skipped[group];
  next.last = kNone;
  return next;
}

/// The partial alignments of one step. Those that use the same reference words and end at the same
/// one have the same continuations, so only the best of them is kept.
class Front {
 public:
  void offer(Partial partial) {
    std::string key = partial.used;
    key += std::to_string(partial.last);
    const auto [place, is_new] = places_.emplace(std::move(key), partials_.size());
    if (is_new) {
      partials_.push_back(std::move(partial));
    } else if (partial.rank() < partials_[place->second].rank()) {
      partials_[place->second] = std::move(partial);
    }
  }
  bool empty() const { return partials_.empty(); }
  /// The best `beam` of them.
  std::vector<Partial> take(std::size_t beam) {
    const auto better = [](const Partial& a, const Partial& b) { return a.rank() < b.rank(); };
    if (partials_.size() > beam) {
      std::partial_sort(partials_.begin(), partials_.begin() + static_cast<std::ptrdiff_t>(beam),
                        partials_.end(), better);
      partials_.resize(beam);
    }
    return std::move(partials_);
  }

 private:
  std::vector<Partial> partials_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

MeteorAlignment align(const Candidates& candidates, std::size_t reference_length) {
  const Groups groups = find_groups(candidates, reference_length);
  std::size_t max = 1;
  for (const auto& matches : candidates) max = std::max(max, matches.size());
  const std::size_t beam = std::clamp<std::size_t>(4 * kMeteorBeam / max, 40, kMeteorBeam);

  Partial start;
  start.used.assign(reference_length, 0);
  start.skipped.assign(reference_length, 0);
  std::vector<Partial> partials = {start};
  for (std::size_t word = 0; word < candidates.size(); ++word) {
    const std::size_t group = groups.of_word[word];
    if (group == kNone) {
      for (Partial& partial : partials) partial.last = kNone;
      continue;
    }
    Front front;
    for (Partial& partial : partials) {
      const bool may_skip = partial.skipped[group] < groups.surplus[group];
      const auto& matches = candidates[word];
      if (matches.size() == 1 && !may_skip && partial.used[matches[0].reference] == 0) {
        front.offer(extend(std::move(partial), word, matches[0]));
        continue;
      }
      for (const MeteorMatch& match : matches) {
        if (partial.used[match.reference] == 0) front.offer(extend(partial, word, match));
      }
      if (may_skip) front.offer(skip(std::move(partial), group));
    }
    if (front.empty()) {  // the beam dropped all partials that could match this word
      for (Partial& partial : partials) front.offer(skip(std::move(partial), group));
    }
    partials = front.take(beam);
  }
  const auto best =
      std::min_element(partials.begin(), partials.end(),
                       [](const Partial& a, const Partial& b) { return a.rank() < b.rank(); });
  return {best->pairs, best->chunks};
}

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
