#pragma once

#include <string>
#include <vector>

#include "saccade/io/json.h"

namespace saccade {

/// Logistic regression: p(positive | x) = σ(bias + Σ_f weights_f · (x_f − mean_f) / scale_f).
struct LogisticRegression {
  std::vector<double> mean, scale, weights;  ///< F each; scale > 0
  double bias = 0;

  /// The probability of a positive label.
  /// @param x  F values
  /// @return 0…1
  /// @throws std::invalid_argument for another number of values.
  double probability(const std::vector<double>& x) const;
};

/// Reads {"bias", SECTION: {NAME: {"mean", "scale", "weight"}, …}}.
/// @param names  the F features, in the order of the result
/// @throws std::runtime_error for a field that is missing, unknown or out of range, by name.
LogisticRegression read_logistic(JsonFields fields, const std::string& section,
                                 const std::vector<std::string>& names);

/// Whether there are positive and negative labels, as a fit and the AUROC need.
bool has_both(const std::vector<bool>& labels);

/// Fits a logistic regression with Newton's method: maximizes Σ log p(label) − ridge/2 Σ weights².
/// Mean and scale are those of the rows; a constant feature gets weight 0.
/// @param rows    N×F, finite
/// @param labels  N
/// @param ridge   > 0
/// @throws std::invalid_argument for no rows, rows of different lengths, another number of labels,
///         or labels that are all equal.
LogisticRegression fit_logistic(const std::vector<std::vector<double>>& rows,
                                const std::vector<bool>& labels, double ridge);

/// The area under the ROC curve, 0…1: the probability that a random positive scores higher than a
/// random negative; ties count half.
/// @throws std::invalid_argument unless there are positives and negatives, and one label per score.
double auroc(const std::vector<double>& scores, const std::vector<bool>& labels);

}  // namespace saccade
