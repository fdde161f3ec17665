#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

namespace saccade {

/// The type in which products of numbers of `type` are computed: `type` itself, except that
/// bfloat16 is computed in float on a processor without bfloat16 products. What computes in another
/// type than its input's rounds the result to the input's type, so types do not depend on the
/// processor.
at::ScalarType product_type(at::ScalarType type, const at::Device& device);

}  // namespace saccade
