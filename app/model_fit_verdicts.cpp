// `saccade model fit-verdicts`: fits the verdicts of `saccade diagnose` to a model.

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include <ATen/ATen.h>

#include "saccade/caption/logistic_regression.h"
#include "saccade/data/dataset_listing.h"
#include "saccade/explain/diagnose/verdict_fit.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "dataset_options.h"
#include "engine_options.h"
#include "process.h"
#include "word_options.h"

namespace saccade::app {
namespace {

constexpr std::uint64_t kPlantingSeed = 1;

Progress progress_of(const char* what) {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [what](std::size_t done, std::size_t of) {
    std::fprintf(stderr, "\r\033[K%s %zu of %zu%s", what, done, of, done == of ? "\r\033[K" : "");
  };
}

}  // namespace

int run_model_fit_verdicts(const Arguments& arguments) {
  const auto folder = find_model(arguments.get<std::string>("path"));
  const auto data = arguments.get<std::string>("data");

  const DatasetListing listing = listed_data(arguments, folder);
  const Dataset train = select_split(listing, "train");
  const Dataset dev = half_of(select_split(listing, "dev"), /*odd=*/false);
  set_threads(arguments.get<std::int64_t>("threads"));
  const Captioner captioner = Captioner::load(folder);
  const Vocabulary& vocabulary = captioner.bundle().vocabulary;
  const at::Tensor mean =
      mean_annotation(captioner, train, arguments.get<std::size_t>("mean-images"),
                      progress_of("annotations of image"));
  const WordAnalyzer analyzer(captioner, load_word_kinds(arguments, vocabulary.words()), mean);
  auto planted = plant_mistakes(dev, vocabulary, 1, kPlantingSeed);
  const auto max = arguments.get<std::size_t>("sentences");
  if (max > 0 && planted.size() > max) planted.resize(max);
  if (planted.empty()) {
    throw std::runtime_error(data +
                             ": no dev caption has a word to plant a mistake in; verdicts need "
                             "English captions");
  }
  DiagnosisOptions options;
  options.blur = false;  // verdicts do not use it
  const auto diagnoses =
      analyze_planted(analyzer, captioner, dev, planted, options, progress_of("sentence"));
  const std::vector<bool> labels = evidence_table(planted, diagnoses).planted;
  if (!has_both(labels)) {
    throw std::runtime_error(
        data + ": verdicts need words that are planted mistakes and words that are not, but all " +
        std::to_string(labels.size()) +
        " words of the dev captions are of one kind; use more dev captions");
  }
  VerdictModel model = fit_verdict_model(planted, diagnoses, mean);
  model.fitted["data"] = path_text(std::filesystem::path(data).filename()) +
                         ", dev split, images at even positions; one caption of each "
                         "with one word replaced (seed " +
                         std::to_string(kPlantingSeed) + ")";
  model.fitted["mean_annotation"] =
      "of " +
      std::to_string(std::min(arguments.get<std::size_t>("mean-images"), train.images.size())) +
      " images of the training split";
  model.fitted["saccade"] = SACCADE_VERSION;
  save_verdict_model(folder, model);
  std::printf(
      "%s: fitted on %zu sentences with one planted mistake each, %zu words\n"
      "AUROC per word %.3f, planted word first in %.1f %% (on these sentences)\n"
      "misrecognised from suspicion %.2f, seen from %.2f nats, language prior up to %.2f\n",
      (folder / kVerdictFile).string().c_str(), planted.size(),
      model.fitted["words"].get<std::size_t>(), model.fitted["auroc_on_these"].get<double>(),
      100 * model.fitted["ranked_first_on_these"].get<double>(), model.thresholds.misrecognised,
      model.thresholds.seen, model.thresholds.language_prior);
  return 0;
}

}  // namespace saccade::app
