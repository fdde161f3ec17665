#pragma once

#include <filesystem>

#include "arguments.h"

namespace saccade::app {

/// `saccade model health --phrases`: measures how well the maps of given captions match the boxes
/// of what the words name.
/// @param model  the bundle's folder
/// @return the exit code
int report_pointing(const Arguments& arguments, const std::filesystem::path& model);

}  // namespace saccade::app
