#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "saccade/data/holdout.h"
#include "saccade/text/caption_records.h"

namespace saccade {

/// The location of a data set, as given by the user.
struct DatasetSource {
  std::filesystem::path path;           ///< a folder or a caption file
  std::optional<CaptionFormat> format;  ///< default: detected from the contents
  std::filesystem::path images;         ///< the folder of the images; empty: that of the captions
  std::optional<Holdout> holdout;       ///< how a dev split is made if there is none
};

/// A file and the split in its name: "train", "dev", "test" or "".
struct SplitFile {
  std::filesystem::path path;
  std::string split;
  std::string
      folder;         ///< "" or the folder below that of the images to which its names are relative
  std::string image;  ///< of a sidecar, its image's name; else ""
};

/// The files that make up a data set.
struct DatasetFiles {
  std::vector<SplitFile> captions;  ///< at least one
  std::vector<SplitFile> lists;     ///< image names, one per line; at most one file per split
  std::filesystem::path folder;     ///< where images are searched for
  std::vector<std::filesystem::path> uncaptioned;  ///< images without a sidecar, if others have one
};

/// The canonical name of a split: val, valid and validation become "dev"; restval (the COCO
/// validation images that Karpathy's split uses for training) becomes "train"; other names are kept
/// in lower case.
std::string canonical_split(const std::string& name);

/// The split that is named in a part of the file name between dots, dashes and underscores, as in
/// Flickr_8k.trainImages.txt, captions_val2017.json or test.csv; "" if there is none.
std::string split_of_file_name(const std::filesystem::path& path);

/// The split that is named by the first folder of an image's name, as in train/1.jpg; "" if none.
std::string split_of_folder(const std::string& image);

/// Finds the files of a data set. In a folder, the captions are in exactly one of these forms:
///   *.token.txt, *.token               a token file
///   dataset*.json                      Karpathy JSON
///   captions_*.json, annotations/captions_*.json   COCO, one file per split
///   captions.{csv,jsonl,txt}, {train,dev,val,test}.{csv,jsonl}   CSV, JSONL
///   metadata.{csv,jsonl}, {train,validation,test}/metadata.{csv,jsonl}   Hugging Face imagefolder
///   results.csv                        Flickr30k of Kaggle
///   a.jpg and a.txt or a.caption       sidecars, in the folder and below it; if there is none of
///                                      the others. Hidden files and folders are skipped
/// In the same folder, *trainImages.txt or train.txt (likewise for dev or val, and test) list the
/// images of a split. If a given file has a split in its name, the matching files of the other
/// splits are included. Images are searched for in the folder of the captions; if that is
/// `annotations`, in its parent.
/// @throws std::runtime_error if the path does not exist, or there are no or ambiguous files.
DatasetFiles find_dataset_files(const DatasetSource& source);

/// Finds the images of a data set in a folder or in one of its usual subfolders (images,
/// Flicker8k_Dataset, flickr30k-images, train2014, …).
class ImageFinder {
 public:
  /// @throws std::runtime_error if `folder` is not a folder.
  explicit ImageFinder(const std::filesystem::path& folder);

  /// @param name    the image name in the caption file; an absolute path is used as it is
  /// @param within  the image's folder according to the caption file, or ""
  /// @return std::nullopt if there is no such file
  std::optional<std::filesystem::path> find(const std::string& name, const std::string& within);

  /// The first path at which an image is searched for, for messages.
  std::filesystem::path expected(const std::string& name) const { return roots_.front() / name; }

 private:
  std::vector<std::filesystem::path> roots_;  ///< existing folders; the last successful one first
};

}  // namespace saccade
