#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "saccade/text/caption_records.h"

namespace saccade {

/// Where a data set is, as a user says it.
struct DatasetSource {
  std::filesystem::path path;           ///< a folder or a file of captions
  std::optional<CaptionFormat> format;  ///< else the contents tell
  std::filesystem::path images;         ///< the folder of photographs; empty: beside the captions
};

/// A file, and the split that its name speaks of: "train", "dev", "test" or "".
struct SplitFile {
  std::filesystem::path path;
  std::string split;
};

/// The files that make up a data set.
struct DatasetFiles {
  std::vector<SplitFile> captions;  ///< one or more
  std::vector<SplitFile> lists;     ///< names of images, one a line; one file per split or none
  std::filesystem::path folder;     ///< where photographs are looked for
};

/// One name per split: val, valid and validation are "dev"; restval (COCO's validation images that
/// Karpathy's split trains on) is "train"; any other name is kept.
std::string canonical_split(const std::string& name);

/// The split that a file's name speaks of in one of its parts between dots, dashes and underscores:
/// Flickr_8k.trainImages.txt, captions_val2017.json, test.csv. "" when it speaks of none.
std::string split_of_file_name(const std::filesystem::path& path);

/// Finds the files of a data set. In a folder the captions are, in one of these places only:
///   *.token.txt, *.token               a token file
///   dataset*.json                      Karpathy JSON
///   captions_*.json, annotations/captions_*.json   COCO, the split by file
///   captions.{csv,jsonl,txt}, {train,dev,val,test}.{csv,jsonl}   CSV, JSONL
/// Beside them, *trainImages.txt or train.txt (likewise dev or val, test) list a split's images. A
/// file whose name speaks of a split brings its like for the other splits along. Photographs are
/// looked for beside the captions, or beside the folder `annotations` that holds them.
/// @throws std::runtime_error when there is no such path, or nothing or too much to choose from.
DatasetFiles find_dataset_files(const DatasetSource& source);

}  // namespace saccade
