#pragma once

#include <string>

#include "saccade/explain/diagnose/diagnosis.h"
#include "saccade/explain/page/page.h"

namespace saccade {

/// The page of a diagnosis: the page of its caption, with a verdict and the evidence for every
/// analyzed word, and with the contrast words among the alternatives.
/// @param name  of the image, as the user gave it.
/// @throws std::invalid_argument when the diagnosis and its caption differ in the number of words.
Page page_of(const Diagnosis& diagnosis, const std::string& name, const OverlayOptions& overlay);

}  // namespace saccade
