#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade::app {

/// The bundle that `name` means: a folder, or the name of a bundle that ships with the program,
/// looked for in the install prefix and beside the build.
/// @throws std::runtime_error saying where was looked.
std::filesystem::path find_model(const std::string& name);

/// What is in a bundle's folder: files that a command reads, and that no output may replace.
std::vector<std::filesystem::path> files_of_model(const std::filesystem::path& folder);

}  // namespace saccade::app
