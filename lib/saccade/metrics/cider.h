#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/metrics/ngrams.h"

namespace saccade {

/// For each n-gram of up to four words, the number of images whose references contain it.
class DocumentFrequency {
 public:
  DocumentFrequency() = default;
  explicit DocumentFrequency(const std::vector<References>& references);

  std::int64_t images() const { return images_; }
  /// By n-gram: its words, separated by single spaces.
  const std::unordered_map<std::string, std::int64_t>& counts() const { return counts_; }

  /// Writes a text file: the first line is {"format": "saccade-document-frequency", "version": 1,
  /// "images": N, "ngrams": M, "tokenizer": …}; then follow M lines of count, tab and n-gram,
  /// sorted by n-gram.
  /// @throws std::runtime_error if it cannot be written.
  void save(const std::filesystem::path& path, const std::string& tokenizer) const;
  /// @throws std::runtime_error naming the invalid line, or if the file has a different tokenizer.
  static DocumentFrequency load(const std::filesystem::path& path, const std::string& tokenizer);

 private:
  std::int64_t images_ = 0;
  std::unordered_map<std::string, std::int64_t> counts_;
};

/// CIDEr-D (Vedantam et al. 2015), usually reported as "CIDEr": for n = 1…4 the clipped cosine
/// similarity of tf-idf vectors, times exp(−(Δlength)²/(2·6²)), averaged over n and over the
/// references, times 10. The idf is log(images) − log(max(1, df)). As in the reference scorer
/// (coco-caption), the length is the number of bigrams.
///
/// The references are processed once. Then score() needs only a few lookups per word and does not
/// allocate memory for words and n-grams of the references. It is the reward of self-critical
/// training. Not thread-safe.
class CiderScorer {
 public:
  /// Counts the document frequency in the references themselves, like the reference scorer.
  /// @throws std::invalid_argument if there are no images, or an image has no references.
  explicit CiderScorer(const std::vector<References>& references);
  /// Uses a given document frequency, e.g. of the training set.
  /// @throws std::invalid_argument as above, or if `frequency` counts no images.
  CiderScorer(const std::vector<References>& references, const DocumentFrequency& frequency);

  /// CIDEr-D of a caption for the image with this index in `references`, 0…10. An empty caption has
  /// score 0.
  /// @throws std::out_of_range for an index without references.
  double score(const Tokens& hypothesis, std::size_t image);

  std::size_t images() const { return first_reference_.size() - 1; }
  /// The log of the number of images in the document frequency; if it is 0, all scores are 0.
  double log_images() const { return log_images_; }

 private:
  struct Entry {
    std::uint32_t ngram;
    std::uint32_t count;
    double weight;
  };
  /// The tf-idf vector of a sentence: its entries by order, each order sorted by n-gram.
  struct Sentence {
    std::array<std::uint32_t, kMaxOrder + 1> first{};  ///< into entries_ or scratch_
    std::array<double, kMaxOrder> norm{};
    double length = 0;
  };

  void read(const std::vector<References>& references);
  std::vector<std::int64_t> count_images() const;
  std::vector<std::int64_t> look_up(const DocumentFrequency& frequency);
  void set_idf(const std::vector<std::int64_t>& counts, std::int64_t images);
  /// Appends the n-grams in by_order_ with their counts.
  Sentence append_counts(std::vector<Entry>& entries);
  void weigh(Sentence& sentence, std::vector<Entry>& entries) const;
  Sentence encode_hypothesis(const Tokens& hypothesis);
  double similarity(const Sentence& hypothesis, const Sentence& reference) const;

  WordNumbers words_;
  NgramNumbers ngrams_;
  std::vector<double> idf_;  ///< by n-gram
  double log_images_ = 0;
  std::vector<std::uint32_t> first_reference_;  ///< index into sentences_ by image, plus the end
  std::vector<Sentence> sentences_;
  std::vector<Entry> entries_;
  // Buffers of score(), kept between calls.
  std::vector<Entry> scratch_;
  std::vector<std::uint32_t> encoded_;
  std::unordered_map<std::string, std::uint32_t> unseen_words_;
  FlatMap unseen_ngrams_;
  std::array<std::vector<std::uint32_t>, kMaxOrder> by_order_;
};

/// The CIDEr-D of each caption; the corpus score is their mean.
/// @param references  one list per hypothesis
/// @param frequency   the document frequency; null: counted in `references`
/// @throws std::invalid_argument if the sizes differ, or as the constructors of CiderScorer.
std::vector<double> cider_d(const std::vector<Tokens>& hypotheses,
                            const std::vector<References>& references,
                            const DocumentFrequency* frequency = nullptr);

/// Below this number of images, the idf is too coarse for a meaningful CIDEr-D.
constexpr std::size_t kFewImagesForCider = 50;

/// A warning if CIDEr-D is not meaningful, or "".
/// @param images  number of images in the document frequency.
std::string cider_warning(std::size_t images);

}  // namespace saccade
