#pragma once

#include <string>

#include "saccade/explain/diagnose/diagnosis.h"
#include "saccade/explain/page/page.h"

namespace saccade {

/// The page of a diagnosis: the caption's, with a verdict and its evidence for every word that was
/// asked about, and its rivals among the alternatives.
/// @param name  the photograph's, as the user gave it.
/// @throws std::invalid_argument when the diagnosis and its caption differ in words.
Page page_of(const Diagnosis& diagnosis, const std::string& name, const OverlayOptions& overlay);

}  // namespace saccade
