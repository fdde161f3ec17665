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

/// Calibrates the probabilities that a model reports. Fitted to one model by `saccade model
/// calibrate`. Does not affect search, scores or verdicts.
struct Calibration {
  /// Words are reported with p = softmax(logits / temperature) (Guo et al. 2017); > 0.
  double temperature = 1;
  /// D, mean and standard deviation (> 0) of the pooled annotations (see pool) over the photographs
  /// of the fit.
  std::vector<float> pooled_mean, pooled_deviation;
  LogisticRegression acceptable;  ///< of signs_of, in the order of sign_names()
  nlohmann::json fitted;          ///< the data, the meaning of "acceptable", and the quality of fit
};

/// The names of the features from which the confidence of a caption is computed.
const std::vector<std::string>& sign_names();

/// The pooled annotations: the mean of an image's annotations over its cells.
/// @return B×D, fp32
at::Tensor pool(const Features& features);

/// How much an image differs from the photographs of the fit: the logarithm of the mean over D of
/// the squared standardized pooled annotations. About 0 for a photograph like those.
/// @param pooled  D, on any device
double strangeness(const Calibration& calibration, const at::Tensor& pooled);

/// The features of a caption, in the order of sign_names(); all 0 for a caption without words.
/// @param caption  with calibrated p
std::vector<double> signs_of(const Caption& caption, double strangeness);

/// The probability, 0…1, that the caption is acceptable in the sense of the fit; 0 for a caption
/// without words.
/// @param caption      with calibrated p
/// @param strangeness  of its image
double confidence(const Calibration& calibration, const Caption& caption, double strangeness);

/// The calibration file in a bundle's folder.
constexpr char kCalibrationFile[] = "calibration.json";

/// Loads the calibration of a bundle; nothing where it has none. Strict, as load_bundle.
/// @param features  D of the bundle's encoder
/// @throws std::runtime_error naming the file when it is damaged, has an unknown version or was
///         fitted to weights other than the bundle's.
std::optional<Calibration> load_calibration(const std::filesystem::path& bundle,
                                            std::int64_t features);

/// Writes the calibration into the bundle's folder atomically, with the hash of the bundle's
/// weights.
/// @throws std::runtime_error naming the file that cannot be read or written.
void save_calibration(const std::filesystem::path& bundle, const Calibration& calibration);

}  // namespace saccade
