#pragma once

#include <cstddef>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/caption/calibration.h"
#include "saccade/caption/captioner.h"
#include "saccade/data/dataset.h"
#include "saccade/explain/diagnose/verdict_fit.h"
#include "saccade/io/progress.h"

namespace saccade {

/// The softmax temperature that maximizes the likelihood of the reference captions under teacher
/// forcing, within 0.2 … 5. A temperature below 1 sharpens the model's distribution.
/// @param max  maximum number of images to use, evenly spread over the data set, with one caption
///             each
/// @throws std::runtime_error for an image that cannot be read
double fit_temperature(const Captioner& captioner, const Dataset& dataset, std::size_t max,
                       const Progress& progress = {});

/// The pooled annotations of images. @return N×D, on the CPU
/// @throws std::runtime_error for an image that cannot be read
at::Tensor pooled_annotations(const Captioner& captioner, const Dataset& dataset,
                              const Progress& progress = {});
at::Tensor pooled_annotations(const Captioner& captioner, const std::vector<Image>& images);

/// Stores the mean and the standard deviation of pooled annotations in the calibration. Deviations
/// are at least 1/100 of the largest one.
/// @param pooled  N×D
void set_pooled(Calibration& calibration, const at::Tensor& pooled);

/// The inputs of the confidence regression: features of captions, and whether each is acceptable.
struct ConfidenceTable {
  std::vector<std::vector<double>> rows;  ///< N×F, see sign_names
  std::vector<bool> acceptable;           ///< N
};

/// How well confidence separates acceptable captions from others.
struct Reliability {
  struct Bin {
    std::size_t captions = 0;
    double confidence = 0;  ///< mean
    double acceptable = 0;  ///< share
  };
  double auroc = 0;
  double base_rate = 0;  ///< share of acceptable captions
  double brier = 0;      ///< mean squared difference of confidence and truth
  /// Expected calibration error: Σ over bins of their share · |confidence − acceptable|.
  double calibration = 0;
  std::vector<Bin> bins;  ///< ten, of equal width
};

/// @throws std::invalid_argument if all captions are acceptable, or none
Reliability reliability(const std::vector<double>& confidences,
                        const std::vector<bool>& acceptable);

/// Fits the weights of the confidence regression. @throws std::invalid_argument as fit_logistic
void fit_confidence(Calibration& calibration, const ConfidenceTable& table);

}  // namespace saccade
