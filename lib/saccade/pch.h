// Precompiled for the whole library: what nearly every source of the model needs, and what is slow
// to read. <torch/torch.h> would bring all of LibTorch, which costs each source two seconds more.
#pragma once

#include <nlohmann/json.hpp>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>
