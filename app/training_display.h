#pragma once

#include <string>

#include "saccade/training/trainer.h"

namespace saccade::app {

/// A time left as people say it: "40 s", "12 min", "3:05 h".
std::string duration(double seconds);

/// Where a run stands, in one line without its end.
/// @param columns  of the terminal: a bar takes what the numbers leave of them, and the last
///                 numbers give way where they do not fit. 0: no bar
std::string progress_line(const TrainingProgress& now, std::size_t columns);

/// Shows a run on stderr: a bar that moves on a terminal, a line per hundred batches and at each
/// epoch's end elsewhere.
class TrainingDisplay {
 public:
  TrainingDisplay();

  void show(const TrainingProgress& now);
  void show(const ValidationResult& result);

 private:
  bool terminal_;
};

}  // namespace saccade::app
