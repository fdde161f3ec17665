#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/caption.h"

namespace saccade {

/// What diagnosing a word of a caption gave.
struct WordVerdict {
  std::string verdict;   ///< see explain/diagnose/diagnosis.h; empty for a word without one
  double suspicion = 0;  ///< 0…1
};

/// The result for one image of a run.
struct BatchRecord {
  std::int64_t index = 0;         ///< index among the inputs
  std::string path;               ///< as given
  std::vector<Caption> captions;  ///< the best first; empty if there is an error
  std::string error;              ///< the reason why there is no caption, or empty
  std::string warning;            ///< a problem that may affect the caption, or empty
  /// Of the words of the best caption; empty if they are not diagnosed.
  std::vector<WordVerdict> verdicts;
};

/// Whether a caption's confidence is below the minimum. A caption without confidence is not unsure.
bool is_unsure(const Caption& caption, double min_confidence);
/// The confidence as a number, or null without a calibration.
nlohmann::ordered_json confidence_json(const Caption& caption);

/// Rounds to four decimals, the precision of the numbers in records.
double rounded(double value);

/// The counts of a run. captioned + failed < inputs if the run was stopped.
struct BatchCounts {
  std::int64_t captioned = 0;
  std::int64_t failed = 0;
};

/// What is written of a record.
struct RecordOptions {
  double min_confidence = 0;
  /// The caption as it is written: {caption} is replaced by the caption, {name} by the image's file
  /// name and {stem} by that name without its extension.
  std::string text = "{caption}";
  bool words = false;     ///< "words": the words of the caption
  bool p = false;         ///< "p": their probabilities
  bool maps = false;      ///< "grid": [rows, cols] and "maps": α of each word, row by row
  bool verdicts = false;  ///< "verdicts" and "suspicion" of each word; null for words without one
  bool n_best = false;    ///< "n_best": all captions, each with caption, log_prob and confidence
};

/// Sets the fields from a comma-separated list of caption, words, p, maps, verdicts and n_best; the
/// caption is always written.
/// @throws std::invalid_argument for another name.
void set_fields(RecordOptions& options, const std::string& names);

/// One line of the output, without the line break:
///   {"image": path, "caption": text, "log_prob": number, "confidence": number or null}
///   {"image": path, "caption": null, "unsure": true, "confidence": number}, below min_confidence
///   {"image": path, "error": text}
/// The first also has the fields of the options. The first two have "warning": text if the image is
/// damaged. Numbers have four decimals. A path that is not UTF-8 has U+FFFD for the bytes that are
/// not (see io/unicode.h); after "image" follows "image_bytes", its bytes in base64.
std::string to_json_line(const BatchRecord& record, const RecordOptions& options = {});

/// The same as a row of CSV without the line break, with the columns of csv_header. An unsure
/// record has a confidence, but neither caption nor log_prob.
std::string to_csv_row(const BatchRecord& record, const RecordOptions& options = {});
/// The first line of a CSV output, without the line break.
constexpr char csv_header[] = "image,caption,log_prob,confidence,warning,error,image_bytes";

/// What a run needs to know of a row that an earlier run wrote.
struct WrittenRow {
  std::string path;     ///< the image's path, in its own bytes
  bool failed = false;  ///< it has an error instead of a caption
};

/// Reads a row that to_json_line or to_csv_row wrote.
/// @throws std::invalid_argument if it is not such a row.
WrittenRow parse_json_line(const std::string& line);
WrittenRow parse_csv_row(const std::string& row);

}  // namespace saccade
