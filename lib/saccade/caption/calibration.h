#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "saccade/caption/caption.h"
#include "saccade/caption/logistic_regression.h"
#include "saccade/model/features.h"

namespace saccade {

/// What makes a model's own probabilities mean what they say, fitted to one model by `saccade model
/// calibrate`. It has no part in search, scores or verdicts.
struct Calibration {
  /// A word is reported with p = softmax(logits / temperature); > 0.
  double temperature = 1;
  /// D, mean and standard deviation (> 0) over photographs of the pooled annotations: of the mean
  /// of an image's annotations over its cells.
  std::vector<float> pooled_mean, pooled_deviation;
  LogisticRegression acceptable;  ///< over signs_of, in the order of sign_names()
  nlohmann::json fitted;          ///< on what, the meaning of "acceptable", and how well
};

/// What a caption's confidence is read off.
const std::vector<std::string>& sign_names();

/// B×D: the mean of each image's annotations over its cells, fp32.
at::Tensor pool(const Features& features);

/// How unlike the photographs of the fit an image is: log of the mean over D of the squared
/// standardized pooled annotations. About 0 for such a photograph.
/// @param pooled  D, on any device
double strangeness(const Calibration& calibration, const at::Tensor& pooled);

/// @param caption  whose words have the calibrated p
std::vector<double> signs_of(const Caption& caption, double strangeness);

/// The probability, 0…1, that the caption is acceptable in the sense of the fit.
double confidence(const Calibration& calibration, const Caption& caption, double strangeness);

/// The file in a bundle's folder that holds its calibration.
constexpr char kCalibrationFile[] = "calibration.json";

/// The bundle's calibration, or nothing where it brings none. Read strictly, as the bundle.
/// @param features  D of the bundle's encoder
/// @throws std::runtime_error naming the file for one that is damaged, of an unknown version or
///         fitted to other weights than the bundle's.
std::optional<Calibration> load_calibration(const std::filesystem::path& bundle,
                                            std::int64_t features);

/// Writes it into the bundle's folder, wholly or not at all, tied to the bundle's weights.
/// @throws std::runtime_error
void save_calibration(const std::filesystem::path& bundle, const Calibration& calibration);

}  // namespace saccade
