#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "saccade/explain/diagnose/diagnosis.h"

namespace saccade {

/// @return 0 of nothing.
inline double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

/// The evidence about one word in numbers, each larger where a mistake is likelier, in nats unless
/// said otherwise. Their names are stored with the weights that were fitted to them.
const std::vector<std::string>& evidence_names();

/// @param place  of a word that was asked about. @return as many numbers as evidence_names().
std::vector<double> evidence_of(const Diagnosis& diagnosis, std::size_t place);

/// The most that hiding the word's region, others or all of the image changes its log p by.
double largest_change(const WordDiagnosis& word);

/// Whether a word was asked about.
inline bool was_analyzed(const WordDiagnosis& word) { return word.known && word.content; }

}  // namespace saccade
