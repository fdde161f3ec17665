// Precompiled for the whole library: what nearly every source of the model needs, and what is slow to
// read.
#pragma once

#include <torch/torch.h>

#include <nlohmann/json.hpp>
