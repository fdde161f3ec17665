#pragma once

#include <cstddef>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/caption/calibration.h"
#include "saccade/caption/captioner.h"
#include "saccade/data/dataset.h"
#include "saccade/explain/diagnose/verdict_fit.h"

namespace saccade {

/// The temperature at which what people said of the photographs is the likeliest, word by word
/// under teacher forcing; within 0.2 … 5. A low one sharpens the model's distribution.
/// @param most  captions that are looked at, evenly spread
double fit_temperature(const Captioner& captioner, const Dataset& dataset, std::size_t max,
                       const FitProgress& progress = {});

/// The pooled annotations of photographs. @return N×D
at::Tensor pooled_annotations(const Captioner& captioner, const Dataset& dataset,
                              const FitProgress& progress = {});
at::Tensor pooled_annotations(const Captioner& captioner, const std::vector<Image>& images);

/// Mean and standard deviation, the least a hundredth of the largest, into the calibration.
void set_pooled(Calibration& calibration, const at::Tensor& pooled);

/// Captions with what confidence is read off, and whether each is acceptable.
struct ConfidenceTable {
  std::vector<std::vector<double>> rows;  ///< N×F, see sign_names
  std::vector<bool> acceptable;           ///< N
};

/// How well confidence tells acceptable captions from others.
struct Reliability {
  struct Bin {
    std::size_t captions = 0;
    double confidence = 0;  ///< mean
    double acceptable = 0;  ///< share
  };
  double auroc = 0;
  double base_rate = 0;  ///< share of acceptable captions
  double brier = 0;      ///< mean squared difference of confidence and truth
  double calibration =
      0;  ///< expected calibration error: Σ bins' share · |confidence − acceptable|
  std::vector<Bin> bins;  ///< ten, of equal width
};

/// @throws std::invalid_argument for captions that are all of one sort
Reliability reliability(const std::vector<double>& confidences,
                        const std::vector<bool>& acceptable);

/// The regression's weights from a table. @throws as fit_logistic does
void fit_confidence(Calibration& calibration, const ConfidenceTable& table);

}  // namespace saccade
