#include <cstdint>
#include <string>
#include <vector>

#include "saccade/explain/figure/color_map.h"
#include "saccade/explain/maps/upsampling.h"

#include "commands.h"
#include "map_options.h"

namespace saccade::app {

Arguments heatmap_command() {
  Arguments arguments("heatmap", "heatmap IMAGE…|FOLDER --output DIR",
                      "Show, word by word, where the model looked.\n\n"
                      "Writes figure.png, words/NN-word.png and attention.json into DIR; with\n"
                      "--format html also index.html, an interactive page that opens in any\n"
                      "browser.\n\n"
                      "Several images, folders, tar archives or patterns in quotes get a folder\n"
                      "per image, DIR/NAME, by the image's path below the folder of all. Then\n"
                      "DIR/index.html lists them, and DIR/captions.jsonl has their captions and\n"
                      "errors. The same command continues a run that ended in any way, and tries\n"
                      "failed images again.",
                      "saccade heatmap photo.jpg --output out/photo --format html,png");
  using Names = std::vector<std::string>;
  auto add = arguments.add();
  add("images", "an image, or several images, folders, tar archives or patterns",
      cxxopts::value<Names>(), "IMAGE");
  add("o,output", "output folder; created if absent", cxxopts::value<std::string>(), "DIR");
  add("format",
      "comma-separated output formats: png, jpeg or webp (the figure and one image per word), gif "
      "(animation over the words), html (interactive page)",
      cxxopts::value<std::string>()->default_value("png"), "NAMES");
  add("upsample",
      "interpolation from cells to pixels: gaussian (as in the paper), bilinear or nearest",
      cxxopts::value<std::string>()->default_value("gaussian"), "NAME");
  add("color-map", "color map: " + joined(color_map_names(), ", "),
      cxxopts::value<std::string>()->default_value("inferno"), "NAME");
  add("opacity", "opacity of the map over the image, 0 to 1",
      cxxopts::value<double>()->default_value("0.6"), "P");
  add("contour", "outline the smallest region that holds half of the attention");
  add("full-size", "write the per-word images at full size instead of at most 1600 pixels");
  add("glimpse",
      "attention mode: expected (soft attention), argmax or sampled (hard attention: one cell per "
      "word, outlined in the images) (default: the model's own)",
      cxxopts::value<std::string>(), "MODE");
  add("rollouts",
      "sample the attended cells of the caption N times and show how often each cell was chosen; "
      "for hard-attention models",
      cxxopts::value<std::int64_t>()->default_value("0"), "N");
  add("seed", "random seed of all sampling", cxxopts::value<std::uint64_t>()->default_value("0"),
      "N");
  add_map_option(arguments);
  arguments.limit<double>("opacity", 0, 1);
  arguments.limit<std::int64_t>("rollouts", 0, 100'000);
  add("overwrite", "draw all images again");
  add("force", "continue although the model or the options differ from the earlier run");
  add("quiet", "print no progress and no summary over several images");
  arguments.choices("upsample", {"gaussian", "bilinear", "nearest"});
  arguments.choices("color-map", color_map_names());
  arguments.choices("glimpse", {"expected", "argmax", "sampled"});
  arguments.positional("images");
  arguments.add_source_options();
  arguments.add_exit_option();
  arguments.add_photograph_options();
  arguments.add_model_options();
  arguments.add_search_options();
  return arguments;
}

void check_heatmap(const Arguments& arguments) {
  if (!arguments.has("images")) throw UsageError("heatmap: missing IMAGE");
  if (!arguments.has("output")) throw UsageError("heatmap: missing --output DIR");
  if (arguments.has("overwrite") && arguments.has("force")) {
    throw UsageError("heatmap: --overwrite starts anew, so it excludes --force");
  }
  upsampling_from_string(arguments.get<std::string>("upsample"));
  color_map_from_string(arguments.get<std::string>("color-map"));
  heatmap_formats(arguments);
  map_option(arguments);
  if (!arguments.has("glimpse")) return;
  const std::string mode = arguments.get<std::string>("glimpse");
  if (mode != "expected" && mode != "argmax" && mode != "sampled") {
    throw UsageError("option --glimpse: unknown attention mode \"" + mode +
                     "\"; expected one of expected, argmax, sampled");
  }
}

}  // namespace saccade::app
