#pragma once

#include <string>
#include <vector>

#include "saccade/data/dataset_listing.h"
#include "saccade/evaluate/validation.h"
#include "saccade/training/epoch_order.h"

namespace saccade {

/// One of the data sets of a run.
struct MixtureSource {
  DatasetListing listing;
  double share = 1;  ///< how often an epoch samples each training image, on average; 0: never
  double validation_weight = 1;  ///< ≥ 0, of its dev split in the mean score of the run
};

/// The training and validation data of a run.
struct Mixture {
  Dataset train;                   ///< of all sources, concatenated
  std::vector<ImageShare> shares;  ///< of `train`, one per source
  std::vector<DevSplit> dev;       ///< of the sources that have one
};

/// The name of each source in reports: the last part of its path. Repeated names get a number, as
/// in "flickr8k 2".
std::vector<std::string> source_names(const std::vector<MixtureSource>& sources);

/// The train split of a source, with the images that have labels; empty if its share is 0.
/// @throws std::runtime_error as select_split does
Dataset training_split(const MixtureSource& source);
/// The dev split of a source; empty if it has none.
/// @throws std::runtime_error as select_split does, for a split with images
Dataset dev_split(const MixtureSource& source);

/// The error message of `mix` if no source has a dev split.
std::string no_dev_message(const std::vector<MixtureSource>& sources);

/// Combines the sources of a run. The labels of an image that has captions in any source and split
/// are not used.
/// @throws std::runtime_error as training_split and dev_split do, or if there are no images to
///         train or to validate on
Mixture mix(const std::vector<MixtureSource>& sources);

}  // namespace saccade
