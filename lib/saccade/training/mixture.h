#pragma once

#include <string>
#include <vector>

#include "saccade/data/dataset_listing.h"
#include "saccade/evaluate/validation.h"
#include "saccade/training/epoch_order.h"

namespace saccade {

/// One of the data sets that a run learns from.
struct MixtureSource {
  DatasetListing listing;
  double share = 1;  ///< how often an epoch draws each training photograph, on average; 0: never
  double validation_weight = 1;  ///< ≥ 0, of its dev split in the mean that is the run's score
};

/// What a run learns from, and what it is validated on.
struct Mixture {
  Dataset train;                   ///< of all sources, one after the other
  std::vector<ImageShare> shares;  ///< of `train`, one per source
  std::vector<DevSplit> dev;       ///< of the sources that have one
};

/// What reports call each source: the last part of its path; a second one of that name gets a "2".
std::vector<std::string> source_names(const std::vector<MixtureSource>& sources);

/// The split train of a source; empty where its share is 0.
/// @throws std::runtime_error as select_split does
Dataset training_split(const MixtureSource& source);
/// The split dev of a source; empty where it has none.
/// @throws std::runtime_error as select_split does, for a split that has images
Dataset dev_split(const MixtureSource& source);

/// What `mix` says where no source has a dev split.
std::string no_dev_message(const std::vector<MixtureSource>& sources);

/// @throws std::runtime_error as training_split and dev_split do, or when no photograph is left to
///         train on or to validate with
Mixture mix(const std::vector<MixtureSource>& sources);

}  // namespace saccade
