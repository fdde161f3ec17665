#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace saccade {

/// The kind of a failure: the error's text without the image's name, quoted words, numbers and
/// details, e.g. "is truncated" or "is a PDF document".
std::string failure_kind(const std::string& path, const std::string& error);

/// Counts failures by kind.
class FailureKinds {
 public:
  void add(const std::string& path, const std::string& error) {
    ++counts_[failure_kind(path, error)];
  }
  /// The kinds with their counts, the most frequent first; among equals by name.
  std::vector<std::pair<std::string, std::int64_t>> by_count() const;

 private:
  std::map<std::string, std::int64_t> counts_;
};

}  // namespace saccade
