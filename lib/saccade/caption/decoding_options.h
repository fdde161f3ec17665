#pragma once

#include <nlohmann/json.hpp>

#include "saccade/caption/captioner.h"

namespace saccade {

/// The options in a bundle (Bundle::decoding), with the defaults for missing ones.
CaptionOptions options_of(const nlohmann::json& decoding);

/// The search options in the format of Bundle::decoding. Always has beam and length_penalty; omits
/// the other options where they have their defaults.
nlohmann::json decoding_of(const CaptionOptions& options);

}  // namespace saccade
