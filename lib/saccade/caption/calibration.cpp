#include "saccade/caption/calibration.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <torch/types.h>

#include "saccade/model/bundle/fitted_file.h"
#include "saccade/text/content_words.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

constexpr FittedFile kCalibration{kCalibrationFile, "saccade-calibration", 1,
                                  "saccade model calibrate"};
constexpr double kMinP = 1e-6;

std::vector<float> floats(JsonFields& fields, const std::string& key, std::int64_t count) {
  const auto values = fields.numbers(key, static_cast<std::size_t>(count));
  return {values.begin(), values.end()};
}

Calibration read(JsonFields& fields, std::int64_t features) {
  Calibration calibration;
  calibration.temperature = fields.number("temperature", 0.01, 100);
  calibration.acceptable = read_logistic(fields.object("confidence"), "signs", sign_names());
  calibration.pooled_mean = floats(fields, "pooled_mean", features);
  calibration.pooled_deviation = floats(fields, "pooled_deviation", features);
  for (const float deviation : calibration.pooled_deviation) {
    if (!(deviation > 0)) fields.refuse("pooled_deviation", "numbers above 0");
  }
  calibration.fitted = fields.at("fitted");
  if (!calibration.fitted.is_object()) fields.refuse("fitted", "an object");
  return calibration;
}

/// Rounds to four significant digits, which are enough and keep the file small.
std::vector<double> rounded(const std::vector<float>& values) {
  std::vector<double> out;
  for (const float value : values) {
    const double digits =
        std::pow(10, 3 - std::floor(std::log10(std::max(std::abs(double(value)), 1e-12))));
    out.push_back(std::round(double(value) * digits) / digits);
  }
  return out;
}

}  // namespace

const std::vector<std::string>& sign_names() {
  static const std::vector<std::string> kNames{
      "mean_log_p", "least_log_p", "content_log_p", "least_content_log_p", "gate",
      "entropy",    "words",       "repeats",       "strangeness"};
  return kNames;
}

at::Tensor pool(const Features& features) { return features.values.to(at::kFloat).mean(1); }

double strangeness(const Calibration& calibration, const at::Tensor& pooled) {
  const at::Tensor x = pooled.detach().to(at::kCPU, at::kFloat);
  const at::Tensor mean = torch::tensor(calibration.pooled_mean);
  const at::Tensor deviation = torch::tensor(calibration.pooled_deviation);
  const double square = ((x - mean) / deviation).pow(2).mean().item<double>();
  return std::log(std::max(square, 1e-6));
}

std::vector<double> signs_of(const Caption& caption, double strangeness) {
  if (caption.words.empty()) return std::vector<double>(sign_names().size(), 0);
  double sum = 0, min = 0, content = 0, least_content = 0, gate = 0, entropy = 0, contents = 0,
         repeats = 0;
  std::vector<std::string> said;
  for (const CaptionWord& word : caption.words) {
    const double log_p = std::log(std::max(word.p(), kMinP));
    sum += log_p;
    min = std::min(min, log_p);
    gate += word.gate;
    entropy += word.entropy;
    if (!is_content_word(word.word)) continue;
    content += log_p;
    least_content = std::min(least_content, log_p);
    contents += 1;
    if (std::find(said.begin(), said.end(), word.word) != said.end()) repeats += 1;
    said.push_back(word.word);
  }
  const double words = static_cast<double>(caption.words.size());
  const double cells = static_cast<double>(std::max<std::int64_t>(caption.grid.cells(), 2));
  return {sum / words,   min,          contents > 0 ? content / contents : 0,
          least_content, gate / words, entropy / words / std::log(cells),
          words,         repeats,      strangeness};
}

double confidence(const Calibration& calibration, const Caption& caption, double strangeness) {
  if (caption.words.empty()) return 0;
  return calibration.acceptable.probability(signs_of(caption, strangeness));
}

std::optional<Calibration> load_calibration(const fs::path& bundle, std::int64_t features) {
  Calibration calibration;
  const bool found = read_fitted_file(
      bundle, kCalibration, [&](JsonFields& fields) { calibration = read(fields, features); });
  if (!found) return std::nullopt;
  return calibration;
}

void save_calibration(const fs::path& bundle, const Calibration& calibration) {
  nlohmann::ordered_json json;
  json["fitted"] = calibration.fitted.is_null() ? nlohmann::json::object() : calibration.fitted;
  json["temperature"] = calibration.temperature;
  auto& confidence = json["confidence"];
  confidence["bias"] = calibration.acceptable.bias;
  for (std::size_t f = 0; f < sign_names().size(); ++f) {
    confidence["signs"][sign_names()[f]] = {{"mean", calibration.acceptable.mean.at(f)},
                                            {"scale", calibration.acceptable.scale.at(f)},
                                            {"weight", calibration.acceptable.weights.at(f)}};
  }
  json["pooled_mean"] = rounded(calibration.pooled_mean);
  json["pooled_deviation"] = rounded(calibration.pooled_deviation);
  write_fitted_file(bundle, kCalibration, json);
}

}  // namespace saccade
