#include <cstdint>
#include <string>
#include <vector>

#include "saccade/explain/figure/color_map.h"
#include "saccade/explain/maps/upsampling.h"

#include "heatmap_formats.h"
#include "joined.h"
#include "map_option.h"
#include "options/options.h"
#include "photograph_options.h"

namespace saccade::app {

Arguments heatmap_command() {
  Arguments arguments(
      "heatmap", "heatmap IMAGE --output DIR",
      "Shows word by word where the model looked: writes figure.png, "
      "words/NN-word.png and attention.json; with --format html the page index.html, "
      "which opens in any browser.",
      "saccade heatmap photo.jpg --output out/photo --format html,png");
  using Names = std::vector<std::string>;
  arguments.add()("images", "the photograph", cxxopts::value<Names>())(
      "o,output", "the folder to write into; made when it is not there",
      cxxopts::value<std::string>())(
      "format",
      "what to write, with commas between: png, jpeg or webp (the figure and a picture per word), "
      "gif (steps through the words), html (the interactive page)",
      cxxopts::value<std::string>()->default_value("png"))(
      "upsample", "how cells become pixels: gaussian (as in the paper), bilinear, nearest",
      cxxopts::value<std::string>()->default_value("gaussian"))(
      "color-map", joined(color_map_names(), ", "),
      cxxopts::value<std::string>()->default_value("inferno"))(
      "opacity", "of the map over the photograph, 0 to 1",
      cxxopts::value<double>()->default_value("0.6"))(
      "contour", "draw the contour of the smallest region that holds half of the attention")(
      "full-size", "the words' pictures as large as the photograph, not reduced to 1600 pixels")(
      "glimpse",
      "how a word sees the cells: expected (soft attention), argmax or sampled (hard attention: "
      "one "
      "cell, outlined in the pictures) (default: the model's own)",
      cxxopts::value<std::string>())(
      "rollouts",
      "follow the caption so many times with sampled cells, and show how often each was drawn; "
      "meant for models of hard attention",
      cxxopts::value<std::int64_t>()->default_value("0"))(
      "seed", "of all that is sampled", cxxopts::value<std::uint64_t>()->default_value("0"));
  add_map_option(arguments);
  arguments.limit<double>("opacity", 0, 1);
  arguments.limit<std::int64_t>("rollouts", 0, 100'000);
  arguments.positional("images");
  add_photograph_options(arguments);
  arguments.add_model_options();
  arguments.add_search_options();
  return arguments;
}

void check_heatmap(const Arguments& arguments) {
  if (!arguments.has("images")) throw UsageError("heatmap: name a photograph");
  if (!arguments.has("output")) throw UsageError("heatmap: name a folder with --output");
  const std::size_t images = arguments.get<std::vector<std::string>>("images").size();
  if (images > 1) {
    throw UsageError("heatmap: one photograph at a time, not " + std::to_string(images));
  }
  upsampling_from_string(arguments.get<std::string>("upsample"));
  color_map_from_string(arguments.get<std::string>("color-map"));
  heatmap_formats(arguments);
  map_option(arguments);
  if (!arguments.has("glimpse")) return;
  const std::string mode = arguments.get<std::string>("glimpse");
  if (mode != "expected" && mode != "argmax" && mode != "sampled") {
    throw UsageError("option --glimpse: there is no glimpse \"" + mode +
                     "\"; choose of expected, argmax, sampled");
  }
}

}  // namespace saccade::app
