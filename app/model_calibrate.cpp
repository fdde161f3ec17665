// `saccade model calibrate`: fits a model's confidence to human captions.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include <torch/types.h>

#include "saccade/caption/captioner.h"
#include "saccade/caption/logistic_regression.h"
#include "saccade/evaluate/calibration_fit.h"
#include "saccade/evaluate/non_photographs.h"
#include "saccade/evaluate/validation.h"
#include "saccade/metrics/cider.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "engine_options.h"
#include "process.h"

namespace saccade::app {
namespace {

constexpr std::int64_t kBatch = 16;
constexpr std::size_t kTemperatureCaptions = 1500;
constexpr std::size_t kPhotographsPerDrawing = 10;  // photographs per synthetic image

Progress calibration_progress(const char* what) {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [what](std::size_t done, std::size_t of) {
    std::fprintf(stderr, "\r\033[K%s %zu of %zu%s", what, done, of, done == of ? "\r\033[K" : "");
  };
}

/// One half of the dev splits: confidence features of its captions, and of synthetic drawings.
struct Half {
  ConfidenceTable photographs, drawings;
};

void append(ConfidenceTable& all, std::vector<double> row, bool acceptable) {
  all.rows.push_back(std::move(row));
  all.acceptable.push_back(acceptable);
}

/// Captions and scores one half of each data set's dev split.
/// @param pooled  pooled annotations of all of its images, one data set after the other
Half examine(const Captioner& captioner, const Calibration& calibration,
             const std::vector<Dataset>& datasets, const at::Tensor& pooled, double acceptable,
             std::uint64_t seed) {
  const CaptionOptions options = options_of(captioner.bundle().decoding);
  Half half;
  std::int64_t place = 0;
  for (const Dataset& dataset : datasets) {
    const auto captions = caption_dataset(
        captioner, dataset, options, kBatch,
        [progress = calibration_progress("captions of image"), &dataset](std::size_t done) {
          if (progress) progress(done, dataset.images.size());
        });
    const PairedCaptions pairs = pair_with_references(captions, dataset);
    const std::vector<double> scores = cider_d(pairs.hypotheses, pairs.references);
    for (std::size_t i = 0; i < captions.size(); ++i) {
      append(half.photographs, signs_of(captions[i], strangeness(calibration, pooled[place++])),
             scores[i] >= acceptable);
    }
  }
  const std::size_t drawings = half.photographs.rows.size() / kPhotographsPerDrawing + 1;
  for (std::size_t i = 0; i < drawings; ++i) {
    const Image image = non_photograph(seed + i);
    const Caption caption = captioner.caption({image}, options).front().front();
    const at::Tensor own = pooled_annotations(captioner, std::vector<Image>{image})[0];
    append(half.drawings, signs_of(caption, strangeness(calibration, own)), false);
  }
  return half;
}

/// @throws std::runtime_error if all captions are acceptable, or none
void require_both(const ConfidenceTable& captions, const std::filesystem::path& data) {
  if (has_both(captions.acceptable)) return;
  const bool all = !captions.acceptable.empty() && captions.acceptable.front();
  throw std::runtime_error(
      data.string() +
      ": calibration needs acceptable and other captions in both halves of dev, but " +
      (all ? "all" : "none") + " of the " + std::to_string(captions.rows.size()) +
      " captions of one half are acceptable; use more dev images or another --acceptable");
}

std::vector<double> confidences(const Calibration& calibration, const ConfidenceTable& table) {
  std::vector<double> all;
  for (const auto& row : table.rows) all.push_back(calibration.acceptable.probability(row));
  return all;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value / static_cast<double>(values.size());
  return sum;
}

nlohmann::ordered_json report_json(const Reliability& found, const std::vector<double>& drawings) {
  nlohmann::ordered_json json{{"auroc", found.auroc},
                              {"base_rate", found.base_rate},
                              {"brier", found.brier},
                              {"expected_calibration_error", found.calibration},
                              {"mean_confidence_of_drawings", mean_of(drawings)}};
  for (const Reliability::Bin& bin : found.bins) {
    json["reliability"].push_back({{"captions", bin.captions},
                                   {"confidence", bin.confidence},
                                   {"acceptable", bin.acceptable}});
  }
  return json;
}

void print(const std::filesystem::path& file, const Calibration& calibration,
           const Reliability& found, const std::vector<double>& drawings, double acceptable) {
  std::printf(
      "%s: temperature %.3f; captions with CIDEr-D of at least %.2f are acceptable\n"
      "On the other half of dev: AUROC %.3f, Brier %.3f (%.3f for the base rate), expected "
      "calibration error %.3f\n\n%12s %9s %11s %11s\n",
      file.string().c_str(), calibration.temperature, acceptable, found.auroc, found.brier,
      found.base_rate * (1 - found.base_rate), found.calibration, "confidence", "captions", "mean",
      "acceptable");
  for (std::size_t b = 0; b < found.bins.size(); ++b) {
    const Reliability::Bin& bin = found.bins[b];
    std::printf("   %.1f … %.1f %9zu", 0.1 * double(b), 0.1 * double(b + 1), bin.captions);
    if (bin.captions > 0) {
      std::printf("      %5.3f  %5.3f  %s", bin.confidence, bin.acceptable,
                  std::string(std::size_t(40 * bin.acceptable + 0.5), '#').c_str());
    }
    std::printf("\n");
  }
  std::vector<double> sorted = drawings;
  std::sort(sorted.begin(), sorted.end());
  std::printf("\n%zu synthetic images: mean confidence %.3f, maximum %.3f\n", sorted.size(),
              mean_of(sorted), sorted.back());
}

}  // namespace

int run_model_calibrate(const Arguments& arguments) {
  const auto acceptable = arguments.get<double>("acceptable");
  const auto folder = find_model(arguments.get<std::string>("path"));
  const std::vector<MixtureSource> sources = mixture_sources(arguments, folder);
  std::vector<Dataset> even, odd;
  for (const MixtureSource& source : sources) {
    const Dataset dev = select_split(source.listing, "dev");
    if (dev.images.size() < 2) {
      throw std::runtime_error(source.listing.path.string() +
                               ": calibration needs at least two dev images");
    }
    even.push_back(half_of(dev, false));
    odd.push_back(half_of(dev, true));
  }
  set_threads(arguments.get<std::int64_t>("threads"));

  Bundle bundle = load_bundle(folder);
  bundle.encoder->pack();
  const Captioner plain(bundle);
  Calibration calibration;
  const auto together = [](const std::vector<Dataset>& parts) {
    Dataset all;
    for (const Dataset& part : parts) {
      all.images.insert(all.images.end(), part.images.begin(), part.images.end());
    }
    return all;
  };
  const Dataset fitted_on = together(even), reported_on = together(odd);
  calibration.temperature = fit_temperature(plain, fitted_on, kTemperatureCaptions,
                                            calibration_progress("references of image"));
  const at::Tensor pooled =
      pooled_annotations(plain, fitted_on, calibration_progress("annotations of image"));
  set_pooled(calibration, pooled);
  const auto& names = sign_names();
  calibration.acceptable = {std::vector<double>(names.size(), 0),
                            std::vector<double>(names.size(), 1),
                            std::vector<double>(names.size(), 0), 0};  // not fitted yet
  const Captioner captioner(bundle, calibration);
  const Half fit = examine(captioner, calibration, even, pooled, acceptable, 0);
  require_both(fit.photographs, sources.front().listing.path);
  ConfidenceTable table = fit.photographs;
  for (const auto& row : fit.drawings.rows) append(table, row, false);
  fit_confidence(calibration, table);

  const Half report =
      examine(captioner, calibration, odd,
              pooled_annotations(plain, reported_on, calibration_progress("annotations of image")),
              acceptable, 1'000'000);
  require_both(report.photographs, sources.front().listing.path);
  const Reliability found =
      reliability(confidences(calibration, report.photographs), report.photographs.acceptable);
  const std::vector<double> drawings = confidences(calibration, report.drawings);
  const nlohmann::ordered_json json = report_json(found, drawings);
  calibration.fitted = {{"data", source_names(sources)},
                        {"photographs", fitted_on.images.size()},
                        {"acceptable",
                         "CIDEr-D to the references, over the half's own document "
                         "frequencies, of at least the threshold"},
                        {"threshold", acceptable},
                        {"decoding", bundle.decoding},
                        {"on_the_other_half", json},
                        {"saccade", SACCADE_VERSION}};
  save_calibration(folder, calibration);
  if (arguments.has("json")) {
    std::cout << nlohmann::ordered_json{{"file", (folder / kCalibrationFile).string()},
                                        {"temperature", calibration.temperature},
                                        {"threshold", acceptable},
                                        {"on_the_other_half", json}}
                     .dump(2)
              << '\n';
  } else {
    print(folder / kCalibrationFile, calibration, found, drawings, acceptable);
  }
  return 0;
}

}  // namespace saccade::app
