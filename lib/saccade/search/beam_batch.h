#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"
#include "saccade/search/word_constraints.h"

namespace saccade {

/// The k most probable words of each row, in decreasing order; ties by increasing id.
struct TopK {
  std::int64_t k = 0;             ///< at most V
  std::vector<std::int64_t> ids;  ///< R×k; −1 where fewer than k words of a row have log p > −∞
  std::vector<float> log_p;       ///< R×k; −∞ there
};

/// @param log_p  R×V, float
TopK top_k(const at::Tensor& log_p, std::int64_t k);

/// The steps of a search, from which hypotheses are read at its end. The maps of every step are
/// stored once. A path is a word and the number of its parent path, so that branching copies
/// nothing. The word at position t was chosen from the t-th recorded step.
class BeamHistory {
 public:
  static constexpr std::int64_t kRoot = 0;  ///< the path without words

  /// @param alternatives  top words stored per row and step
  /// @param temperature   for Hypothesis::log_mass
  explicit BeamHistory(std::int64_t alternatives, double temperature = 1)
      : alternatives_(alternatives), temperature_(temperature) {}

  /// Stores what hypotheses need from a step.
  /// @param log_p  R×V, of the model, before constraints
  void record(const Step& step, const at::Tensor& log_p);

  /// Adds a path that extends `path` by a word.
  /// @param row      the row of the last step in which the word was chosen
  /// @param penalty  subtracted from the path's rank, see WordConstraints::repeat_penalty
  /// @return the number of the new path
  std::int64_t extend(std::int64_t path, std::int64_t row, std::int64_t id, double log_p,
                      double penalty = 0);

  std::int64_t last_word(std::int64_t path) const { return node(path).id; }
  std::int64_t length(std::int64_t path) const { return node(path).length; }
  /// Σ log p over its words.
  double log_prob(std::int64_t path) const { return node(path).log_prob; }
  /// Σ log p − Σ penalty.
  double rank(std::int64_t path) const { return node(path).rank; }
  std::vector<std::int64_t> words(std::int64_t path) const;

  /// The path as an unfinished hypothesis, with log_prob as its score.
  Hypothesis unfinished(std::int64_t path) const;
  /// The path with the end word as a finished hypothesis.
  Hypothesis finished(std::int64_t path, double end_log_p) const;

 private:
  struct Node {
    std::int64_t before = -1, row = -1, id = -1, length = 0;
    double log_p = 0, log_prob = 0, rank = 0;
  };
  /// What is stored of a step: on the CPU, contiguous, float.
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

/// The open paths of a batch of images. One call of the step function advances all of them. Shared
/// by beam search, sampling and scoring, which differ only in how they choose words.
///
/// Every image has the same number of rows, at least that of the image with the most open paths.
/// Rows beyond an image's own paths repeat its first path and are ignored.
class BeamBatch {
 public:
  struct Image {
    std::int64_t index;               ///< in the batch that the search was given
    std::int64_t first_row;           ///< the row of its first path; the others follow
    std::vector<std::int64_t> paths;  ///< numbers in the history; never empty
  };
  /// A path of the history, and the row of the last step in which its last word was chosen.
  struct Next {
    std::int64_t path, row;
  };

  /// @param step          must outlive this object
  /// @param start         one row per image; each image starts with one path without words
  /// @param alternatives  top words stored per row and step
  /// @param temperature   for Hypothesis::log_mass
  /// @throws std::invalid_argument for a start with several rows per image.
  BeamBatch(const StepFunction& step, const State& start, std::int64_t alternatives,
            double temperature = 1);

  bool empty() const { return images_.empty(); }
  const std::vector<Image>& images() const { return images_; }
  BeamHistory& history() { return history_; }

  /// Runs the step function for the last word of every path.
  /// @return log p of the model, R×V, float, dense, on the CPU; the caller may modify it
  /// @throws std::runtime_error if log p is NaN.
  at::Tensor advance();
  /// Applies the constraints to the result of `advance`, in place.
  void constrain(const at::Tensor& log_p, const WordConstraints& constraints) const;

  /// Continues with these paths.
  /// @param next   for each of images(); an image without paths is removed
  /// @param width  the least number of rows per image. If it is the most that an image can need,
  ///               the products of an image do not depend on the others, not even in rounding.
  void keep(const std::vector<std::vector<Next>>& next, std::size_t width = 1);

 private:
  std::vector<std::vector<std::int64_t>> pasts() const;  ///< words per row; empty for repeated rows
  void check_numbers(const at::Tensor& log_p) const;

  const StepFunction& step_;
  BeamHistory history_;
  State state_;
  std::vector<Image> images_;
  std::int64_t width_ = 1;   ///< rows per image
  std::int64_t length_ = 0;  ///< words per path
};

}  // namespace saccade
