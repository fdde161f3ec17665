#pragma once

#include <map>
#include <string>
#include <string_view>

namespace saccade {

/// The entries of a ZIP archive by name, as views of `bytes`. Supports what PyTorch writes: entries
/// without compression or encryption, in one part, with or without ZIP64 fields.
/// @param bytes  the whole file
/// @param name   of the file, for messages
/// @throws std::runtime_error for a damaged archive, a compressed or encrypted entry, a duplicate
///         name or entries that overlap.
std::map<std::string, std::string_view> read_zip(std::string_view bytes, const std::string& name);

}  // namespace saccade
