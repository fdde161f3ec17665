#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "saccade/explain/diagnose/diagnosis.h"

namespace saccade {

/// The mean; 0 for no values.
inline double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

/// The names of the numbers that evidence_of returns. They are stored with the fitted weights.
const std::vector<std::string>& evidence_names();

/// The evidence about one word as numbers. They are designed to be larger when a mistake is more
/// likely. Log probabilities and their differences are in nats.
/// @param position  the position of an analyzed word.
/// @return one number for each of evidence_names().
std::vector<double> evidence_of(const Diagnosis& diagnosis, std::size_t position);

/// The largest change of the word's log p when its region, other regions or the image are hidden.
double largest_change(const WordDiagnosis& word);

/// Whether the word was analyzed, i.e. is a known content word.
inline bool was_analyzed(const WordDiagnosis& word) { return word.known && word.content; }

}  // namespace saccade
