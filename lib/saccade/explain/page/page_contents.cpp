#include "saccade/explain/page/page_contents.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <stdexcept>

#include "saccade/explain/diagnose/diagnosis.h"

namespace saccade {
namespace {

PageWord page_word(const CaptionWord& word) {
  PageWord out;
  out.word = word.word;
  out.p = word.p();
  out.gate = word.gate;
  out.entropy = word.entropy;
  out.cell = word.cell;
  out.maps = {word.attention};
  for (const Alternative& other : word.alternatives) {
    out.alternatives.push_back({other.word, other.p, {}, ""});
  }
  return out;
}

}  // namespace

void add_map_layer(Page& page, const std::string& name,
                   const std::vector<std::vector<float>>& maps) {
  if (maps.size() != page.words.size()) {
    throw std::invalid_argument("a map layer needs one map for each of the page's " +
                                std::to_string(page.words.size()) + " words, not " +
                                std::to_string(maps.size()));
  }
  page.layers.push_back({name, "of the word’s " + name + " per cell", true});
  for (std::size_t i = 0; i < maps.size(); ++i) page.words[i].maps.push_back(maps[i]);
}

Page page_of(const Caption& caption, const std::string& name, const OverlayOptions& overlay,
             const Rollouts& rollouts) {
  Page page;
  page.name = name;
  page.caption = caption.text;
  page.grid = caption.grid;
  page.placement = caption.placement;
  page.overlay = overlay;
  page.layers = {{"attention α", "of the word’s attention per cell", true}};
  for (const CaptionWord& word : caption.words) page.words.push_back(page_word(word));
  if (rollouts.count > 0) {
    if (rollouts.cells.size() != page.words.size()) {
      throw std::invalid_argument("the rollouts belong to another caption");
    }
    page.layers.push_back({"sampled cells",
                           "of " + std::to_string(rollouts.count) +
                               " rollouts sampled the cell (seed " + std::to_string(rollouts.seed) +
                               ")",
                           true});
    for (std::size_t i = 0; i < page.words.size(); ++i) {
      std::vector<float> shares;
      for (const std::int64_t times : rollouts.cells[i]) {
        shares.push_back(float(double(times) / double(rollouts.count)));
      }
      page.words[i].maps.push_back(std::move(shares));
    }
  }
  page.notes = {
      "Attention is evidence of why the model chose a word, not proof. A map shows how the cells "
      "of the photograph were weighted when the word was chosen; it is no finer than these cells."};
  if (caption.confidence) {
    const std::string confidence = std::to_string(std::lround(100 * *caption.confidence)) + " %";
    page.notes.push_back("Confidence " + confidence + ": a person would accept about " +
                         confidence + " of the captions that the model is this sure of.");
  }
  if (!caption.finished && !caption.words.empty()) {
    page.notes.emplace_back("The caption was cut off at the maximum number of words.");
  }
  return page;
}

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
