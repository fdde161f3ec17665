#pragma once

#include <map>
#include <string>
#include <string_view>

namespace saccade {

/// The entries of a ZIP archive by name, as views of `bytes`. Only what PyTorch writes: entries
/// stored without compression or encryption, in one part, with or without the ZIP64 fields.
/// @param name  of the file, stands in the messages.
/// @throws std::runtime_error for a damaged archive, a compressed entry, a name that comes twice or
///         entries that overlap.
std::map<std::string, std::string_view> read_zip(std::string_view bytes, const std::string& name);

}  // namespace saccade
