#include <iostream>
#include <string>
#include <vector>

#include "saccade/captioner.h"
#include "saccade/explain/heatmap_files.h"
#include "saccade/image/image.h"

#include "arguments.h"
#include "command.h"
#include "map_option.h"

namespace saccade::app {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void add_options(Arguments& arguments) {
  arguments.add()("images", "the photograph", cxxopts::value<std::vector<std::string>>())(
      "o,output", "the folder to write into; made when it is not there",
      cxxopts::value<std::string>())(
      "upsample", "how cells become pixels: gaussian (as in the paper), bilinear, nearest",
      cxxopts::value<std::string>()->default_value("gaussian"))(
      "color-map", joined(color_map_names()),
      cxxopts::value<std::string>()->default_value("inferno"))(
      "opacity", "of the map over the photograph, 0 to 1",
      cxxopts::value<double>()->default_value("0.6"))(
      "full-size", "the words' pictures as large as the photograph, not reduced to 1600 pixels");
  add_map_option(arguments);
  arguments.positional("images");
  arguments.add_model_options();
  arguments.add_search_options();
}

HeatmapOptions heatmap_options(const Arguments& arguments) {
  HeatmapOptions options;
  OverlayOptions& overlay = options.figure.overlay;
  overlay.upsampling = upsampling_from_string(arguments.get<std::string>("upsample"));
  overlay.color_map = color_map_from_string(arguments.get<std::string>("color-map"));
  overlay.opacity = arguments.get<double>("opacity");
  Arguments::require_range("opacity", overlay.opacity, 0, 1);
  options.full_size = arguments.has("full-size");
  return options;
}

}  // namespace

int run_heatmap(int argc, const char* const* argv) {
  Arguments arguments("heatmap", "heatmap IMAGE --output DIR",
                      "Shows word by word where the model looked: writes figure.png, "
                      "words/NN-word.png and attention.json.",
                      "saccade heatmap photo.jpg --output out/photo");
  add_options(arguments);
  if (!arguments.parse(argc, argv)) return 0;
  if (!arguments.has("images")) throw UsageError("heatmap: name a photograph");
  if (!arguments.has("output")) throw UsageError("heatmap: name a folder with --output");
  const auto paths = arguments.get<std::vector<std::string>>("images");
  if (paths.size() > 1)
    throw UsageError("heatmap: one photograph at a time, not " + std::to_string(paths.size()));
  const std::string folder = arguments.get<std::string>("output");
  HeatmapOptions options = heatmap_options(arguments);
  const MapKind kind = map_option(arguments);

  const Image photograph =
      load_image(paths.front());  // before the model, whose loading takes longer
  const Captioner captioner = arguments.load_captioner();
  const CaptionOptions search = arguments.caption_options(captioner.bundle());
  Caption caption = captioner.caption({photograph}, search).front().front();
  if (kind != MapKind::alpha) {
    show_maps(captioner, photograph, caption, kind);
    options.figure.map_name = to_string(kind);
  }
  const auto written = write_heatmap(photograph, caption, paths.front(), folder, options);
  std::cout << caption.text << '\n';
  std::cerr << "saccade: wrote " << written.front().string() << " and " << written.size() - 1
            << " more files under " << folder << '\n';
  return 0;
}

}  // namespace saccade::app
