#pragma once

#include <cstdint>
#include <string>

#include "saccade/data/dataset.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// The words that occur at least `min_count` times in the captions and labels of the training
/// split.
/// @throws std::runtime_error if there are none
Vocabulary training_vocabulary(const Dataset& train, std::int64_t min_count);

/// The error message if there are none.
std::string empty_vocabulary_message(std::int64_t min_count);

}  // namespace saccade
