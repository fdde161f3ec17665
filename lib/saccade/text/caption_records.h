#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/io/csv.h"

namespace saccade {

/// How files hold captions of images.
enum class CaptionFormat {
  tokens,    ///< Flickr8k's and Flickr30k's token file: NAME#K, a tab, a caption
  karpathy,  ///< one JSON object with "images", each with "sentences" and "split"
  coco,      ///< one JSON object with "images" and "annotations"
  jsonl,     ///< a JSON object per line: "image", "caption" or "captions", perhaps "split"
  csv,       ///< columns image, caption and perhaps split, named by a header; or those two alone
};

/// "tokens", "karpathy", "coco", "jsonl" or "csv".
const char* to_string(CaptionFormat format);
/// @throws std::invalid_argument naming those that there are.
CaptionFormat caption_format_from_string(const std::string& name);
/// As a person would call it, e.g. "Karpathy JSON".
const char* describe(CaptionFormat format);

/// What a file says of an image at one place. A token file, CSV or JSONL may come back to an image.
struct CaptionRecord {
  std::string image;                  ///< as the file names it, not empty
  std::string folder;                 ///< Karpathy's "filepath", or ""
  std::string id;                     ///< a second name (COCO's number), or ""
  std::string split;                  ///< as the file has it, or ""
  std::string where;                  ///< "line 3" or "image 3", from 1
  std::vector<std::string> captions;  ///< as written: may be none, and any may be empty
};

/// A line or an entry that could not be read.
struct MalformedRecord {
  std::string where;  ///< "line 3", "image 3" or "annotation 3"
  std::string what;   ///< what is wrong, to follow the place and a colon
};

struct CaptionRecords {
  CaptionFormat format = CaptionFormat::tokens;
  std::vector<CaptionRecord> records;  ///< in the file's order; COCO's in that of its images
  std::vector<MalformedRecord> malformed;
};

struct CaptionRecordOptions {
  std::optional<CaptionFormat> format;  ///< else the contents tell
  bool tokenized = false;               ///< take Karpathy's "tokens" rather than its "raw" text
};

/// Reads a file of captions in any of the formats, going on after what is malformed. Whether the
/// contents are one object or an object per line tells JSON documents from JSONL; a first line
/// NAME#K tells a token file from CSV.
/// @throws std::runtime_error naming the file, and the line where there is one, when it cannot be
///         read, is not UTF-8, or is as a whole of none of the formats.
CaptionRecords read_caption_records(const std::filesystem::path& path,
                                    const CaptionRecordOptions& options = {});

/// Where a CSV file has what; a column that it does not have is `columns`.
struct CaptionColumns {
  std::size_t columns = 0;  ///< of the file
  std::size_t image = 0, caption = 1, split = 0;
  bool header = false;  ///< the first row names the columns

  /// @param first  the file's first row.
  explicit CaptionColumns(const CsvRow& first);
  bool usable() const { return header || columns == 2; }
};

/// Why a file without such columns is refused.
std::string missing_columns(const CaptionColumns& columns);
/// Why a row of another length than the first is refused.
std::string wrong_field_count(const CsvRow& row, const CaptionColumns& columns);

// The two formats that are one JSON document. Entries that are laid out otherwise become
// malformed records.

/// @param root       an object with the list "images"
/// @param tokenized  take the sentences' "tokens", a space behind each, rather than their "raw"
void read_karpathy(const nlohmann::json& root, bool tokenized, CaptionRecords& out);

/// @param root  an object with the list "annotations" and perhaps the list "images"; without it
///              the images are named by their numbers
void read_coco(const nlohmann::json& root, CaptionRecords& out);

}  // namespace saccade
