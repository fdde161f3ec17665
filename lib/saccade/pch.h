// Precompiled for the whole library: what nearly every source of the model needs, and what is slow
// to read.
#pragma once

#include <nlohmann/json.hpp>
#include <torch/torch.h>
