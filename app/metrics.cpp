#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/evaluate/evaluation.h"
#include "saccade/io/durable_file.h"
#include "saccade/io/output_check.h"
#include "saccade/io/unicode.h"
#include "saccade/metrics/cider.h"
#include "saccade/metrics/image_matching.h"

#include "commands.h"
#include "word_options.h"

namespace saccade::app {
namespace {

constexpr std::size_t kDefaultResamples = 1000;

std::optional<std::string> given(const Arguments& arguments, const std::string& name) {
  if (!arguments.has(name)) return std::nullopt;
  return arguments.get<std::string>(name);
}

/// Keeps the references of the images in `list`. Listed images without references give a warning.
void restrict_to(std::vector<ReferenceEntry>& entries, const std::string& list,
                 std::vector<std::string>& warnings) {
  const std::vector<std::string> names = read_image_list(list);
  std::vector<std::string> described;
  for (const ReferenceEntry& entry : entries) described.push_back(entry.image);
  const auto matches = match_images(names, described);
  std::vector<bool> wanted(entries.size(), false);
  std::size_t missing = 0;
  std::string example;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (matches[i]) {
      wanted[*matches[i]] = true;
    } else if (++missing == 1) {
      example = names[i];
    }
  }
  if (missing > 0) {
    warnings.push_back(list + ": " + std::to_string(missing) +
                       " of its images have no references, e.g. " + example);
  }
  std::vector<ReferenceEntry> kept;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (wanted[i]) kept.push_back(std::move(entries[i]));
  }
  entries = std::move(kept);
}

std::vector<ReferenceEntry> load_references(const Arguments& arguments, Tokenizer tokenizer,
                                            std::vector<std::string>& warnings) {
  ReferenceFileOptions options;
  options.split = given(arguments, "split").value_or("");
  options.tokenized = tokenizer == Tokenizer::kNone;
  ReferenceFile file = read_references(arguments.get<std::string>("references"), options);
  warnings.insert(warnings.end(), file.warnings.begin(), file.warnings.end());
  if (const auto list = given(arguments, "images")) restrict_to(file.entries, *list, warnings);
  return std::move(file.entries);
}

std::vector<Tokens> load_training(const Arguments& arguments, Tokenizer tokenizer,
                                  std::vector<std::string>& warnings) {
  ReferenceFile file = read_references(arguments.get<std::string>("training"));
  if (const auto list = given(arguments, "training-images")) {
    restrict_to(file.entries, *list, warnings);
  }
  std::vector<Tokens> captions;
  for (const ReferenceEntry& entry : file.entries) {
    for (const std::string& caption : entry.captions)
      captions.push_back(tokenize(caption, tokenizer));
  }
  return captions;
}

PairedCaptions load_captions(const std::string& path, const std::vector<ReferenceEntry>& references,
                             Tokenizer tokenizer, bool allow_missing,
                             std::vector<std::string>& warnings) {
  const HypothesisFile file = read_hypotheses(path);
  warnings.insert(warnings.end(), file.warnings.begin(), file.warnings.end());
  PairedCaptions captions = pair_captions(file.hypotheses, references, tokenizer);
  require_complete(captions, allow_missing);
  return captions;
}

void save_frequency(const std::string& path, const std::vector<ReferenceEntry>& entries,
                    Tokenizer tokenizer) {
  std::vector<References> references;
  for (const ReferenceEntry& entry : entries) {
    references.emplace_back();
    for (const std::string& caption : entry.captions) {
      references.back().push_back(tokenize(caption, tokenizer));
    }
  }
  DocumentFrequency(references).save(path, name_of(tokenizer));
}

void write_file(const std::string& path, const std::string& text) {
  DurableFile file(path);
  file.write(text);
  file.commit();
}

/// Rejects outputs that would replace an input or each other.
void require_outputs(const Arguments& arguments) {
  std::vector<std::filesystem::path> inputs;
  for (const char* name : {"hypotheses", "references", "images", "versus", "training",
                           "training-images", "document-frequency"}) {
    if (const auto path = given(arguments, name)) inputs.emplace_back(*path);
  }
  const auto scores = given(arguments, "per-image");
  const auto frequency = given(arguments, "save-document-frequency");
  if (scores) require_output_file(*scores, inputs);
  if (frequency) require_output_file(*frequency, inputs);
  namespace fs = std::filesystem;
  if (scores && frequency && fs::weakly_canonical(*scores) == fs::weakly_canonical(*frequency)) {
    throw UsageError(
        "--per-image and --save-document-frequency name the same file; give two different names");
  }
}

/// Keeps the images that both systems have, in the order of the first.
void keep_common(PairedCaptions& first, PairedCaptions& second) {
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < second.images.size(); ++i) places.emplace(second.images[i], i);
  PairedCaptions a, b;
  const auto move_one = [](PairedCaptions& from, std::size_t i, PairedCaptions& to) {
    to.images.push_back(from.images[i]);
    to.hypotheses.push_back(std::move(from.hypotheses[i]));
    to.references.push_back(std::move(from.references[i]));
  };
  a.without_reference = std::move(first.without_reference);
  a.without_hypothesis = std::move(first.without_hypothesis);
  for (std::size_t i = 0; i < first.images.size(); ++i) {
    const auto found = places.find(first.images[i]);
    if (found == places.end()) {
      a.without_hypothesis.push_back(first.images[i]);
      continue;
    }
    move_one(second, found->second, b);
    move_one(first, i, a);
  }
  if (a.images.empty()) throw std::runtime_error("the two systems have no image in common");
  first = std::move(a);
  second = std::move(b);
}

Versus compare_with(const std::string& path, const PairedCaptions& second,
                    const std::vector<ImageScores>& first_images,
                    const EvaluationOptions& options) {
  const std::vector<ImageScores> second_images = score_images(second, options);
  ImageScores sum;
  for (const ImageScores& image : second_images) sum += image;
  return {path, corpus_scores(sum, second_images.size()),
          compare(first_images, second_images,
                  options.resamples > 0 ? options.resamples : kDefaultResamples, options.seed)};
}

Report score(const Arguments& arguments, const std::vector<ReferenceEntry>& references,
             Tokenizer tokenizer, std::vector<std::string> warnings) {
  const bool allow_missing = arguments.has("allow-missing");
  EvaluationOptions options;
  options.tokenizer = tokenizer;
  options.seed = arguments.get<std::uint64_t>("seed");
  if (arguments.has("bootstrap")) options.resamples = arguments.get<std::size_t>("bootstrap");
  options.wordnet = load_wordnet(arguments, warnings);
  DocumentFrequency frequency;
  if (const auto path = given(arguments, "document-frequency")) {
    frequency = DocumentFrequency::load(*path, name_of(tokenizer));
    options.frequency = &frequency;
  }
  std::vector<Tokens> training;
  if (arguments.has("training")) {
    training = load_training(arguments, tokenizer, warnings);
    options.training = &training;
  }
  const std::string path = arguments.get<std::string>("hypotheses");
  PairedCaptions captions = load_captions(path, references, tokenizer, allow_missing, warnings);
  std::optional<PairedCaptions> second;
  if (const auto versus = given(arguments, "versus")) {
    second = load_captions(*versus, references, tokenizer, allow_missing, warnings);
    keep_common(captions, *second);
  }

  const std::vector<ImageScores> images = score_images(captions, options);
  Report report = make_report(captions, images, options);
  report.hypotheses = path;
  report.references = arguments.get<std::string>("references");
  report.warnings.insert(report.warnings.begin(), warnings.begin(), warnings.end());
  if (second) {
    report.versus = compare_with(arguments.get<std::string>("versus"), *second, images, options);
  }
  if (const auto file = given(arguments, "per-image")) {
    write_file(*file, per_image_jsonl(captions, images, report.has_meteor));
  }
  return report;
}

}  // namespace

int run_metrics(const Arguments& arguments) {
  const Tokenizer tokenizer = tokenizer_named(arguments.get<std::string>("tokenize"));
  require_outputs(arguments);
  std::vector<std::string> warnings;
  const std::vector<ReferenceEntry> references = load_references(arguments, tokenizer, warnings);
  if (const auto path = given(arguments, "save-document-frequency")) {
    save_frequency(*path, references, tokenizer);
    if (!arguments.has("hypotheses")) {
      for (const std::string& warning : warnings)
        std::cerr << "warning: " << one_line(warning) << '\n';
      return 0;
    }
  }
  const Report report = score(arguments, references, tokenizer, std::move(warnings));
  for (const std::string& warning : report.warnings)
    std::cerr << "warning: " << one_line(warning) << '\n';
  if (arguments.has("json")) {
    std::cout << render_json(report).dump(2) << '\n';
  } else {
    std::cout << render_text(report);
  }
  return 0;
}

}  // namespace saccade::app
