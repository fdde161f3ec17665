#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "saccade/batch/failure_kinds.h"

namespace saccade::app {

/// How far a run has come.
struct BatchStatus {
  std::int64_t done = 0;    ///< images with a result, failed ones included
  std::int64_t total = 0;   ///< images to process
  std::int64_t failed = 0;  ///< of those done
  double seconds = 0;       ///< since the beginning
};

/// The status as one line: a bar, counts, rate and time left.
/// @param columns  width of the terminal; 0: no bar
std::string batch_line(const BatchStatus& status, std::size_t columns);

/// Shows a run on stderr: a moving bar on a terminal, elsewhere a line every half minute.
class BatchProgress {
 public:
  /// @param quiet  shows nothing
  BatchProgress(std::int64_t total, bool quiet);
  ~BatchProgress() { clear(); }
  BatchProgress(const BatchProgress&) = delete;
  BatchProgress& operator=(const BatchProgress&) = delete;

  /// @param error  empty for a captioned image
  void add(const std::string& path, const std::string& error);
  /// Adds images to process.
  void extend(std::int64_t images) { status_.total += images; }
  /// Removes the bar, for a message.
  void clear() const;
  /// Prints the counts, the failures by kind, and how to continue an interrupted run.
  /// @param found      images that an earlier run captioned
  /// @param resumable  whether the same command continues the run
  void finish(std::int64_t found, bool resumable);

  std::int64_t done() const { return status_.done; }
  std::int64_t failed() const { return status_.failed; }
  bool complete() const { return status_.done == status_.total; }

 private:
  using Clock = std::chrono::steady_clock;

  BatchStatus status_;
  FailureKinds failures_;
  const bool quiet_;
  const bool terminal_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point shown_ = begin_;
};

}  // namespace saccade::app
