#include "saccade/metrics/diversity.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <unordered_set>

#include "saccade/metrics/bleu.h"
#include "saccade/metrics/ngrams.h"
#include "saccade/text/content_words.h"

namespace saccade {
namespace {

std::string join(const Tokens& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += token + ' ';
  return text;
}

/// The two highest counts of an n-gram in any caption. The reference count for a caption is the
/// highest count among the others: `first`, or `second` for the caption that has `first`.
struct MostUses {
  std::size_t owner = 0;
  std::int64_t first = 0, second = 0;

  void offer(std::size_t caption, std::int64_t count) {
    if (count > first) {
      second = first;
      first = count;
      owner = caption;
    } else {
      second = std::max(second, count);
    }
  }
  std::int64_t without(std::size_t caption) const { return owner == caption ? second : first; }
};

struct CountedNgram {
  std::uint32_t number;
  std::size_t order;
  std::int64_t count;
};

std::vector<CountedNgram> count_ngrams(const Tokens& tokens, WordNumbers& words,
                                       NgramNumbers& ngrams) {
  std::vector<CountedNgram> counted;
  ngrams.add_all(words.add_all(tokens), [&](std::size_t n, std::uint32_t number) {
    counted.push_back({number, n, 1});
  });
  std::sort(counted.begin(), counted.end(),
            [](const CountedNgram& a, const CountedNgram& b) { return a.number < b.number; });
  std::size_t last = 0;
  for (std::size_t i = 1; i < counted.size(); ++i) {
    if (counted[i].number == counted[last].number) {
      ++counted[last].count;
    } else {
      counted[++last] = counted[i];
    }
  }
  counted.resize(counted.empty() ? 0 : last + 1);
  return counted;
}

/// The length closest to `length` among all captions but one of this length; the shorter of two.
std::int64_t closest_other_length(const std::map<std::int64_t, std::int64_t>& lengths,
                                  std::int64_t length) {
  const auto own = lengths.find(length);
  if (own->second > 1) return length;
  const auto above = std::next(own);
  if (own == lengths.begin()) return above->first;
  const auto below = std::prev(own);
  if (above == lengths.end()) return below->first;
  return above->first - length < length - below->first ? above->first : below->first;
}

double self_bleu(const std::vector<Tokens>& captions) {
  if (captions.size() < 2) return 0;
  WordNumbers words;
  NgramNumbers ngrams;
  std::vector<MostUses> uses;
  std::map<std::int64_t, std::int64_t> lengths;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    ++lengths[static_cast<std::int64_t>(captions[i].size())];
    const auto counted = count_ngrams(captions[i], words, ngrams);
    uses.resize(ngrams.size());
    for (const CountedNgram& ngram : counted) uses[ngram.number].offer(i, ngram.count);
  }
  double sum = 0;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    BleuCounts counts;
    counts.hypothesis_length = static_cast<std::int64_t>(captions[i].size());
    counts.reference_length = closest_other_length(lengths, counts.hypothesis_length);
    for (const CountedNgram& ngram : count_ngrams(captions[i], words, ngrams)) {
      counts.total[ngram.order] += ngram.count;
      counts.matched[ngram.order] += std::min(ngram.count, uses[ngram.number].without(i));
    }
    sum += bleu(counts).bleu.back();
  }
  return sum / static_cast<double>(captions.size());
}

bool repeats(const Tokens& tokens) {
  std::unordered_set<std::string> said;
  return std::any_of(tokens.begin(), tokens.end(), [&](const std::string& token) {
    return is_content_word(token) && !said.insert(token).second;
  });
}

}  // namespace

Diversity measure_diversity(const std::vector<Tokens>& captions,
                            const std::vector<Tokens>* training) {
  Diversity result;
  result.captions = static_cast<std::int64_t>(captions.size());
  if (captions.empty()) return result;
  std::unordered_set<std::string> distinct, vocabulary, known;
  if (training != nullptr) {
    for (const Tokens& tokens : *training) known.insert(join(tokens));
  }
  std::size_t length = 0, dangling = 0, repeating = 0, copied = 0;
  for (const Tokens& tokens : captions) {
    const std::string text = join(tokens);
    distinct.insert(text);
    vocabulary.insert(tokens.begin(), tokens.end());
    length += tokens.size();
    dangling += !tokens.empty() && is_dangling(tokens.back()) ? 1 : 0;
    repeating += repeats(tokens) ? 1 : 0;
    copied += known.count(text);
  }
  const auto share = [&](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(captions.size());
  };
  result.distinct = static_cast<std::int64_t>(distinct.size());
  result.vocabulary = static_cast<std::int64_t>(vocabulary.size());
  result.mean_length = share(length);
  result.dangling = share(dangling);
  result.repeating = share(repeating);
  result.self_bleu = self_bleu(captions);
  if (training != nullptr) result.in_training_set = share(copied);
  return result;
}

}  // namespace saccade
