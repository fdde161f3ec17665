#include "saccade/training/label_targets.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace saccade {
namespace {

constexpr std::size_t kThings = 3;  // of a phrase
constexpr std::size_t kShown = 8;   // labels in the warning

/// Labels with the number of their images.
using Counts = std::map<std::string, std::size_t>;

std::string warning_about(const Counts& unknown, std::size_t all, std::size_t images) {
  std::vector<std::pair<std::string, std::size_t>> labels(unknown.begin(), unknown.end());
  std::stable_sort(labels.begin(), labels.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string shown;
  for (std::size_t i = 0; i < std::min(kShown, labels.size()); ++i) {
    shown += (i > 0 ? ", " : "") + labels[i].first + " (" + std::to_string(labels[i].second) + ")";
  }
  if (labels.size() > kShown) shown += ", …";
  return std::to_string(labels.size()) + " of " + std::to_string(all) +
         " labels have no word in the vocabulary, and " + std::to_string(images) +
         " images with no other label are left out: " + shown;
}

}  // namespace

RunLabels find_label_words(const std::filesystem::path& wordnet, const Vocabulary& vocabulary,
                           Dataset& train, std::vector<ImageShare>& shares) {
  Counts counts;
  for (const CaptionedImage& image : train.images) {
    for (const CountedLabel& label : image.labels) ++counts[label.label];
  }
  std::vector<std::string> labels;
  for (const auto& [label, images] : counts) labels.push_back(label);
  RunLabels found;
  found.words = word_labels(wordnet, labels, vocabulary);

  Counts unknown;
  for (const auto& [label, images] : counts) {
    if (found.words.count(label) == 0) unknown.emplace(label, images);
  }
  found.unknown = unknown.size();
  if (unknown.empty()) return found;
  const auto unusable = [&](const CaptionedImage& image) {
    return !image.labels.empty() &&
           std::all_of(image.labels.begin(), image.labels.end(),
                       [&](const CountedLabel& label) { return unknown.count(label.label) != 0; });
  };
  std::vector<CaptionedImage> kept;
  std::size_t first = 0;
  for (ImageShare& share : shares) {
    const auto begin = train.images.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(share.images);
    first += share.images;
    const std::size_t before = kept.size();
    std::copy_if(std::make_move_iterator(begin), std::make_move_iterator(end),
                 std::back_inserter(kept),
                 [&](const CaptionedImage& image) { return !unusable(image); });
    share.images = kept.size() - before;
  }
  found.images_without = train.images.size() - kept.size();
  train.images = std::move(kept);
  found.warning = warning_about(unknown, counts.size(), found.images_without);
  return found;
}

std::vector<std::int64_t> label_phrase(std::vector<WordedLabel> labels, std::int64_t conjunction,
                                       std::int64_t max_words, Random& random) {
  shuffle(labels, random);
  const std::size_t most = conjunction == Vocabulary::kUnknown ? 1 : kThings;
  std::vector<std::int64_t> phrase;
  std::size_t things = 0;
  for (const WordedLabel& label : labels) {
    if (label.words->phrases.empty() || things == most) continue;
    if (things++ > 0) phrase.push_back(conjunction);
    const std::size_t count = std::clamp<std::size_t>(label.count, 1, label.words->phrases.size());
    const auto& words = label.words->phrases[count - 1];
    phrase.insert(phrase.end(), words.begin(), words.end());
  }
  if (static_cast<std::int64_t>(phrase.size()) > max_words) {
    phrase.resize(static_cast<std::size_t>(max_words));
  }
  return phrase;
}

}  // namespace saccade
