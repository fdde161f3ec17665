#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "saccade/caption/logistic_regression.h"
#include "saccade/explain/diagnose/diagnosis.h"

namespace saccade {

/// Where one verdict ends and the next begins. Differences of log p, in nats.
struct VerdictThresholds {
  /// Suspicion from which a word that has a better rival is called misrecognised.
  double misrecognised = 0.5;
  /// A word is seen when hiding its region costs at least so much more than hiding others …
  double seen = 0.5;
  /// … and a language prior when neither hiding its region, nor others, nor all of the image
  /// changes its log p by more than this.
  double language_prior = 0.25;
};

/// What turns evidence into verdicts: fitted to one model, by `saccade model fit-verdicts`.
struct VerdictModel {
  std::vector<float> mean_annotation;  ///< D, over training images; empty where not fitted
  LogisticRegression suspicion;        ///< over evidence_of, in the order of evidence_names()
  VerdictThresholds thresholds;
  nlohmann::json fitted;  ///< on what and how well; null where not fitted
};

/// The mean annotation as the WordAnalyzer takes it: D, or undefined where there is none.
at::Tensor mean_annotation_of(const VerdictModel& model);

/// For a bundle that brings none: weights on the odds of the best rival alone.
VerdictModel default_verdict_model();

/// Sets suspicion and verdict of every word that was asked about.
void classify(Diagnosis& diagnosis, const VerdictModel& model);

/// The file in a bundle's folder that holds its verdict model.
constexpr char kVerdictFile[] = "verdicts.json";

/// The bundle's own verdict model, or nothing where it brings none. Read strictly, as the bundle.
/// @throws std::runtime_error naming the file for one that is damaged, of an unknown version or
///         fitted to other weights than the bundle's.
std::optional<VerdictModel> load_verdict_model(const std::filesystem::path& bundle);

/// Writes it into the bundle's folder, wholly or not at all, tied to the bundle's weights.
/// @throws std::runtime_error
void save_verdict_model(const std::filesystem::path& bundle, const VerdictModel& model);

}  // namespace saccade
