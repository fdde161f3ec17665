#pragma once

#include <string>

#include <c10/core/Device.h>

namespace saccade {

/// @param name  cpu, cuda or cuda:N, as people give it with --device
/// @throws std::invalid_argument for another name, std::runtime_error for a device that LibTorch
///         does not see
at::Device device_named(const std::string& name);

}  // namespace saccade
