// `saccade model health`: measures a model's attention over many images.

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <unistd.h>

#include "saccade/data/dataset_listing.h"
#include "saccade/evaluate/validation.h"
#include "saccade/explain/health/health.h"
#include "saccade/model/bundle/bundle.h"

#include "dataset_options.h"
#include "default_model.h"
#include "model_options.h"
#include "model_pointing.h"
#include "process.h"
#include "runs.h"

namespace saccade::app {
namespace {

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

}  // namespace

int run_model_health(const Arguments& arguments) {
  const auto folder = find_model(arguments.get<std::string>("path"));
  if (arguments.has("phrases")) return report_pointing(arguments, folder);
  if (arguments.has("output")) require_health_folder(arguments.get<std::string>("output"));
  const Dataset dataset =
      spread(read_dataset(dataset_source(arguments), arguments.get<std::string>("split")),
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
