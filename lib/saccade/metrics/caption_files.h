#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

/// A caption that a system wrote.
struct HypothesisEntry {
  std::string image;  ///< as the file names it; see image_key
  std::string caption;
};

/// What people wrote about an image.
struct ReferenceEntry {
  std::string image;
  std::string id;  ///< a second name (COCO's number), or ""
  std::vector<std::string> captions;
};

/// The contents of a file, and what in it was odd but could be read. Each warning is one sentence.
struct HypothesisFile {
  std::vector<HypothesisEntry> hypotheses;
  std::vector<std::string> warnings;
};
struct ReferenceFile {
  std::string format;  ///< as describe(CaptionFormat) has it
  std::vector<ReferenceEntry> entries;
  std::vector<std::string> warnings;
};

/// Images are matched by this: the name without its folders.
std::string image_key(const std::string& image);

/// Captions to score: JSONL of {"image", "caption"}, CSV with such a header (or just those two
/// columns), or COCO results, a JSON array of {"image_id", "caption"}. The contents tell which, not
/// the name. Empty captions are kept, and counted in a warning.
/// @throws std::runtime_error with the line for what is malformed or not UTF-8, and for an image
/// twice.
HypothesisFile read_hypotheses(const std::filesystem::path& path);

struct ReferenceFileOptions {
  std::string split;       ///< only images that the file puts into this split; "" for all
  bool tokenized = false;  ///< take Karpathy's "tokens" rather than its "raw" text
};

/// References in any CaptionFormat; the contents tell which. Empty references are left out, and
/// counted in a warning. Names like x.jpg.1 are taken as x.jpg.
/// @throws std::runtime_error with the line for what is malformed or not UTF-8, for an image or
/// NAME#K
///         twice, and when nothing is left.
ReferenceFile read_references(const std::filesystem::path& path,
                              const ReferenceFileOptions& options = {});

/// Names, one a line, as in Flickr_8k.devImages.txt; as keys.
/// @throws std::runtime_error
std::vector<std::string> read_image_list(const std::filesystem::path& path);

}  // namespace saccade
