#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace saccade {

/// An image's name in a comparable form: forward slashes, without "." and empty parts. "cats/1.jpg"
/// for "./cats//1.jpg" and "cats\1.jpg".
std::string image_path(const std::string& name);

/// Matches the images of two files by their paths, as far as both give them. Equal paths match;
/// otherwise the two names with the longest common end: "photos/cats/1.jpg" matches "cats/1.jpg"
/// before "1.jpg", and "a/1.jpg" matches "b/1.jpg" if nothing matches either of them better.
/// @param first, second  image names; those of a list differ in their image_path
/// @return for each name of `first`, the index in `second`, or nothing
/// @throws std::runtime_error for a name that matches two names equally well
std::vector<std::optional<std::size_t>> match_images(const std::vector<std::string>& first,
                                                     const std::vector<std::string>& second);

}  // namespace saccade
