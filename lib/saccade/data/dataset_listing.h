#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/data/dataset_files.h"

namespace saccade {

/// An image of a data set before anyone asks whether it can be used.
struct ListedImage {
  CaptionedImage image;  ///< captions that hold a word; perhaps none. `file` may not exist
  std::string split;     ///< "train", "dev", "test", another name, or "" where nothing says
  std::string where;     ///< the file and the line that put it there
  bool present = false;  ///< the file is there
};

enum class DatasetFaultKind {
  malformed,      ///< a line or entry that could not be read; passed over
  empty_caption,  ///< a caption without a letter or digit; passed over
  repeated,       ///< an image a second time in a list; passed over
  no_caption,     ///< an image of a split that nobody described
  absent_image,   ///< a photograph that is not there
};

struct DatasetFault {
  DatasetFaultKind kind;
  std::string split;    ///< "" where it is of none or unknown
  std::string message;  ///< a sentence that names file and line
};

/// All that the files of a data set say.
struct DatasetListing {
  std::filesystem::path path;  ///< as the user named it
  CaptionFormat format = CaptionFormat::tokens;
  bool from_lists = false;  ///< the splits are those of lists of names
  std::vector<ListedImage> images;
  std::vector<DatasetFault> faults;

  /// The splits that have images: train, dev, test, then others in the order in which they come.
  std::vector<std::string> splits() const;
};

/// Reads the files of a data set and looks for its photographs, without decoding them. Splits are,
/// by what there is first: what the captions say of their image; lists of names; the captions'
/// file names. Captions of an image may come from several lines. In a token file a name that is no
/// image name is malformed (Flickr8k has one, "….jpg.1"); in a list a name may lack its ".jpg".
/// @throws std::runtime_error as find_dataset_files and read_caption_records do.
DatasetListing list_dataset(const DatasetSource& source);

/// The images of a split, or all of them for "all"; the warnings are the faults that were passed
/// over.
/// @param split  as canonical_split takes it
/// @throws std::runtime_error naming file and line when the split is missing or empty, or an image
///         of it has no caption or no file.
Dataset select_split(const DatasetListing& listing, const std::string& split);

/// list_dataset and select_split in one.
Dataset read_dataset(const DatasetSource& source, const std::string& split);

}  // namespace saccade
