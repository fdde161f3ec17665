#pragma once

#include <cstddef>
#include <functional>

namespace saccade {

/// Called after each item of a long operation; may be empty. Never called by two threads at once.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

}  // namespace saccade
