#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/data/dataset_files.h"

namespace saccade {

/// An image of a data set, whether or not it can be used.
struct ListedImage {
  CaptionedImage image;  ///< captions that contain a word, maybe none; `file` may not exist
  std::string split;     ///< "train", "dev", "test", another name, or "" if unknown
  std::string where;     ///< the file and line that list it
  bool present = false;  ///< whether the file exists

  /// Whether it has labels in place of captions.
  bool has_only_labels() const { return image.captions.empty() && !image.labels.empty(); }
};

enum class DatasetFaultKind {
  malformed,      ///< a line, entry or file that was skipped, or repaired as the message says
  empty_caption,  ///< a caption without a letter or digit; skipped
  repeated,       ///< a second occurrence of an image in a list; skipped
  no_caption,     ///< an image of a split without a caption or label
  absent_image,   ///< an image file that does not exist
};

struct DatasetFault {
  DatasetFaultKind kind;
  std::string split;    ///< "" if none or unknown
  std::string message;  ///< a sentence that names file and line
};

/// The contents of the files of a data set.
struct DatasetListing {
  std::filesystem::path path;  ///< as given by the user
  CaptionFormat format = CaptionFormat::tokens;
  bool from_lists = false;   ///< the splits come from lists of image names
  std::size_t held_out = 0;  ///< images of the dev split that DatasetSource::holdout made; else 0
  std::vector<ListedImage> images;
  std::vector<DatasetFault> faults;

  /// The splits that have images: train, dev, test, then others in order of occurrence.
  std::vector<std::string> splits() const;
};

/// Reads the files of a data set and searches for its images, without decoding them. Splits come
/// from the first of these that is present: the entries of the caption files, lists of image names,
/// the names of the caption files, the first folder in the images' names (train/1.jpg). If there is
/// no dev split, source.holdout makes one of the training images and those without a split, with at
/// least one image on each side. The captions of an image may be on several lines. In a token
/// file, a name without an image file extension is malformed (Flickr8k has one, "….jpg.1"). In a
/// list, names may omit ".jpg". In JSONL, an image may have labels instead of captions (see
/// CaptionRecordOptions); if it has both, its captions are used. It is never held out.
/// @throws std::runtime_error as find_dataset_files and read_caption_records, or when a dev split
///         is to be made of a single image.
DatasetListing list_dataset(const DatasetSource& source);

/// The images of a split, or of all splits for "all", with warnings about skipped data.
/// @param split        any name that canonical_split accepts
/// @param with_labels  include the images that have labels instead of captions
/// @throws std::runtime_error if the split has no images, or, naming file and line, if one of its
///         images has no caption or no file.
Dataset select_split(const DatasetListing& listing, const std::string& split,
                     bool with_labels = false);

/// list_dataset and select_split in one.
Dataset read_dataset(const DatasetSource& source, const std::string& split);

}  // namespace saccade
