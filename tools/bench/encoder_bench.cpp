// Measures the speed of an encoder and compares its features with recorded ones.
//
//   encoder_bench ARCHITECTURE WEIGHTS [GOLDEN.json]
//
// GOLDEN.json describes the features of x[c, row, column] = sin(0.01 row + 0.02 column + c): `mean`
// and `std` of all features, `cell_N_first_64` of cell N, and optionally the same under "at_288"
// for 288 instead of 224 pixels.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/checkpoint/encoder_import.h"

namespace {

using namespace saccade;

Encoder load(const std::string& architecture, const std::string& weights, bool dilated) {
  EncoderConfig config;
  config.architecture = architecture;
  config.dilated = dilated;
  if (architecture == "efficientnet_lite0") config.activation = "relu6";
  return import_encoder(weights, config);
}

at::Tensor wave(std::int64_t side) {
  const at::Tensor steps = torch::arange(side, torch::kFloat);
  const at::Tensor c = torch::arange(3, torch::kFloat).view({3, 1, 1});
  return (0.01 * steps.view({1, -1, 1}) + 0.02 * steps.view({1, 1, -1}) + c).sin().unsqueeze(0);
}

/// The maximum relative difference from the recorded values.
double difference(const Encoder& encoder, const nlohmann::json& golden, std::int64_t side) {
  const at::Tensor values = encoder->forward(wave(side)).values[0];  // L×D
  double worst = std::abs(values.mean().item<double>() / golden.at("mean").get<double>() - 1);
  worst =
      std::max(worst, std::abs(values.std().item<double>() / golden.at("std").get<double>() - 1));
  for (const auto& [key, recorded] : golden.items()) {
    if (key.rfind("cell_", 0) != 0) continue;
    const at::Tensor cell = values[std::atoi(key.c_str() + 5)].slice(0, 0, 64);
    const at::Tensor expected = torch::tensor(recorded.get<std::vector<float>>());
    const double here = ((cell - expected).abs().max() / expected.abs().max()).item<double>();
    worst = std::max(worst, here);
  }
  return worst;
}

double images_per_second(const Encoder& encoder, std::int64_t side) {
  constexpr std::int64_t kImages = 32;
  constexpr int kRounds = 6;
  const at::Tensor images = wave(side).repeat({kImages, 1, 1, 1});
  encoder->forward(images);
  double best = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    encoder->forward(images);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    best = std::max(best, kImages / seconds.count());
  }
  return best;
}

int run(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: encoder_bench ARCHITECTURE WEIGHTS [GOLDEN.json]\n");
    return 2;
  }
  torch::NoGradGuard no_gradient;
  bool agrees = true;
  if (argc == 4) {
    constexpr double kTolerance = 1e-3;
    std::ifstream in(argv[3]);
    const auto golden = nlohmann::json::parse(in);
    const auto compare = [&](const nlohmann::json& recorded, std::int64_t side) {
      const double here = difference(load(argv[1], argv[2], false), recorded, side);
      agrees = agrees && here < kTolerance;
      std::printf("%d pixels: relative difference %.1e\n", int(side), here);
    };
    compare(golden, 224);
    if (golden.contains("at_288")) compare(golden.at("at_288"), 288);
  }
  for (const bool dilated : {false, true}) {
    Encoder encoder = load(argv[1], argv[2], dilated);
    encoder->pack();
    for (const std::int64_t side : {224, 288}) {
      std::printf("%d pixels%s: %.1f images/s\n", int(side), dilated ? ", dilated" : "",
                  images_per_second(encoder, side));
    }
  }
  return agrees ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "encoder_bench: %s\n", error.what());
    return 1;
  }
}
