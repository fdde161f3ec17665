#pragma once

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

namespace saccade {

/// Whether the name ends like that of a photograph that load_image reads (.jpg, .jpeg, .jpe, .png,
/// .webp, .tif, .tiff, .bmp; upper and lower case alike). Only the name is looked at.
bool has_image_extension(const std::filesystem::path& path);

/// The photographs of a run, by the names under which their results are written.
///   a folder      every image under it, at any depth, sorted by the bytes of its path; each path
///   begins
///                 with the folder as it was given. Links to files are followed, links to folders
///                 are not. A subfolder that cannot be read is listed itself: the run then records
///                 its error like that of any broken file, instead of losing it in silence.
///   an image      itself
///   another file  a list, see read_list
/// @throws std::runtime_error when there is no such file or folder, or it cannot be read.
std::vector<std::string> list_images(const std::filesystem::path& source);

/// One path a line, in the order given and as written; empty lines are passed over, and a carriage
/// return before the end of a line is dropped.
std::vector<std::string> read_list(std::istream& in);

}  // namespace saccade
