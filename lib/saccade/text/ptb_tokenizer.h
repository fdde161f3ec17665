#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saccade {

/// Penn Treebank tokenization as the field's reference scorer has it: lower-cased, contractions
/// split ("don't" → do n't), its punctuation tokens dropped. Training and scoring share it.
/// @param text UTF-8.
std::vector<std::string> ptb_tokenize(std::string_view text);

}  // namespace saccade
