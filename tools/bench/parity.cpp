// Compares the library with recorded outputs of other implementations, which are not part of the
// repository:
//   parity FOLDER
// FOLDER/encoders/mobilenet_v2_imagenet.safetensors and mobilenet_v2_golden.json: torchvision's
// MobileNetV2 and statistics of its features. FOLDER/metrics/golden.jsonl: captions scored by the
// reference scorer, one corpus per line. Exits with 1 if a result differs.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/io/error_text.h"
#include "saccade/metrics/bleu.h"
#include "saccade/metrics/cider.h"
#include "saccade/metrics/rouge.h"
#include "saccade/model/checkpoint/tensor_file.h"
#include "saccade/model/encoder/encoder.h"

namespace {

using namespace saccade;
namespace fs = std::filesystem;

constexpr double kFeatureTolerance = 1e-3;  // relative to the maximum
constexpr double kScoreTolerance = 1e-6;

std::ifstream open(const fs::path& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path.string() + ": cannot read the file");
  return in;
}

/// Prints a difference. @return whether it is within the tolerance
bool report(const std::string& what, double difference, double tolerance) {
  const bool good = difference <= tolerance;
  std::printf("%-52s %.1e%s\n", what.c_str(), difference, good ? "" : "  TOO MUCH");
  return good;
}

bool compare_encoder(const fs::path& folder) {
  torch::NoGradGuard no_gradient;
  EncoderConfig config;
  Encoder encoder(config, /*initialize=*/false);
  const TensorFile weights = read_safetensors(folder / "mobilenet_v2_imagenet.safetensors");
  for (auto& item : encoder->named_parameters()) {
    item.value().copy_(weights.tensors.at(item.key()));
  }
  // x[c, row, col] = sin(0.01 row + 0.02 col + c)
  const at::Tensor steps = torch::arange(224, torch::kFloat);
  const at::Tensor c = torch::arange(3, torch::kFloat).view({3, 1, 1});
  const at::Tensor wave = (0.01 * steps.view({1, -1, 1}) + 0.02 * steps.view({1, 1, -1}) + c).sin();
  const at::Tensor values = encoder->forward(wave.unsqueeze(0)).values[0];  // L×D

  std::ifstream in = open(folder / "mobilenet_v2_golden.json");
  const auto golden = nlohmann::json::parse(in);
  bool good = true;
  const auto compare = [&](const char* key, const at::Tensor& found) {
    const at::Tensor expected = torch::tensor(golden.at(key).get<std::vector<float>>());
    const double difference =
        ((found - expected).abs().max() / expected.abs().max()).item<double>();
    good &= report(std::string("mobilenet_v2 ") + key, difference, kFeatureTolerance);
  };
  compare("channel_mean_first_64", values.mean(0).slice(0, 0, 64));
  compare("channel_max_last_64", values.amax(0).slice(0, 1280 - 64));
  compare("cell_24_first_64", values[24].slice(0, 0, 64));
  return good;
}

Tokens words(const std::string& text) {
  std::istringstream in(text);
  Tokens tokens;
  for (std::string word; in >> word;) tokens.push_back(word);
  return tokens;
}

bool compare_scores(const nlohmann::json& corpus) {
  std::vector<Tokens> hypotheses;
  std::vector<References> references;
  for (const auto& pair : corpus.at("pairs")) {
    hypotheses.push_back(words(pair.at("hyp").get<std::string>()));
    references.emplace_back();
    for (const auto& text : pair.at("refs")) {
      references.back().push_back(words(text.get<std::string>()));
    }
  }
  double worst = 0;
  const auto compare = [&](double found, const nlohmann::json& expected) {
    worst = std::max(worst, std::abs(found - expected.get<double>()));
  };
  const auto& each = corpus.at("per_pair");
  const BleuScore all = bleu(hypotheses, references);
  const std::vector<double> cider = cider_d(hypotheses, references);
  BleuCounter counter;
  double cider_sum = 0;
  for (std::size_t n = 0; n < kMaxOrder; ++n) compare(all.bleu[n], corpus.at("bleu")[n]);
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const BleuScore one = bleu(counter.count(hypotheses[i], references[i]));
    for (std::size_t n = 0; n < kMaxOrder; ++n) compare(one.bleu[n], each.at("bleu")[n][i]);
    compare(rouge_l(hypotheses[i], references[i]), each.at("rouge_l")[i]);
    compare(cider[i], each.at("cider")[i]);
    cider_sum += cider[i];
  }
  compare(rouge_l(hypotheses, references), corpus.at("rouge_l"));
  compare(cider_sum / static_cast<double>(cider.size()), corpus.at("cider"));
  return report("scores of " + corpus.at("name").get<std::string>(), worst, kScoreTolerance);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: parity FOLDER\n");
    return 2;
  }
  try {
    const fs::path folder = argv[1];
    bool good = compare_encoder(folder / "encoders");
    std::ifstream in = open(folder / "metrics/golden.jsonl");
    for (std::string line; std::getline(in, line);) {
      good &= compare_scores(nlohmann::json::parse(line));
    }
    return good ? 0 : 1;
  } catch (...) {
    std::fprintf(stderr, "parity: %s\n", saccade::current_error_text().c_str());
    return 1;
  }
}
