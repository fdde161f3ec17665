#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/metrics/document_frequency.h"
#include "saccade/metrics/ngrams.h"
#include "saccade/metrics/tokens.h"

namespace saccade {

/// CIDEr-D (Vedantam et al. 2015), what the field calls "CIDEr": for n = 1…4 the clipped cosine of
/// tf-idf vectors, times exp(−(Δlength)²/(2·6²)), averaged over n and over the references,
/// times 10. idf is log(images) − log(max(1, df)); as in the reference scorer the length is the
/// number of bigrams.
///
/// The references are read once; then score() costs a few look-ups per word, and allocates nothing
/// for n-grams and words that it has seen in the references, whatever the number of calls. This is
/// the reward of self-critical training. One object belongs to one thread at a time.
class CiderScorer {
 public:
  /// Document frequency from the references themselves, as the reference scorer has it.
  /// @throws std::invalid_argument when there are none, or an image has none.
  explicit CiderScorer(const std::vector<References>& references);
  /// Document frequency from elsewhere, for instance the training set.
  CiderScorer(const std::vector<References>& references, const DocumentFrequency& frequency);

  /// CIDEr-D of a caption for the image with this index in `references`, 0…10 (and a little over in
  /// theory only for repeated words). An empty caption has 0.
  /// @throws std::out_of_range
  double score(const Tokens& hypothesis, std::size_t image);

  std::size_t images() const { return first_reference_.size() - 1; }
  /// log of the number of images behind the document frequency; at 0 every score is 0.
  double log_images() const { return log_images_; }

 private:
  struct Entry {
    std::uint32_t ngram;
    std::uint32_t count;
    double weight;
  };
  /// The tf-idf vector of a sentence, its orders one after the other, each sorted by n-gram.
  struct Sentence {
    std::array<std::uint32_t, kMaxOrder + 1> first{};  ///< into entries_ or scratch_
    std::array<double, kMaxOrder> norm{};
    double length = 0;
  };

  void read(const std::vector<References>& references);
  std::vector<std::int64_t> count_images() const;
  std::vector<std::int64_t> look_up(const DocumentFrequency& frequency);
  void set_idf(const std::vector<std::int64_t>& counts, std::int64_t images);
  /// The n-grams in by_order_, counted.
  Sentence append_counts(std::vector<Entry>& entries);
  void weigh(Sentence& sentence, std::vector<Entry>& entries) const;
  Sentence encode_hypothesis(const Tokens& hypothesis);
  double similarity(const Sentence& hypothesis, const Sentence& reference) const;

  WordNumbers words_;
  NgramNumbers ngrams_;
  std::vector<double> idf_;  ///< by n-gram
  double log_images_ = 0;
  std::vector<std::uint32_t> first_reference_;  ///< by image, into sentences_; one more at the end
  std::vector<Sentence> sentences_;
  std::vector<Entry> entries_;
  // What score() works in, kept between calls.
  std::vector<Entry> scratch_;
  std::vector<std::uint32_t> encoded_;
  std::unordered_map<std::string, std::uint32_t> unseen_words_;
  FlatMap unseen_ngrams_;
  std::array<std::vector<std::uint32_t>, kMaxOrder> by_order_;
};

/// The score of each caption against its own references, document frequency from `references`; the
/// corpus score is the mean.
std::vector<double> cider_d(const std::vector<Tokens>& hypotheses,
                            const std::vector<References>& references,
                            const DocumentFrequency* frequency = nullptr);

/// Below this many images the idf is so coarse that CIDEr-D says little.
constexpr std::size_t kFewImagesForCider = 50;

/// Why the score means little or nothing, or "" when there is no such reason.
/// @param images  behind the document frequency.
std::string cider_warning(std::size_t images);

}  // namespace saccade
