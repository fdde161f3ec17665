#pragma once

#include <string>
#include <vector>

namespace saccade {

/// One caption, cut into words (see ptb_tokenize).
using Tokens = std::vector<std::string>;
/// What people wrote about one image.
using References = std::vector<Tokens>;

}  // namespace saccade
