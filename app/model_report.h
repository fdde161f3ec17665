#pragma once

#include <filesystem>
#include <iosfwd>

#include <nlohmann/json.hpp>

namespace saccade::app {

/// What `model inspect` says, as data. The bundle is loaded, so a report is one of a sound bundle.
/// {"path", "kind": "bundle", "bytes", "parameters": {"encoder", "decoder", "total"},
///  "stored": ["F16"], "vocabulary", "config": all of config.json}
/// @throws std::runtime_error
nlohmann::ordered_json report_on_bundle(const std::filesystem::path& directory);

/// {"path", "kind": "safetensors", "bytes", "parameters", "metadata",
///  "tensors": [{"name", "type", "shape"}]}
/// @throws std::runtime_error
nlohmann::ordered_json report_on_tensors(const std::filesystem::path& file);

/// Either report for a person to read.
void print_report(const nlohmann::ordered_json& report, std::ostream& out);

}  // namespace saccade::app
