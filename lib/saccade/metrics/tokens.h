#pragma once

#include <string>
#include <vector>

namespace saccade {

/// One caption, split into tokens (see ptb_tokenize).
using Tokens = std::vector<std::string>;
/// The human captions of one image.
using References = std::vector<Tokens>;

}  // namespace saccade
