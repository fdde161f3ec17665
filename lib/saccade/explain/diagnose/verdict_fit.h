#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/caption/captioner.h"
#include "saccade/data/dataset.h"
#include "saccade/explain/diagnose/planted_mistakes.h"
#include "saccade/explain/diagnose/verdict_model.h"
#include "saccade/explain/diagnose/word_analyzer.h"
#include "saccade/io/progress.h"

namespace saccade {

/// Every second image of a data set: those at even positions to fit on, those at odd positions to
/// evaluate on.
Dataset half_of(const Dataset& dataset, bool odd);

/// The mean annotation of up to `images` images, evenly spread over the data set.
/// @return D, fp32, on the CPU.
/// @throws std::runtime_error for an image that cannot be read; std::invalid_argument for no
/// images.
at::Tensor mean_annotation(const Captioner& captioner, const Dataset& dataset, std::size_t images,
                           const Progress& progress = {});

/// Analyzes every planted sentence. @return the evidence without verdicts, one for each of
/// `planted`.
std::vector<Diagnosis> analyze_planted(const WordAnalyzer& analyzer, const Captioner& captioner,
                                       const Dataset& dataset,
                                       const std::vector<PlantedMistake>& planted,
                                       const DiagnosisOptions& options,
                                       const Progress& progress = {});

/// The evidence about all analyzed words of planted sentences, with the planted words marked.
struct EvidenceTable {
  std::vector<std::vector<double>> rows;  ///< N×F, see evidence_names
  std::vector<bool> planted;              ///< N
  std::vector<std::size_t> sentence;      ///< N, ascending
};
EvidenceTable evidence_table(const std::vector<PlantedMistake>& planted,
                             const std::vector<Diagnosis>& diagnoses);

/// The share of sentences in which the planted word has the highest score.
double ranked_first(const std::vector<double>& scores, const EvidenceTable& table);

/// Fits weights and thresholds to planted mistakes:
///   suspicion       a logistic regression of "planted" on the evidence;
///   misrecognised   the suspicion threshold with the best F1 for calling words planted;
///   seen            the 95 % quantile of how much more hiding one random region costs than hiding
///                   the others;
///   language_prior  the largest change of log p, at most 0.5, for which hiding the region of such
///                   words costs no more than hiding others (the 95 % interval includes 0).
/// @param mean_annotation  D, stored with the model; may be undefined.
VerdictModel fit_verdict_model(const std::vector<PlantedMistake>& planted,
                               const std::vector<Diagnosis>& diagnoses,
                               const at::Tensor& mean_annotation);

/// The mean drop of log p over words, in nats. `difference` is region − elsewhere; `half_width` is
/// that of its 95 % interval.
struct MeanFall {
  std::size_t words = 0;
  double region = 0;     ///< when their region is hidden
  double elsewhere = 0;  ///< when others are
  double difference = 0, half_width = 0;
};
MeanFall mean_fall(const std::vector<const WordDiagnosis*>& words);

}  // namespace saccade
