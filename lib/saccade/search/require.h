#pragma once

#include <stdexcept>
#include <string>

namespace saccade {

/// @throws std::invalid_argument with the message unless the condition holds.
inline void require(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument(message);
}

}  // namespace saccade
