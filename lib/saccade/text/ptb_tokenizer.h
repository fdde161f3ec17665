#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saccade {

/// Penn Treebank tokenization as in coco-caption, the reference scorer: lower case, contractions
/// split ("don't" → do n't), punctuation tokens dropped. Used for both training and scoring.
/// @param text  UTF-8.
std::vector<std::string> ptb_tokenize(std::string_view text);

}  // namespace saccade
