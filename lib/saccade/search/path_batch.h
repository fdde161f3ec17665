#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/search/step_function.h"
#include "saccade/search/trace.h"
#include "saccade/search/word_constraints.h"

namespace saccade {

/// The open paths of a batch of images, all of them moved on by one call of the step function. What
/// beam search, sampling and scoring share; they differ only in how they choose the words.
///
/// Every image in the batch has the same number of rows, that of the image with the most open
/// paths; rows beyond an image's own paths repeat its first and are not looked at.
class PathBatch {
 public:
  struct Image {
    std::int64_t index;               ///< in the batch that the search was given
    std::int64_t first_row;           ///< the row of its first path; the others follow
    std::vector<std::int64_t> paths;  ///< of the trace, never none
  };
  /// A path of the trace and the row of the last step in which its last word was chosen.
  struct Next {
    std::int64_t path, row;
  };

  /// @param start  one row per image; every image has one path, without words.
  /// @param temperature  of Hypothesis::log_mass
  PathBatch(const StepFunction& step, const State& start, std::int64_t alternatives,
            double temperature = 1);

  bool empty() const { return images_.empty(); }
  const std::vector<Image>& images() const { return images_; }
  Trace& trace() { return trace_; }

  /// Runs the step for the last word of every path. @return the model's log p, R×V, float,
  /// dense, on the CPU; the caller's to change.
  /// @throws std::runtime_error if the model yields what is not a number.
  at::Tensor advance();
  /// Applies the rules on words to what `advance` returned, in place.
  void constrain(const at::Tensor& log_p, const WordConstraints& constraints) const;

  /// Goes on with these paths. @param next  per image of images(); one without paths leaves.
  void keep(const std::vector<std::vector<Next>>& next);

 private:
  std::vector<std::vector<std::int64_t>> pasts() const;  ///< words per row, none for a repeated one
  void check_numbers(const at::Tensor& log_p) const;

  const StepFunction& step_;
  Trace trace_;
  State state_;
  std::vector<Image> images_;
  std::int64_t width_ = 1;   ///< rows per image
  std::int64_t length_ = 0;  ///< words per path
};

}  // namespace saccade
