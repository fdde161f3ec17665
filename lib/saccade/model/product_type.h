#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

namespace saccade {

/// The type in which matrix products of `type` are computed: `type` itself, except that bfloat16 is
/// computed in float on a CPU without bfloat16 products. The caller rounds the result back to
/// `type`, so that the types of results do not depend on the CPU.
at::ScalarType product_type(at::ScalarType type, const at::Device& device);

}  // namespace saccade
