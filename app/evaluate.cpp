#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <unistd.h>
#include <utility>

#include "saccade/data/dataset_listing.h"
#include "saccade/evaluate/validation.h"
#include "saccade/io/durable_file.h"
#include "saccade/io/output_check.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "dataset_options.h"
#include "engine_options.h"
#include "word_options.h"

namespace saccade::app {
namespace {

std::vector<Caption> caption_split(const Captioner& captioner, const Dataset& dataset,
                                   const CaptionOptions& options, std::int64_t batch) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  auto captions = caption_dataset(captioner, dataset, options, batch, [&](std::size_t done) {
    if (terminal) std::fprintf(stderr, "\r%zu of %zu", done, dataset.images.size());
  });
  if (terminal) std::fprintf(stderr, "\r\033[K");
  return captions;
}

void write_captions(const std::string& path, const Dataset& dataset,
                    const std::vector<Caption>& captions) {
  std::string text;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    text += nlohmann::ordered_json{{"image", valid_utf8(dataset.images[i].name)},
                                   {"caption", captions[i].text}}
                .dump() +
            '\n';
  }
  DurableFile file(path);
  file.write(text);
  file.commit();
}

/// Rejects an output that would replace an input, before anything is computed.
void require_evaluation_output(const Arguments& arguments, const Dataset& dataset) {
  std::vector<std::filesystem::path> inputs = files_of_dataset(dataset_source(arguments));
  for (auto& file : files_of_model(find_model(arguments.get<std::string>("model")))) {
    inputs.push_back(std::move(file));
  }
  for (const CaptionedImage& image : dataset.images) inputs.push_back(image.file);
  require_output_file(arguments.get<std::string>("output"), inputs);
}

std::string number(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

/// The decoding settings, for the report.
std::vector<std::pair<std::string, std::string>> settings(const BeamSearchOptions& search) {
  return {
      {"decoding",
       "free-running, beam " + std::to_string(search.beam) + ", length penalty " +
           number(search.length_penalty) + ", " + std::to_string(search.constraints.min_length) +
           " to " + std::to_string(search.constraints.max_length) + " words" +
           (search.constraints.no_repeat_ngram > 0
                ? ", no repeated " + std::to_string(search.constraints.no_repeat_ngram) + "-grams"
                : "") +
           (search.constraints.repeat_penalty > 0
                ? ", repeat penalty " + number(search.constraints.repeat_penalty)
                : "")}};
}

}  // namespace

int run_evaluate(const Arguments& arguments) {
  const std::int64_t batch = arguments.get<std::int64_t>("batch-size");

  const std::string data = arguments.get<std::string>("data");
  const std::string split = arguments.get<std::string>("split");
  const Dataset dataset =
      select_split(listed_data(arguments, find_model(arguments.get<std::string>("model"))), split);
  std::vector<std::string> warnings = dataset.warnings;
  if (arguments.has("output")) require_evaluation_output(arguments, dataset);
  const Captioner captioner = load_captioner(arguments);
  const CaptionOptions options = caption_options(arguments, captioner.bundle());
  const std::vector<Caption> captions = caption_split(captioner, dataset, options, batch);
  if (arguments.has("output")) {
    write_captions(arguments.get<std::string>("output"), dataset, captions);
  }

  EvaluationOptions evaluation;
  evaluation.resamples = arguments.get<std::size_t>("bootstrap");
  evaluation.seed = arguments.get<std::uint64_t>("seed");
  evaluation.wordnet = load_wordnet(arguments, warnings);
  const PairedCaptions pairs = pair_with_references(captions, dataset);
  Report report = make_report(pairs, score_images(pairs, evaluation), evaluation);
  report.hypotheses = "model " + arguments.get<std::string>("model");
  report.references = data + ", split " + split;
  report.settings = settings(options.search);
  report.warnings.insert(report.warnings.begin(), warnings.begin(), warnings.end());
  print_warnings(report.warnings);
  std::cout << (arguments.has("json") ? render_json(report).dump(2) + '\n' : render_text(report));
  return 0;
}

}  // namespace saccade::app
