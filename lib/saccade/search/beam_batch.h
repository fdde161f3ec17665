#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"
#include "saccade/search/top_k.h"
#include "saccade/search/word_constraints.h"

namespace saccade {

/// What a search has seen, so that hypotheses can be read off at its end. Every step's maps are
/// kept once; a path is a word and the number of the path before it, so that branching copies
/// nothing. The word at place t was chosen from the t-th step recorded.
class BeamHistory {
 public:
  static constexpr std::int64_t kRoot = 0;  ///< the path without words

  /// @param alternatives  strongest words kept per row and step.
  /// @param temperature   of Hypothesis::log_mass
  explicit BeamHistory(std::int64_t alternatives, double temperature = 1)
      : alternatives_(alternatives), temperature_(temperature) {}

  /// Keeps what hypotheses need of a step; log_p is the model's own, R×V.
  void record(const Step& step, const at::Tensor& log_p);

  /// The path that goes on with a word chosen in a row of the last step. @return its number.
  /// @param penalty  taken off the path's rank, see WordConstraints::repeat_penalty
  std::int64_t extend(std::int64_t path, std::int64_t row, std::int64_t id, double log_p,
                      double penalty = 0);

  std::int64_t last_word(std::int64_t path) const { return node(path).id; }
  std::int64_t length(std::int64_t path) const { return node(path).length; }
  /// Σ log p of its words.
  double log_prob(std::int64_t path) const { return node(path).log_prob; }
  /// Σ log p − Σ penalty.
  double rank(std::int64_t path) const { return node(path).rank; }
  std::vector<std::int64_t> words(std::int64_t path) const;

  /// The path as a hypothesis that has not ended; its score is log_prob.
  Hypothesis unfinished(std::int64_t path) const;
  /// The same, closed by the end word.
  Hypothesis finished(std::int64_t path, double end_log_p) const;

 private:
  struct Node {
    std::int64_t before = -1, row = -1, id = -1, length = 0;
    double log_p = 0, log_prob = 0, rank = 0;
  };
  /// On the CPU, contiguous, float.
  struct Seen {
    at::Tensor alpha, gate, cell, log_mass;
    TopK words;
  };

  const Node& node(std::int64_t path) const { return nodes_[static_cast<std::size_t>(path)]; }
  void read(const Node& node, Hypothesis& into) const;

  std::int64_t alternatives_;
  double temperature_;
  std::vector<Node> nodes_{Node{}};
  std::vector<Seen> steps_;
};

/// The open paths of a batch of images, all of them moved on by one call of the step function. What
/// beam search, sampling and scoring share; they differ only in how they choose the words.
///
/// Every image in the batch has the same number of rows, that of the image with the most open
/// paths; rows beyond an image's own paths repeat its first and are not looked at.
class BeamBatch {
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
  BeamBatch(const StepFunction& step, const State& start, std::int64_t alternatives,
            double temperature = 1);

  bool empty() const { return images_.empty(); }
  const std::vector<Image>& images() const { return images_; }
  BeamHistory& history() { return history_; }

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
  BeamHistory history_;
  State state_;
  std::vector<Image> images_;
  std::int64_t width_ = 1;   ///< rows per image
  std::int64_t length_ = 0;  ///< words per path
};

}  // namespace saccade
