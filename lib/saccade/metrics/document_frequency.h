#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/metrics/tokens.h"

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

}  // namespace saccade
