#pragma once

#include <string>

#include <c10/core/Device.h>

namespace saccade {

/// The device that the option --device names.
/// @param name  cpu, cuda or cuda:N
/// @throws std::invalid_argument for any other name, std::runtime_error for CUDA where LibTorch
///         finds no CUDA device.
at::Device device_named(const std::string& name);

}  // namespace saccade
