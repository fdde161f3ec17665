#pragma once

#include <filesystem>

#include "arguments.h"

namespace saccade::app {

/// `saccade model health --phrases`: how well the maps of given captions point at what words name.
/// @param model  the bundle's folder
int report_pointing(const Arguments& arguments, const std::filesystem::path& model);

}  // namespace saccade::app
