#include "saccade/search/beam_search.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "saccade/search/beam_batch.h"
#include "saccade/search/step_function.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

namespace {

double normalized(double log_prob, std::int64_t words, double length_penalty) {
  if (length_penalty == 0 || words == 0) return log_prob;
  return log_prob / std::pow(static_cast<double>(words), length_penalty);
}

/// The search of one image.
class ImageSearch {
 public:
  explicit ImageSearch(const BeamSearchOptions& options) : options_(options) {}

  /// One step of the search.
  /// @param words  the top permitted words, K + 1 per row
  /// @return the paths that stay open, the best first
  std::vector<BeamBatch::Next> advance(const BeamBatch::Image& image, const TopK& words,
                                       BeamHistory& history) {
    rank(image, words, history);
    const bool last = history.length(image.paths.front()) == options_.constraints.max_length;
    std::vector<bool> ended(image.paths.size(), false);
    std::vector<BeamBatch::Next> open;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const Candidate& one = candidates_[i];
      const auto path = image.paths[one.parent];
      if (one.id != Vocabulary::kEnd) {
        if (last || open.size() == static_cast<std::size_t>(options_.beam)) continue;
        const auto row = image.first_row + static_cast<std::int64_t>(one.parent);
        open.push_back({history.extend(path, row, one.id, one.log_p, one.penalty), row});
      } else if (i < static_cast<std::size_t>(options_.beam)) {
        ended[one.parent] = true;
        finish(path, one, history);
        if (options_.beam == 1) return {};
      }
    }
    if (open.empty()) give_up(image, ended, history);
    prune(open, history);
    return open;
  }

  std::vector<Hypothesis> results(const BeamHistory& history) const {
    std::vector<Hypothesis> list;
    for (const Result& one : results_) {
      list.push_back(one.finished ? history.finished(one.path, one.end_log_p)
                                  : history.unfinished(one.path));
      list.back().score = one.score;
    }
    return list;
  }

 private:
  struct Candidate {
    std::size_t parent;  ///< index in the image's paths
    std::int64_t id;
    double log_p;    ///< of the model
    double penalty;  ///< for a repeated content word
    double rank;
  };
  struct Result {
    std::int64_t path;
    bool finished;
    double end_log_p, score;
  };

  bool full() const { return results_.size() == static_cast<std::size_t>(options_.n_best); }

  // K + 1 words per parent suffice: they include its K best words other than the end word.
  void rank(const BeamBatch::Image& image, const TopK& words, const BeamHistory& history) {
    candidates_.clear();
    for (std::size_t parent = 0; parent < image.paths.size(); ++parent) {
      const double before = history.rank(image.paths[parent]);
      const auto row = image.first_row + static_cast<std::int64_t>(parent);
      for (std::int64_t i = row * words.k; i < (row + 1) * words.k; ++i) {
        const auto id = words.ids[static_cast<std::size_t>(i)];
        if (id < 0) break;
        const double ranked = words.log_p[static_cast<std::size_t>(i)];
        const double penalty = penalty_of(image.paths[parent], id, history);
        candidates_.push_back({parent, id, ranked + penalty, penalty, before + ranked});
      }
    }
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.rank > b.rank; });
  }

  // What the constraints subtracted from log p.
  double penalty_of(std::int64_t path, std::int64_t id, const BeamHistory& history) const {
    const WordConstraints& rules = options_.constraints;
    if (rules.repeat_penalty == 0 || !(*rules.content)[static_cast<std::size_t>(id)]) return 0;
    const std::vector<std::int64_t> said = history.words(path);
    return std::find(said.begin(), said.end(), id) == said.end() ? 0 : rules.repeat_penalty;
  }

  void finish(std::int64_t path, const Candidate& end, const BeamHistory& history) {
    const double score = normalized(end.rank, history.length(path) + 1, options_.length_penalty);
    const auto place = std::find_if(results_.begin(), results_.end(),
                                    [&](const Result& other) { return other.score < score; });
    results_.insert(place, {path, true, end.log_p, score});
    if (results_.size() > static_cast<std::size_t>(options_.n_best)) results_.pop_back();
  }

  // The paths have the same length and are sorted by rank, so also by score.
  void give_up(const BeamBatch::Image& image, const std::vector<bool>& ended,
               const BeamHistory& history) {
    for (std::size_t i = 0; i < image.paths.size() && !full(); ++i) {
      if (ended[i]) continue;
      const auto path = image.paths[i];
      results_.push_back(
          {path, false, 0,
           normalized(history.rank(path), history.length(path), options_.length_penalty)});
    }
  }

  void prune(std::vector<BeamBatch::Next>& open, const BeamHistory& history) const {
    if (!full()) return;
    while (!open.empty() &&
           normalized(history.rank(open.back().path), options_.constraints.max_length + 1,
                      options_.length_penalty) <= results_.back().score) {
      open.pop_back();
    }
  }

  const BeamSearchOptions& options_;
  std::vector<Candidate> candidates_;
  std::vector<Result> results_;  ///< the best first; only finished ones until the search ends
};

}  // namespace

void check(const BeamSearchOptions& options) {
  require(options.beam >= 1, "beam must be at least 1, not " + std::to_string(options.beam));
  require(options.n_best >= 1 && options.n_best <= options.beam,
          "n_best must be from 1 to the beam, " + std::to_string(options.beam) + ", not " +
              std::to_string(options.n_best));
  require(options.length_penalty >= 0 && std::isfinite(options.length_penalty),
          "length_penalty must be a number of at least 0, not " +
              std::to_string(options.length_penalty));
  require(options.alternatives >= 0,
          "alternatives must be at least 0, not " + std::to_string(options.alternatives));
  require(options.report_temperature > 0 && std::isfinite(options.report_temperature),
          "report_temperature must be a number above 0, not " +
              std::to_string(options.report_temperature));
  check(options.constraints);
}

std::vector<std::vector<Hypothesis>> beam_search(const StepFunction& step, const State& start,
                                                 const BeamSearchOptions& options) {
  check(options);
  BeamBatch batch(step, start, options.alternatives, options.report_temperature);
  std::vector<ImageSearch> searches(batch.images().size(), ImageSearch(options));
  while (!batch.empty()) {
    const at::Tensor log_p = batch.advance();
    batch.constrain(log_p, options.constraints);
    const TopK words = top_k(log_p, options.beam + 1);
    std::vector<std::vector<BeamBatch::Next>> next;
    for (const auto& image : batch.images()) {
      next.push_back(
          searches[static_cast<std::size_t>(image.index)].advance(image, words, batch.history()));
    }
    batch.keep(next, static_cast<std::size_t>(options.beam));
  }
  std::vector<std::vector<Hypothesis>> results;
  for (const ImageSearch& search : searches) results.push_back(search.results(batch.history()));
  return results;
}

}  // namespace saccade
