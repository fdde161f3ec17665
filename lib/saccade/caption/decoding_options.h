#pragma once

#include <nlohmann/json.hpp>

#include "saccade/caption/captioner.h"

namespace saccade {

/// What a bundle says of its decoding (Bundle::decoding), and the defaults where it says nothing.
CaptionOptions options_of(const nlohmann::json& decoding);

/// The search of `options` as a bundle says it. What is as by default is left out, but for the beam
/// and the length penalty.
nlohmann::json decoding_of(const CaptionOptions& options);

}  // namespace saccade
