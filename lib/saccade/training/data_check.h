#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/data/dataset_listing.h"
#include "saccade/training/mixture.h"

namespace saccade {

struct DataCheckOptions {
  std::int64_t min_count = 5;   ///< as TrainingConfig has it
  std::int64_t max_words = 24;  ///< as TrainingConfig has it
  std::size_t threads = 1;      ///< that decode photographs, ≥ 1
  std::function<void(std::size_t done, std::size_t total)> progress;  ///< may be empty
  std::function<bool()> should_stop;  ///< may be empty; true gives up by std::runtime_error
};

/// A split in figures. Words are tokens of ptb_tokenize, the end not counted.
struct SplitCheck {
  std::string name;
  std::size_t images = 0, captions = 0;
  std::size_t absent = 0;  ///< photographs that are not there
  std::size_t broken = 0;  ///< photographs that cannot be decoded: damaged, truncated, no image
  std::size_t shortest = 0, longest = 0;  ///< words of a caption
  double median = 0;
  double over_max_words = 0;  ///< share of the captions that training would cut, 0…1
  std::size_t words = 0;      ///< of all captions together
  double known = 0;           ///< share of these words that the vocabulary holds, 0…1
};

/// A data set in figures.
struct SourceCheck {
  std::string name;  ///< as source_names has it
  std::string data;  ///< its path
  CaptionFormat format = CaptionFormat::tokens;
  double share = 1;
  std::vector<SplitCheck> splits;
};

/// What is to be known of data sets before training. Messages are a sentence each and name their
/// file, and the line where there is one.
struct DataCheck {
  DataCheckOptions options;
  std::vector<SourceCheck> sources;
  std::int64_t distinct_words = 0;  ///< of the training captions of all sources
  std::int64_t vocabulary = 0;      ///< those of them that occur min_count times
  std::vector<std::string> malformed, empty_captions, repeated, no_caption, absent, broken;
  std::vector<std::string> overlaps;    ///< the same name, or the same bytes, in two splits
  std::vector<std::string> duplicates;  ///< the same bytes twice in one split
  std::vector<std::string> obstacles;   ///< why training could not start; empty when it could

  bool can_train() const { return obstacles.empty(); }
};

/// Looks at everything that a training run would read: decodes all photographs, in threads, and
/// compares their bytes by SHA-256, across the data sets too. Training could not start where a
/// source with a share has no split train, or no source a split dev; with images of these splits
/// that have no caption or cannot be decoded; or without a word that occurs min_count times.
/// @throws std::runtime_error when should_stop says so
DataCheck check_data(const std::vector<MixtureSource>& sources, const DataCheckOptions& options);

/// Decodes the photographs of the splits train and dev, so that a run does not stop at a broken one
/// hours later. Of the options, threads, progress and should_stop count.
/// @throws std::runtime_error naming the file and line of the first that cannot be decoded, and how
///         many others there are; or when should_stop says so
void require_photographs(const std::vector<MixtureSource>& sources,
                         const DataCheckOptions& options);

/// A table and the first few messages of each kind, for people.
std::string render_text(const DataCheck& check);
/// Everything, for programs.
nlohmann::ordered_json render_json(const DataCheck& check);

}  // namespace saccade
