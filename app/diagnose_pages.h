#pragma once

#include <functional>
#include <string>

#include "saccade/explain/diagnose/diagnosis.h"
#include "saccade/explain/page/page.h"
#include "saccade/image/image.h"

namespace saccade::app {

using Diagnose = std::function<Diagnosis(const Image& photograph)>;
/// Adds to the page of a diagnosis: another map layer, the map of an alternative.
using Enrich = std::function<void(Page& page, const Image& photograph, const Diagnosis&)>;

/// Writes the page of one image's diagnosis.
void write_diagnosis_page(const std::string& path, const Image& photograph,
                          const Diagnosis& diagnosis, const std::string& output,
                          const Enrich& enrich);

/// Diagnoses every image of a folder and writes their pages and an index. An image that cannot be
/// read is listed with the reason and does not stop the others.
/// @return the exit code: 1 if an image could not be diagnosed
/// @throws std::runtime_error if the folder has no images
int diagnose_folder(const std::string& source, const std::string& output,
                    const LoadOptions& reading, const Diagnose& diagnose, const Enrich& enrich);

}  // namespace saccade::app
