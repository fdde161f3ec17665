#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/io/csv.h"

namespace saccade {

/// The supported formats of captions.
enum class CaptionFormat {
  tokens,      ///< token file of Flickr8k and Flickr30k: NAME#K, a tab, a caption
  karpathy,    ///< one JSON object with "images", each with "sentences" and "split"
  coco,        ///< one JSON object with "images" and "annotations"
  results,     ///< COCO results: one JSON array of {"image_id", "caption"}
  dictionary,  ///< one JSON object {image: [captions]}, as for pycocoevalcap
  jsonl,       ///< a JSON object per line: an image, a caption or captions, optionally "split"
  csv,       ///< columns image, caption and optionally split with a header, or two columns without
  sidecars,  ///< a folder of images with a text file beside each, a caption per line
};

/// The keys and columns of an image's name, and of its caption or captions. The first that is there
/// is used.
inline constexpr auto kImageKeys = {"image",    "image_id", "image_name", "file_name",
                                    "filename", "file",     "path",       "name"};
inline constexpr auto kCaptionKeys = {"caption",  "captions",  "references", "text",
                                      "sentence", "sentences", "comment",    "description"};

/// "tokens", "karpathy", "coco", "results", "dictionary", "jsonl", "csv" or "sidecars".
const char* to_string(CaptionFormat format);
/// @throws std::invalid_argument listing the known formats.
CaptionFormat caption_format_from_string(const std::string& name);
/// A readable name, e.g. "Karpathy JSON".
const char* describe(CaptionFormat format);

/// What an image shows, according to its labels.
struct CountedLabel {
  std::string label;      ///< lower case, words separated by spaces; not empty
  std::size_t count = 0;  ///< the number of its boxes; 0: unknown
};

/// One entry of a caption file. Token, CSV and JSONL files may have several entries for an image.
struct CaptionRecord {
  std::string image;                  ///< as named in the file; not empty
  std::string folder;                 ///< Karpathy's "filepath", or ""
  std::string id;                     ///< a second name (the COCO id), or ""
  std::string split;                  ///< as named in the file, or ""
  std::string where;                  ///< "line 3", "image 3" or "entry 3", from 1
  std::vector<std::string> captions;  ///< as written; the list or any caption may be empty
  std::vector<CountedLabel> labels;   ///< see CaptionRecordOptions; each label once
};

/// A line or an entry that could not be read, or only after a repair.
struct MalformedRecord {
  std::string where;  ///< "line 3", "image 3", "annotation 3" or "entry 3"
  std::string what;   ///< the problem, to follow `where` and a colon
};

struct CaptionRecords {
  CaptionFormat format = CaptionFormat::tokens;
  std::vector<CaptionRecord> records;      ///< in the order of the file; for COCO, of its images
  std::vector<MalformedRecord> malformed;  ///< skipped
  std::vector<MalformedRecord> repaired;   ///< read
  std::size_t failures = 0;  ///< JSON lines of `batch` that record an error or no sure caption
};

struct CaptionRecordOptions {
  std::optional<CaptionFormat> format;  ///< default: detected from the contents
  bool tokenized = false;               ///< use Karpathy's "tokens" instead of its "raw" text
  /// Accept JSONL lines with "labels", a list of names, instead of captions. Their "boxes", lists
  /// of label, optional score, left, top, right and bottom, count the things; boxes with a score
  /// below 0.5 do not.
  bool labels = false;
};

/// Reads a caption file in any of the formats but `sidecars`. Malformed entries are collected, and
/// reading continues after them. A JSON array is COCO results; a single JSON object is Karpathy or
/// COCO JSON or a dictionary, an object per line is JSONL; a file whose first line starts with
/// NAME#K is a token file, any other is CSV. If the header of a CSV file has bars instead of commas
/// (Flickr30k's results.csv), its fields are separated by bars and have no quotes.
/// @throws std::runtime_error naming the file, and the line if there is one, if the file cannot be
///         read, is not UTF-8, or has none of the formats.
CaptionRecords read_caption_records(const std::filesystem::path& path,
                                    const CaptionRecordOptions& options = {});

/// The column indices of a CSV file. The index of a missing column is `columns`.
struct CaptionColumns {
  std::size_t columns = 0;  ///< number of columns
  std::size_t image = 0, caption = 1, split = 0;
  bool header = false;  ///< the first row names the columns

  /// @param first  the file's first row.
  explicit CaptionColumns(const CsvRow& first);
  bool usable() const { return header || columns == 2; }
};

/// The message for a file whose columns are not usable().
std::string missing_columns(const CaptionColumns& columns);
/// The message for a row with a different number of fields than the first.
std::string wrong_field_count(const CsvRow& row, const CaptionColumns& columns);

// Readers of the two formats that are one JSON document. Entries with an unexpected structure
// become malformed records.

/// @param root       an object with the list "images"
/// @param tokenized  use the sentences' "tokens", each followed by a space, instead of their "raw"
void read_karpathy(const nlohmann::json& root, bool tokenized, CaptionRecords& out);

/// @param root  an object with the list "annotations" and optionally the list "images"; without
///              "images", the images are named by their ids
void read_coco(const nlohmann::json& root, CaptionRecords& out);

}  // namespace saccade
