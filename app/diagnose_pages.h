#pragma once

#include <functional>
#include <string>

#include "saccade/explain/diagnose/diagnosis.h"
#include "saccade/explain/page/page.h"
#include "saccade/image/image.h"

namespace saccade::app {

using Diagnose = std::function<Diagnosis(const Image& photograph)>;
/// What a command adds to the page of a diagnosis: another light, an alternative's map.
using Enrich = std::function<void(Page& page, const Image& photograph, const Diagnosis&)>;

/// Writes the page of one photograph's diagnosis.
void write_diagnosis_page(const std::string& path, const Image& photograph,
                          const Diagnosis& diagnosis, const std::string& output,
                          const Enrich& enrich);

/// Diagnoses every photograph of a folder, one after the other, and writes their pages and the list
/// of them. One that cannot be read is listed with the reason and does not stop the others.
/// @return the exit code: 1 when one could not be diagnosed.
int diagnose_folder(const std::string& source, const std::string& output,
                    const LoadOptions& reading, const Diagnose& diagnose, const Enrich& enrich);

}  // namespace saccade::app
