#pragma once

#include <filesystem>
#include <iosfwd>

#include <nlohmann/json.hpp>

namespace saccade::app {

/// The report of `model inspect` on a bundle, which is loaded and checked:
/// {"path", "kind": "bundle", "bytes", "parameters": {"encoder", "decoder", "total"},
///  "stored": ["F16"], "vocabulary", "config": all of config.json}
/// @throws std::runtime_error if the bundle is invalid
nlohmann::ordered_json report_on_bundle(const std::filesystem::path& directory);

/// The report of `model inspect` on a safetensors file:
/// {"path", "kind": "safetensors", "bytes", "parameters", "metadata",
///  "tensors": [{"name", "type", "shape"}]}
/// @throws std::runtime_error if the file is invalid
nlohmann::ordered_json report_on_tensors(const std::filesystem::path& file);

/// Prints either report as text.
void print_report(const nlohmann::ordered_json& report, std::ostream& out);

}  // namespace saccade::app
