#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "saccade/caption/logistic_regression.h"
#include "saccade/explain/diagnose/diagnosis.h"

namespace saccade {

/// The thresholds of the verdicts.
struct VerdictThresholds {
  /// A word with a better contrast word is misrecognised if its suspicion is at least this, 0…1.
  double misrecognised = 0.5;
  /// A word is seen if hiding its region costs at least this much, and this much more than hiding
  /// other regions. In nats.
  double seen = 0.5;
  /// A word is a language prior if hiding its region, other regions or the whole image changes its
  /// log p by at most this. In nats.
  double language_prior = 0.25;
};

/// The model that turns evidence into verdicts, fitted by `saccade model fit-verdicts`.
struct VerdictModel {
  std::vector<float> mean_annotation;  ///< D, over training images; empty if not fitted
  LogisticRegression suspicion;        ///< over evidence_of, in the order of evidence_names()
  VerdictThresholds thresholds;
  nlohmann::json fitted;  ///< statistics of the fit; null if not fitted
};

/// The mean annotation for the WordAnalyzer: D, or undefined if there is none.
at::Tensor mean_annotation_of(const VerdictModel& model);

/// For a bundle without a verdict model: weights only the log-odds of contrast words.
VerdictModel default_verdict_model();

/// Sets the suspicion and verdict of every analyzed word.
void classify(Diagnosis& diagnosis, const VerdictModel& model);

/// The file in a bundle's folder that holds its verdict model.
constexpr char kVerdictFile[] = "verdicts.json";

/// The verdict model of a bundle, or nothing if it has none. Unknown keys are errors.
/// @throws std::runtime_error naming the file if it is damaged, of an unknown version or fitted to
///         other weights than the bundle's.
std::optional<VerdictModel> load_verdict_model(const std::filesystem::path& bundle);
/// The same, but default_verdict_model for a bundle without one.
VerdictModel verdict_model_of(const std::filesystem::path& bundle);

/// Writes the verdict model into the bundle's folder, atomically, with a hash of the bundle's
/// weights.
/// @throws std::runtime_error when the file cannot be written.
void save_verdict_model(const std::filesystem::path& bundle, const VerdictModel& model);

}  // namespace saccade
