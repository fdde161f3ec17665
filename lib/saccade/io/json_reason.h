#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace saccade {

/// What the JSON parser complains of, without the name and the number that it begins with.
std::string json_reason(const nlohmann::json::exception& error);

}  // namespace saccade
