#include "saccade/model/encoder.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include "saccade/model/safetensors.h"

namespace saccade::test {
namespace {

EncoderConfig config_of(const std::string& architecture, bool folded = true) {
  EncoderConfig config;
  config.architecture = architecture;
  config.folded = folded;
  return config;
}

Encoder random_encoder(const EncoderConfig& config, std::uint64_t seed = 7) {
  torch::manual_seed(seed);
  Encoder encoder(config);
  torch::NoGradGuard no_grad;
  for (const auto& item : encoder->named_parameters()) {
    if (item.value().dim() == 1)
      item.value().uniform_(-0.2, 0.2).add_(item.key().find("weight") != std::string::npos ? 1 : 0);
  }
  for (const auto& item : encoder->named_buffers()) {
    if (item.key().find("var") != std::string::npos) {
      item.value().uniform_(0.5, 1.5);
    } else {
      item.value().uniform_(-0.2, 0.2);
    }
  }
  encoder->eval();
  return encoder;
}

/// The largest difference, as a part of the largest value.
double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

/// x[c, row, col] = sin(0.01 row + 0.02 col + c), one image.
at::Tensor wave(std::int64_t size) {
  const at::Tensor steps = torch::arange(size, torch::kFloat);
  const at::Tensor c = torch::arange(3, torch::kFloat).view({3, 1, 1});
  return (0.01 * steps.view({1, size, 1}) + 0.02 * steps.view({1, 1, size}) + c).sin().unsqueeze(0);
}

std::set<std::string> tensor_names(const Encoder& encoder) {
  std::set<std::string> names;
  for (const auto& item : encoder->named_parameters()) names.insert(item.key());
  for (const auto& item : encoder->named_buffers()) names.insert(item.key());
  return names;
}

TEST(Encoder, ReproducesTheRecordedMobileNetFeatures) {
  const std::filesystem::path data = SACCADE_SOURCE_DIR "/../shared/data/encoders";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "needs the trained weights in " << data;
  Encoder encoder(config_of("mobilenet_v2"));
  encoder->eval();
  torch::NoGradGuard no_grad;
  const TensorFile file = read_safetensors(data / "mobilenet_v2_imagenet.safetensors");
  auto parameters = encoder->named_parameters();
  ASSERT_EQ(parameters.size(), file.tensors.size());
  for (auto& item : parameters) item.value().copy_(file.tensors.at(item.key()));

  std::ifstream in(data / "mobilenet_v2_golden.json");
  const auto golden = nlohmann::json::parse(in);
  const Features features = encoder->forward(wave(224));
  ASSERT_EQ(features.grid, (Grid{7, 7}));
  const at::Tensor values = features.values[0];  // L×D
  const auto expect = [&](const char* key, const at::Tensor& actual) {
    const auto expected = torch::tensor(golden.at(key).get<std::vector<float>>());
    EXPECT_LT(relative_difference(actual, expected), 1e-3) << key;
  };
  expect("channel_mean_first_64", values.mean(0).slice(0, 0, 64));
  expect("channel_max_last_64", values.amax(0).slice(0, 1280 - 64));
  expect("cell_24_first_64", values[24].slice(0, 0, 64));
  EXPECT_NEAR(values.mean().item<double>(), golden.at("mean").get<double>(), 1e-4);
  EXPECT_NEAR(values.std().item<double>(), golden.at("std").get<double>(), 1e-4);
}

}  // namespace
}  // namespace saccade::test
