#pragma once

#include <string>

#include "saccade/caption/caption.h"
#include "saccade/explain/maps/rollouts.h"

namespace saccade {

/// The maps as JSON:
///   {"image", "width", "height", "caption", "log_prob", "grid": {"rows", "cols"},
///    "placement": {"input_size", "scale_x", "scale_y", "offset_x", "offset_y"},
///    "words": [{"word", "p", "gate", "entropy", "cell" (hard attention only)}],
///    "alphas": T × rows × cols, "confidence": number or null,
///    "rollouts" (if there are any): {"count", "seed", "cells": T × rows × cols}}
/// A point of the encoder's input lies at input · scale + offset in the original image.
/// @param name  of the image; bytes that are not UTF-8 become U+FFFD.
/// @throws std::invalid_argument when a map or the rollouts do not match the caption's grid or
///         words.
std::string attention_json(const Caption& caption, const std::string& name,
                           const Rollouts& rollouts = {});

}  // namespace saccade
