#include "model_pointing.h"

#include <cstdio>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

#include "saccade/data/dataset_listing.h"
#include "saccade/explain/health/health.h"
#include "saccade/explain/health/pointing.h"
#include "saccade/model/bundle/bundle.h"

#include "dataset_options.h"
#include "map_option.h"
#include "process.h"

namespace saccade::app {
namespace {

constexpr std::size_t kExamples = 16;

/// The captions to measure and their phrases.
struct Given {
  Dataset dataset;
  DatasetPhrases phrases;
};

Given read_given(const Arguments& arguments) {
  std::vector<PhraseFile> files;
  for (const auto& path : arguments.get<std::vector<std::string>>("phrases")) {
    files.push_back(read_phrases(path));
  }
  const std::string split = arguments.get<std::string>("split");
  Given given;
  if (arguments.has("data")) {
    given.dataset = read_dataset(dataset_source(arguments), split);
  } else {
    const std::string images =
        arguments.has("images") ? arguments.get<std::string>("images") : std::string();
    given.dataset = dataset_of_phrases(files, images, split);
  }
  const std::size_t all = given.dataset.images.size();
  const auto wanted = arguments.get<std::size_t>("photographs");
  if (arguments.has("photographs") && wanted > 0 && wanted < all) {
    Dataset part;
    for (std::size_t n = 0; n < wanted; ++n) {
      part.images.push_back(given.dataset.images[n * all / wanted]);
    }
    given.dataset = std::move(part);
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

}  // namespace

int report_pointing(const Arguments& arguments, const std::filesystem::path& model) {
  PointingOptions options;
  options.map = map_option(arguments);
  if (arguments.has("output")) require_pointing_folder(arguments.get<std::string>("output"));
  const Given given = read_given(arguments);
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

}  // namespace saccade::app
