// `saccade model health`: measures a model's attention over many images.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

#include "saccade/data/dataset_listing.h"
#include "saccade/evaluate/validation.h"
#include "saccade/explain/health/health.h"
#include "saccade/explain/health/pointing.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "dataset_options.h"
#include "engine_options.h"
#include "map_options.h"
#include "process.h"

namespace saccade::app {
namespace {

/// `images` images at even distances, or all if `images` is 0.
Dataset spread(const Dataset& dataset, std::size_t images) {
  const std::size_t count =
      images == 0 ? dataset.images.size() : std::min(images, dataset.images.size());
  Dataset part;
  for (std::size_t n = 0; n < count; ++n) {
    part.images.push_back(dataset.images[n * dataset.images.size() / count]);
  }
  return part;
}

void print_line(const char* what, const Distribution& measured, const char* meaning) {
  std::printf("%-28s %6.3f   %5.3f … %5.3f   %s\n", what, measured.mean(), measured.quantile(0.05),
              measured.quantile(0.95), meaning);
}

void print_report(const Health& health) {
  std::printf("%zu images, %zu words, %ld×%ld cells\n\n%-28s %6s   %s\n", health.images,
              health.words, long(health.grid.rows), long(health.grid.cols), "", "mean",
              "5 % … 95 %");
  print_line("entropy of the maps", health.entropy, "0: one cell, 1: uniform");
  print_line("difference between words", health.between_words, "0: same maps, 1: disjoint maps");
  print_line("difference between images", health.between_images, "0: same maps, 1: disjoint maps");
  print_line("gate β", health.gate, "0: image ignored, 1: image used");
  char even[64];
  std::snprintf(even, sizeof even, "uniform attention: %.3f", health.border_if_even);
  print_line("attention on the border", health.border, even);
  const auto [min, max] = std::minmax_element(health.coverage.begin(), health.coverage.end());
  std::printf("%-28s %6.3f   %5.3f … %5.3f   per cell, 1: uniform (min … max)\n\n", "coverage", 1.0,
              *min, *max);
  if (health.flags.empty()) std::printf("No common problem found.\n");
  for (const HealthFlag& flag : health.flags) {
    std::printf("%s: %s\n", flag.name.c_str(), flag.meaning.c_str());
  }
}

constexpr std::size_t kExamples = 16;

/// The captions to measure and their phrases.
struct Given {
  Dataset dataset;
  DatasetPhrases phrases;
};

Given read_given(const Arguments& arguments, const std::filesystem::path& model) {
  std::vector<PhraseFile> files;
  for (const auto& path : arguments.get<std::vector<std::string>>("phrases")) {
    files.push_back(read_phrases(path));
  }
  const std::string split = arguments.get<std::string>("split");
  Given given;
  if (arguments.has("data")) {
    given.dataset = select_split(listed_data(arguments, model), split);
  } else {
    const std::string images =
        arguments.has("images") ? arguments.get<std::string>("images") : std::string();
    given.dataset = dataset_of_phrases(files, images, split);
  }
  if (arguments.has("photographs")) {
    given.dataset = spread(given.dataset, arguments.get<std::size_t>("photographs"));
  }
  given.phrases = match_phrases(files, given.dataset);
  require_use(files, given.phrases);
  print_warnings(given.phrases.warnings);
  return given;
}

void print_line(const std::string& name, const PointingMeans& means) {
  std::printf("%-18s %8zu %9.1f %% %9.1f %% %9.1f %% %9.2f\n", name.c_str(), means.phrases,
              100 * means.peak, 100 * means.mass, 100 * means.area, means.entropy);
}

void print_report(const PointingReport& report) {
  std::printf("%-18s %8s %11s %11s %11s %9s\n", "", "phrases", "peak in box", "mass in box",
              "box area", "entropy");
  print_line("things", report.things);
  for (const auto& [type, means] : report.types) print_line("  " + type, means);
  print_line("all", report.all);
  std::printf("%-18s %8s %9.1f %% %9.1f %% %9.1f %% %9.2f\n", "mean of types", "",
              100 * report.mean_of_types.peak, 100 * report.mean_of_types.mass,
              100 * report.mean_of_types.area, report.mean_of_types.entropy);
  std::printf(
      "\nthings: phrases that are neither scene nor bodyparts. A peak is in the box if at least "
      "half\n"
      "of the top cell is. The mass of a uniform map would be the area of the boxes.\n");
}

/// `saccade model health --phrases`: measures how well the maps of given captions match the boxes
/// of what the words name.
/// @param model  the bundle's folder
/// @return the exit code
int report_pointing(const Arguments& arguments, const std::filesystem::path& model) {
  PointingOptions options;
  options.map = map_option(arguments);
  if (arguments.has("output")) require_pointing_folder(arguments.get<std::string>("output"));
  const Given given = read_given(arguments, model);
  set_threads(arguments.get<std::int64_t>("threads"));
  const Captioner captioner = Captioner::load(model);
  if (isatty(STDERR_FILENO) != 0) {
    options.progress = [](std::size_t done, std::size_t all) {
      std::fprintf(stderr, "\r%zu of %zu%s", done, all, done == all ? "\r\033[K" : "");
    };
  }
  const auto measured = measure_pointing(captioner.bundle(), given.dataset, given.phrases, options);
  if (measured.empty()) {
    throw std::runtime_error(
        "no phrase has a box inside the model's input; expected boxes in the "
        "phrases file");
  }
  const PointingReport report = report_on(measured);
  nlohmann::ordered_json json{{"map", to_string(options.map)},
                              {"photographs", given.dataset.images.size()},
                              {"captions", given.phrases.captions}};
  json.update(to_json(report));
  if (arguments.has("output")) {
    const std::string title = std::string("Where ") + to_string(options.map) + " of " +
                              model.filename().string() +
                              " points; boxes outlined, top cell in white";
    const auto written =
        write_pointing(json,
                       draw_pointing(captioner.bundle(), given.dataset, given.phrases, measured,
                                     options.map, kExamples, title),
                       arguments.get<std::string>("output"));
    std::cerr << "saccade: wrote " << written[0].string() << " and " << written[1].string() << '\n';
  }
  if (arguments.has("json")) {
    std::cout << json.dump() << '\n';
  } else {
    print_report(report);
  }
  return 0;
}

}  // namespace

int run_model_health(const Arguments& arguments) {
  const auto folder = find_model(arguments.get<std::string>("path"));
  if (arguments.has("phrases")) return report_pointing(arguments, folder);
  if (arguments.has("output")) require_health_folder(arguments.get<std::string>("output"));
  const Dataset dataset =
      spread(select_split(listed_data(arguments, folder), arguments.get<std::string>("split")),
             arguments.get<std::size_t>("photographs"));
  set_threads(arguments.get<std::int64_t>("threads"));
  const Captioner captioner = Captioner::load(folder);
  const CaptionOptions options = caption_options(arguments, captioner.bundle());
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const auto captions = caption_dataset(captioner, dataset, options, 16, [&](std::size_t done) {
    if (terminal) std::fprintf(stderr, "\r%zu of %zu", done, dataset.images.size());
  });
  if (terminal) std::fprintf(stderr, "\r\033[K");

  const Health health = measure_health(captions);
  if (arguments.has("output")) {
    const std::string title = "Attention of " + folder.filename().string() + " over " +
                              std::to_string(health.images) + " images, " +
                              std::to_string(health.words) + " words";
    const auto written = write_health(health, title, arguments.get<std::string>("output"));
    std::cerr << "saccade: wrote " << written[0].string() << " and " << written[1].string() << '\n';
  }
  if (arguments.has("json")) {
    std::cout << to_json(health).dump() << '\n';
  } else {
    print_report(health);
  }
  return 0;
}

}  // namespace saccade::app
