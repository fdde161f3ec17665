#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade::app {

/// Finds a bundle.
/// @param name  a path, or the name of a bundle in the installed models or the source tree
/// @throws std::runtime_error naming the searched folders
std::filesystem::path find_model(const std::string& name);

/// The files of a bundle's folder, which no output may replace.
std::vector<std::filesystem::path> files_of_model(const std::filesystem::path& folder);

}  // namespace saccade::app
