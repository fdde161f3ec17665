#pragma once

#include <string>

#include "saccade/caption/caption.h"
#include "saccade/explain/diagnose/diagnosis.h"
#include "saccade/explain/maps/rollouts.h"
#include "saccade/explain/page/page.h"

namespace saccade {

/// The page of a caption without verdicts: the attention maps and the alternative words. Rollouts,
/// if there are any, become a second map layer.
/// @param name  of the image, as the user gave it.
/// @throws std::invalid_argument when the rollouts belong to another caption.
Page page_of(const Caption& caption, const std::string& name, const OverlayOptions& overlay,
             const Rollouts& rollouts = {});

/// Adds a map layer to every word, which the reader can switch to.
/// @param name  of the layer, e.g. "occlusion".
/// @param maps  for each word of the page, L values ≥ 0 that sum to 1.
/// @throws std::invalid_argument when there is not one map per word.
void add_map_layer(Page& page, const std::string& name,
                   const std::vector<std::vector<float>>& maps);

/// The page of a diagnosis: the page of its caption, with a verdict and the evidence for every
/// analyzed word, and with the contrast words among the alternatives.
/// @param name  of the image, as the user gave it.
/// @throws std::invalid_argument when the diagnosis and its caption differ in the number of words.
Page page_of(const Diagnosis& diagnosis, const std::string& name, const OverlayOptions& overlay);

}  // namespace saccade
