#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

/// A generated caption.
struct HypothesisEntry {
  std::string image;  ///< as named in the file; see match_images
  std::string caption;
};

/// The human captions of an image.
struct ReferenceEntry {
  std::string image;
  std::string id;  ///< a second name (the COCO id), or ""
  std::vector<std::string> captions;
};

/// The contents of a file with warnings about oddities, one sentence each.
struct HypothesisFile {
  std::vector<HypothesisEntry> hypotheses;
  std::vector<std::string> warnings;
};
struct ReferenceFile {
  std::string format;  ///< see describe(CaptionFormat)
  std::vector<ReferenceEntry> entries;
  std::vector<std::string> warnings;
};

/// Reads captions to score in any CaptionFormat that is one file, with one caption per image; the
/// format is detected from the contents. Empty captions are kept and counted in a warning; so are
/// lines in which `batch` recorded no caption.
/// @throws std::runtime_error with the line if it is malformed, not UTF-8, or repeats an image.
HypothesisFile read_hypotheses(const std::filesystem::path& path);

struct ReferenceFileOptions {
  std::string split;       ///< only the images of this split; "" for all
  bool tokenized = false;  ///< use Karpathy's "tokens" instead of its "raw" text
};

/// Reads references in any CaptionFormat, detected from the contents. Empty references are skipped
/// and counted in a warning. In token files, names like x.jpg.1 are read as x.jpg.
/// @throws std::runtime_error with the line if it is malformed, not UTF-8, or repeats an image or
///         NAME#K, and if there are no references.
ReferenceFile read_references(const std::filesystem::path& path,
                              const ReferenceFileOptions& options = {});

/// Reads a list of image names, one per line, as in Flickr_8k.devImages.txt.
/// @return the names as written, without repetitions
/// @throws std::runtime_error if the file cannot be read, is blank, or is not UTF-8.
std::vector<std::string> read_image_list(const std::filesystem::path& path);

}  // namespace saccade
