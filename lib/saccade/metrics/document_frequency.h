#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/metrics/tokens.h"

namespace saccade {

/// For each n-gram of up to four words, in how many images' references it stands.
class DocumentFrequency {
 public:
  DocumentFrequency() = default;
  explicit DocumentFrequency(const std::vector<References>& references);

  std::int64_t images() const { return images_; }
  /// By n-gram: its words with one space between them.
  const std::unordered_map<std::string, std::int64_t>& counts() const { return counts_; }

  /// A text file: a first line {"format": "saccade-document-frequency", "version": 1, "images": N,
  /// "ngrams": M, "tokenizer": …}, then M lines of count, tab, n-gram, sorted by n-gram.
  /// @throws std::runtime_error when it cannot be written.
  void save(const std::filesystem::path& path, const std::string& tokenizer) const;
  /// @throws std::runtime_error saying which line is wrong, or that the tokenizer is another one.
  static DocumentFrequency load(const std::filesystem::path& path, const std::string& tokenizer);

 private:
  std::int64_t images_ = 0;
  std::unordered_map<std::string, std::int64_t> counts_;
};

}  // namespace saccade
