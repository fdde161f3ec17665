#pragma once

#include <filesystem>
#include <string>

namespace saccade::app {

/// The bundle that `name` means: a folder, or the name of a bundle that ships with the program,
/// looked for in the install prefix and beside the build.
/// @throws std::runtime_error saying where was looked.
std::filesystem::path find_model(const std::string& name);

}  // namespace saccade::app
