#pragma once

#include <filesystem>
#include <functional>

#include <nlohmann/json.hpp>

#include "saccade/io/json.h"

namespace saccade {

/// A kind of JSON file in a bundle that is fitted to the bundle's weights, e.g. calibration.json.
/// Its first fields are "format", "version" and "weights_sha256" (see weights_hash).
struct FittedFile {
  const char* name;    ///< of the file
  const char* format;  ///< e.g. "saccade-calibration"
  int version;
  const char* command;  ///< that fits it, for messages: "saccade model calibrate"
};

/// Reads the file of this kind. Rejects another format or version, a file that was fitted to other
/// weights, and unknown fields.
/// @param read  reads the remaining fields; throws std::runtime_error without the file's name
/// @return false if the bundle has no such file
/// @throws std::runtime_error naming the file
bool read_fitted_file(const std::filesystem::path& bundle, const FittedFile& kind,
                      const std::function<void(JsonFields& fields)>& read);

/// Writes the file of this kind, durably.
/// @param fields  the remaining fields
/// @throws std::runtime_error naming the file, or as weights_hash
void write_fitted_file(const std::filesystem::path& bundle, const FittedFile& kind,
                       const nlohmann::ordered_json& fields);

}  // namespace saccade
