#include "saccade/explain/page/page_of_diagnosis.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <stdexcept>

#include "saccade/explain/diagnose/diagnosis.h"
#include "saccade/explain/page/page_of_caption.h"

namespace saccade {
namespace {

std::string percent(double p) {
  char text[32];
  std::snprintf(text, sizeof text, p < 0.0995 ? "%.1f %%" : "%.0f %%", 100 * p);
  return p < 0.001 ? "less than 0.1 %" : text;
}

std::string quoted(const std::string& word) { return "“" + word + "”"; }

PageVerdict verdict_of(const WordDiagnosis& word) {
  using Tone = PageVerdict::Tone;
  const std::string name = to_string(word.verdict);
  switch (word.verdict) {
    case Verdict::seen:
      return {
          name, Tone::good,
          "The word depends on its region: hiding the region makes the word less likely, hiding "
          "as many cells elsewhere does not."};
    case Verdict::language_prior:
      return {name, Tone::doubtful,
              "The words before it predict this word, whatever part of the photograph is hidden."};
    case Verdict::misrecognised:
      return {name, Tone::bad, "The word depends on the photograph, but another word fits better."};
    case Verdict::unsure:
      return {name, Tone::unsure, "The evidence is not conclusive."};
  }
  throw std::invalid_argument("unknown Verdict");
}

std::vector<std::string> evidence_of(const WordDiagnosis& word) {
  const Counterfactuals& counterfactuals = word.counterfactuals;
  std::vector<std::string> lines;
  lines.push_back("p was " + percent(std::exp(counterfactuals.log_p)) +
                  " with the whole photograph.");
  lines.push_back(
      "With the " + std::to_string(word.region.size()) +
      " cells that hold half of its attention hidden: " +
      percent(std::exp(counterfactuals.region_masked)) +
      "; with their pixels blurred: " + percent(std::exp(counterfactuals.region_blurred)) + ".");
  if (!counterfactuals.elsewhere_masked.empty()) {
    double sum = 0;
    for (const double log_p : counterfactuals.elsewhere_masked) sum += log_p;
    const std::size_t draws = counterfactuals.elsewhere_masked.size();
    lines.push_back(
        "With as many cells elsewhere hidden: " + percent(std::exp(sum / double(draws))) +
        " (mean of " + std::to_string(draws) + " random regions).");
  }
  lines.push_back("Without the photograph: " + percent(std::exp(counterfactuals.no_image)) + ".");
  if (const ContrastWord* contrast = best_contrast(word)) {
    lines.push_back("The best contrast word here is " + quoted(contrast->word) + ", p " +
                    percent(std::exp(contrast->counterfactuals.log_p)) +
                    "; with the region hidden: " +
                    percent(std::exp(contrast->counterfactuals.region_masked)) + ".");
  }
  char suspicion[64];
  std::snprintf(suspicion, sizeof suspicion, "Suspicion of a mistake: %.2f of 1.", word.suspicion);
  lines.emplace_back(suspicion);
  return lines;
}

/// Adds the contrast words that are not yet among the alternatives, and sorts by descending p.
void add_contrasts(const WordDiagnosis& word, std::vector<PageAlternative>& alternatives) {
  for (const ContrastWord& contrast : word.contrasts) {
    const auto same = [&](const PageAlternative& other) { return other.word == contrast.word; };
    if (std::none_of(alternatives.begin(), alternatives.end(), same)) {
      alternatives.push_back({contrast.word, std::exp(contrast.counterfactuals.log_p), {}, ""});
    }
  }
  std::stable_sort(alternatives.begin(), alternatives.end(),
                   [](const auto& a, const auto& b) { return a.p > b.p; });
}

}  // namespace

Page page_of(const Diagnosis& diagnosis, const std::string& name, const OverlayOptions& overlay) {
  Page page = page_of(diagnosis.caption, name, overlay);
  if (page.words.size() != diagnosis.words.size()) {
    throw std::invalid_argument("a diagnosis of " + std::to_string(diagnosis.words.size()) +
                                " words does not match a caption of " +
                                std::to_string(page.words.size()) + " words");
  }
  for (std::size_t i = 0; i < page.words.size(); ++i) {
    const WordDiagnosis& word = diagnosis.words[i];
    PageWord& out = page.words[i];
    out.word = word.word;
    if (!word.known) {
      out.evidence.emplace_back(
          "The model does not know this word: it read <unk> in its place, so there is no verdict.");
    } else if (word.content) {
      out.verdict = verdict_of(word);
      out.suspicion = word.suspicion;
      out.evidence = evidence_of(word);
      add_contrasts(word, out.alternatives);
    }
  }
  page.notes = {kEvidenceNote};
  if (!diagnosis.fitted) {
    page.notes.emplace_back(
        "The thresholds of the verdicts were not fitted to this model; treat the verdicts as "
        "hints.");
  }
  return page;
}

}  // namespace saccade
