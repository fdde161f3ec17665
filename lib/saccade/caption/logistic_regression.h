#pragma once

#include <string>
#include <vector>

#include "saccade/io/json.h"

namespace saccade {

/// p(label | x) = σ(bias + Σ_f weights_f · (x_f − mean_f) / scale_f)
struct LogisticRegression {
  std::vector<double> mean, scale, weights;  ///< F each; scale > 0
  double bias = 0;

  /// @param x  F numbers. @return 0…1.
  /// @throws std::invalid_argument for another number of them.
  double probability(const std::vector<double>& x) const;
};

/// Reads {"bias", SECTION: {NAME: {"mean", "scale", "weight"}, …}}.
/// @param names  the F features, in the order of the result
/// @throws std::runtime_error for a field that is missing, unknown or out of range, by name.
LogisticRegression read_logistic(JsonFields fields, const std::string& section,
                                 const std::vector<std::string>& names);

/// The weights of the greatest likelihood Σ log p(label) − ridge/2 Σ weights², by Newton's method.
/// Mean and scale are those of the rows; a number that never changes has weight 0.
/// @param rows    N×F, finite. @param ridge  > 0.
/// @throws std::invalid_argument for no rows, rows of different lengths or labels of one sort only.
LogisticRegression fit_logistic(const std::vector<std::vector<double>>& rows,
                                const std::vector<bool>& labels, double ridge);

/// The chance that a random positive has a higher score than a random negative, a tie counting
/// half (area under the ROC curve).
/// @throws std::invalid_argument unless there are positives and negatives.
double auroc(const std::vector<double>& scores, const std::vector<bool>& labels);

}  // namespace saccade
