#pragma once

#include <array>
#include <cstdint>

namespace saccade {

/// Red, green, blue, 0…255.
using Color = std::array<std::uint8_t, 3>;

}  // namespace saccade
