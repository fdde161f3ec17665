#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/data/dataset_listing.h"
#include "saccade/io/progress.h"
#include "saccade/training/mixture.h"

namespace saccade {

struct DataCheckOptions {
  std::int64_t min_count = 5;   ///< as in TrainingConfig
  std::int64_t max_words = 24;  ///< as in TrainingConfig
  std::size_t threads = 1;      ///< threads that decode images, ≥ 1
  Progress progress;
  std::function<bool()> should_stop;  ///< may be empty; true: stop with std::runtime_error
};

/// Statistics of a split. Words are tokens of ptb_tokenize, without the end token.
struct SplitCheck {
  std::string name;
  std::size_t images = 0, captions = 0;
  std::size_t labelled = 0;  ///< images that have labels instead of captions
  std::size_t absent = 0;    ///< images whose file does not exist
  std::size_t broken = 0;    ///< images that cannot be decoded: damaged, truncated, not an image
  std::size_t shortest = 0, longest = 0;  ///< words of a caption
  double median = 0;
  double over_max_words = 0;  ///< share of the captions that training would truncate, 0…1
  std::size_t words = 0;      ///< of all captions together
  double known = 0;           ///< share of these words that are in the vocabulary, 0…1
};

/// Statistics of a data set.
struct SourceCheck {
  std::string name;  ///< from source_names
  std::string data;  ///< path
  CaptionFormat format = CaptionFormat::tokens;
  double share = 1;
  std::vector<SplitCheck> splits;
};

/// The result of checking data sets before training. Each message is one sentence that names the
/// file, and the line if there is one.
struct DataCheck {
  DataCheckOptions options;
  std::vector<SourceCheck> sources;
  std::int64_t distinct_words = 0;  ///< of the training captions and labels of all sources
  std::int64_t vocabulary = 0;      ///< those of them that occur at least min_count times
  std::vector<std::string> malformed, empty_captions, repeated, no_caption, absent, broken;
  std::vector<std::string> overlaps;    ///< the same name, or the same bytes, in two splits
  std::vector<std::string> duplicates;  ///< the same bytes twice in one split
  std::vector<std::string> obstacles;   ///< why training cannot start; empty if it can

  bool can_train() const { return obstacles.empty(); }
};

/// Checks everything that a training run would read. Decodes all images, in threads, and compares
/// their bytes by SHA-256, also across data sets. Training cannot start if a source with a share >
/// 0 has no train split, if no source has a dev split, if images of these splits have no caption or
/// cannot be decoded, or if no word occurs min_count times.
/// @throws std::runtime_error when should_stop returns true
DataCheck check_data(const std::vector<MixtureSource>& sources, const DataCheckOptions& options);

/// Decodes the images of the train and dev splits, so that a run does not fail at a broken image
/// hours later. Uses the options threads, progress and should_stop.
/// @throws std::runtime_error naming the file and line of the first image that cannot be decoded
///         and the number of others; or when should_stop returns true
void require_photographs(const std::vector<MixtureSource>& sources,
                         const DataCheckOptions& options);

/// Renders a table and the first few messages of each kind, for people.
std::string render_text(const DataCheck& check);
/// Renders everything, for programs.
nlohmann::ordered_json render_json(const DataCheck& check);

}  // namespace saccade
