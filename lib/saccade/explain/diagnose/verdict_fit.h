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

namespace saccade {

/// Told how many are done; may be empty.
using FitProgress = std::function<void(std::size_t done, std::size_t of)>;

/// Every second image of a data set: those at even places to fit on, those at odd places to report
/// on.
Dataset half_of(const Dataset& dataset, bool odd);

/// The mean annotation of up to `images` photographs, evenly spread over the data set.
/// @return D. @throws std::runtime_error for a photograph that cannot be read.
at::Tensor mean_annotation(const Captioner& captioner, const Dataset& dataset, std::size_t images,
                           const FitProgress& progress = {});

/// Asks about every planted sentence. @return the evidence, not judged, as many as `planted`.
std::vector<Diagnosis> analyze_planted(const WordAnalyzer& analyzer, const Captioner& captioner,
                                       const Dataset& dataset,
                                       const std::vector<PlantedMistake>& planted,
                                       const DiagnosisOptions& options,
                                       const FitProgress& progress = {});

/// The evidence about all words of such sentences that were asked about, the planted one marked.
struct EvidenceTable {
  std::vector<std::vector<double>> rows;  ///< N×F, see evidence_names
  std::vector<bool> planted;              ///< N
  std::vector<std::size_t> sentence;      ///< N, rising
};
EvidenceTable evidence_table(const std::vector<PlantedMistake>& planted,
                             const std::vector<Diagnosis>& diagnoses);

/// The share of sentences whose planted word has the highest score of all its words.
double ranked_first(const std::vector<double>& scores, const EvidenceTable& table);

/// Weights and thresholds from planted mistakes:
///   suspicion       a logistic regression of "planted" over the evidence;
///   misrecognised   the suspicion at which calling words planted has the best F1;
///   seen            what hiding one random region costs more than hiding others do, in no more
///                   than one case of twenty;
///   language_prior  the largest difference, 0.5 at most, at which the words so called lose no more
///                   by hiding their region than by hiding others (95 % interval includes 0).
/// @param mean_annotation  D, kept with the model; may be undefined.
VerdictModel fit_verdict_model(const std::vector<PlantedMistake>& planted,
                               const std::vector<Diagnosis>& diagnoses,
                               const at::Tensor& mean_annotation);

/// Mean fall of log p over words, with the half width of its 95 % interval.
struct MeanFall {
  std::size_t words = 0;
  double region = 0;     ///< when their region is hidden
  double elsewhere = 0;  ///< when others are
  double difference = 0, half_width = 0;
};
MeanFall mean_fall(const std::vector<const WordDiagnosis*>& words);

}  // namespace saccade
