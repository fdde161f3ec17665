#pragma once

#include <filesystem>
#include <string>

#include "saccade/data/dataset.h"

namespace saccade {

/// Reads a split of Flickr8k from a folder that holds
///   Flickr8k.token.txt                 NAME.jpg#K<tab>caption, five per image
///   Flickr_8k.{train,dev,test}Images.txt   a name per line
///   images/ or Flicker8k_Dataset/      the photographs
/// A caption whose name is no image name (the original has one, "….jpg.1#0") is passed over with a
/// warning; so is an empty caption. That the photographs exist is checked, that they decode is not.
/// @param split  "train", "dev" or "test".
/// @throws std::runtime_error naming file and line for a missing list, a line without tab or '#',
/// an
///         image of the split without caption or without file, or an empty split.
Dataset read_flickr8k(const std::filesystem::path& directory, const std::string& split);

}  // namespace saccade
