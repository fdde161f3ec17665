#pragma once

#include <memory>
#include <string>
#include <unordered_map>

struct sb_stemmer;

namespace saccade {

/// Snowball's English stemmer ("running" → "run") with a cache. Not thread-safe.
class Stemmer {
 public:
  /// @throws std::runtime_error if the library has no English stemmer.
  Stemmer();
  /// @param word  lower case UTF-8.
  const std::string& stem(const std::string& word);

 private:
  struct Delete {
    void operator()(sb_stemmer* stemmer) const;
  };
  std::unique_ptr<sb_stemmer, Delete> stemmer_;
  std::unordered_map<std::string, std::string> known_;
};

}  // namespace saccade
