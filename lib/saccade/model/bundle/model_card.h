#pragma once

#include <string>

namespace saccade {

struct Bundle;

/// The MODEL_CARD.md of a model that nobody has described yet: what it is, how it decodes, where it
/// comes from, and what is left for people to say.
/// @param what  Markdown below the title: how it was made or what it scores
std::string draft_card(const std::string& title, const std::string& what, const Bundle& bundle);

}  // namespace saccade
