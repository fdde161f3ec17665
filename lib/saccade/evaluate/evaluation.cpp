#include "saccade/evaluate/evaluation.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "saccade/io/enum_names.h"
#include "saccade/metrics/cider.h"
#include "saccade/metrics/image_matching.h"
#include "saccade/metrics/rouge.h"
#include "saccade/text/ptb_tokenizer.h"

namespace saccade {
namespace {

constexpr EnumName<Tokenizer> kTokenizers[] = {{Tokenizer::kPtb, "ptb"},
                                               {Tokenizer::kNone, "none"}};

constexpr std::size_t kNamed = 5;  ///< missing images named in an error

std::string count_and_name(const std::vector<std::string>& images) {
  std::string text =
      std::to_string(images.size()) + (images.size() == 1 ? " image (" : " images (");
  for (std::size_t i = 0; i < std::min(images.size(), kNamed); ++i) {
    text += (i == 0 ? "" : ", ") + images[i];
  }
  return text + (images.size() > kNamed ? ", …)" : ")");
}

std::string joined_tokens(const Tokens& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += (text.empty() ? "" : " ") + token;
  return text;
}

}  // namespace

const char* name_of(Tokenizer tokenizer) { return name_of(kTokenizers, tokenizer); }

Tokenizer tokenizer_named(const std::string& name) {
  return value_of(kTokenizers, name, "tokenizer");
}

Tokens tokenize(const std::string& text, Tokenizer tokenizer) {
  if (tokenizer == Tokenizer::kPtb) return ptb_tokenize(text);
  std::istringstream words(text);
  Tokens tokens;
  for (std::string word; words >> word;) tokens.push_back(word);
  return tokens;
}

PairedCaptions pair_captions(const std::vector<HypothesisEntry>& hypotheses,
                             const std::vector<ReferenceEntry>& references, Tokenizer tokenizer) {
  std::vector<std::string> captioned, described;
  for (const HypothesisEntry& hypothesis : hypotheses) captioned.push_back(hypothesis.image);
  std::unordered_map<std::string, std::size_t> by_id;
  for (std::size_t i = 0; i < references.size(); ++i) {
    described.push_back(references[i].image);
    if (!references[i].id.empty()) by_id.emplace(references[i].id, i);
  }
  auto matches = match_images(captioned, described);
  PairedCaptions result;
  std::vector<bool> used(references.size(), false);
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    // A name takes precedence over another image's number.
    const auto numbered = matches[i] ? by_id.end() : by_id.find(hypotheses[i].image);
    if (numbered != by_id.end()) matches[i] = numbered->second;
    References tokens;
    if (matches[i]) {
      used[*matches[i]] = true;
      for (const std::string& caption : references[*matches[i]].captions) {
        tokens.push_back(tokenize(caption, tokenizer));
        if (tokens.back().empty()) tokens.pop_back();
      }
    }
    if (tokens.empty()) {
      result.without_reference.push_back(hypotheses[i].image);
      continue;
    }
    result.images.push_back(references[*matches[i]].image);
    result.hypotheses.push_back(tokenize(hypotheses[i].caption, tokenizer));
    result.references.push_back(std::move(tokens));
  }
  for (std::size_t i = 0; i < references.size(); ++i) {
    if (!used[i]) result.without_hypothesis.push_back(references[i].image);
  }
  return result;
}

void require_complete(const PairedCaptions& captions, bool allow_missing) {
  std::string missing;
  if (!captions.without_reference.empty()) {
    missing = count_and_name(captions.without_reference) + " with a caption but no reference";
  }
  if (!captions.without_hypothesis.empty()) {
    missing += (missing.empty() ? "" : ", and ") + count_and_name(captions.without_hypothesis) +
               " with references but no caption";
  }
  if (captions.images.empty()) {
    throw std::runtime_error("no caption has a reference: " + missing +
                             "; images are matched by their paths, as far as both files give them");
  }
  if (!missing.empty() && !allow_missing) {
    throw std::runtime_error(
        "the captions and the references are not for the same images: " + missing +
        "; restrict the references to these images, or score the common images with "
        "--allow-missing");
  }
}

std::vector<ImageScores> score_images(const PairedCaptions& captions,
                                      const EvaluationOptions& options) {
  std::vector<ImageScores> images(captions.images.size());
  const std::vector<double> cider =
      cider_d(captions.hypotheses, captions.references, options.frequency);
  BleuCounter bleu_counter;
  for (std::size_t i = 0; i < images.size(); ++i) {
    images[i].bleu = bleu_counter.count(captions.hypotheses[i], captions.references[i]);
    images[i].rouge_l = rouge_l(captions.hypotheses[i], captions.references[i]);
    images[i].cider = cider[i];
  }
  if (options.wordnet) {
    MeteorScorer meteor(options.wordnet);
    for (std::size_t i = 0; i < images.size(); ++i) {
      images[i].meteor = meteor.count(captions.hypotheses[i], captions.references[i]);
    }
  }
  return images;
}

Report make_report(const PairedCaptions& captions, const std::vector<ImageScores>& images,
                   const EvaluationOptions& options) {
  Report report;
  report.tokenizer = name_of(options.tokenizer);
  report.images = images.size();
  for (const References& references : captions.references)
    report.reference_count += references.size();
  report.without_reference = captions.without_reference.size();
  report.without_hypothesis = captions.without_hypothesis.size();
  ImageScores sum;
  for (const ImageScores& image : images) sum += image;
  report.scores = corpus_scores(sum, images.size());
  report.has_meteor = options.wordnet != nullptr;
  report.brevity_penalty = bleu(sum.bleu).brevity_penalty;
  report.cider_images = options.frequency == nullptr
                            ? images.size()
                            : static_cast<std::size_t>(options.frequency->images());
  report.cider_from_file = options.frequency != nullptr;
  report.diversity = measure_diversity(captions.hypotheses, options.training);
  if (options.resamples > 0) {
    report.resamples = options.resamples;
    report.seed = options.seed;
    report.intervals = bootstrap_intervals(images, options.resamples, options.seed);
  }
  const std::string warning = cider_warning(report.cider_images);
  if (!warning.empty()) report.warnings.push_back(warning);
  const auto empty = std::count_if(captions.hypotheses.begin(), captions.hypotheses.end(),
                                   [](const Tokens& tokens) { return tokens.empty(); });
  if (empty > 0) {
    report.warnings.push_back(std::to_string(empty) +
                              " captions have no words after tokenization and score 0");
  }
  if (report.without_reference + report.without_hypothesis > 0) {
    report.warnings.push_back(std::to_string(report.without_reference) +
                              " captions have no reference and " +
                              std::to_string(report.without_hypothesis) +
                              " images with references have no caption; neither is scored");
  }
  return report;
}

std::string per_image_jsonl(const PairedCaptions& captions, const std::vector<ImageScores>& images,
                            bool has_meteor) {
  std::string text;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const Scores scores = corpus_scores(images[i], 1);
    nlohmann::ordered_json line = {{"image", captions.images[i]},
                                   {"caption", joined_tokens(captions.hypotheses[i])},
                                   {"bleu", bleu(images[i].bleu).bleu},
                                   {"rouge_l", scores[kRougeL]},
                                   {"cider", scores[kCider]}};
    if (has_meteor) line["meteor_wn"] = scores[kMeteorWn];
    text += line.dump() + '\n';
  }
  return text;
}

}  // namespace saccade
