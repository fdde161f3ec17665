#pragma once

#include <string>

namespace saccade {

struct Bundle;

/// A draft of MODEL_CARD.md: the model's description, decoding options and provenance, and a
/// placeholder for data, results, limits and licences.
/// @param what  Markdown below the title: how the model was made or what it scores
std::string draft_card(const std::string& title, const std::string& what, const Bundle& bundle);

}  // namespace saccade
