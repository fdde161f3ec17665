#pragma once

#include <string>

#include "saccade/training/trainer.h"

namespace saccade::app {

/// The progress of a run as one line, without newline.
/// @param columns  width of the terminal. A bar fills the space that the numbers leave; the last
///                 numbers are omitted if they do not fit. 0: no bar
std::string progress_line(const TrainingProgress& now, std::size_t columns);

/// Shows a run on stderr: a moving bar on a terminal; elsewhere a line per hundred batches and at
/// the end of each epoch.
class TrainingDisplay {
 public:
  TrainingDisplay();

  void show(const TrainingProgress& now);
  void show(const ValidationResult& result);

 private:
  bool terminal_;
};

}  // namespace saccade::app
