#include <future>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "saccade/caption/captioner.h"
#include "saccade/explain/heatmap_files.h"
#include "saccade/explain/maps/rollouts.h"
#include "saccade/image/image.h"
#include "saccade/io/unicode.h"

#include "commands.h"
#include "engine_options.h"
#include "map_options.h"

namespace saccade::app {
namespace {

constexpr std::int64_t kPageAlternatives = 5;  // per word, listed on the page

HeatmapOptions heatmap_options(const Arguments& arguments) {
  HeatmapOptions options;
  OverlayOptions& overlay = options.figure.overlay;
  overlay.upsampling = upsampling_from_string(arguments.get<std::string>("upsample"));
  overlay.color_map = color_map_from_string(arguments.get<std::string>("color-map"));
  overlay.opacity = arguments.get<double>("opacity");
  overlay.contour = arguments.has("contour");
  options.full_size = arguments.has("full-size");
  const HeatmapFormats formats = heatmap_formats(arguments);
  options.pictures = formats.pictures;
  options.page = formats.page;
  options.animation = formats.animation;
  return options;
}

std::vector<std::string> words_of(const Caption& caption) {
  std::vector<std::string> words;
  for (const CaptionWord& word : caption.words) words.push_back(word.word);
  return words;
}

}  // namespace

int run_heatmap(const Arguments& arguments) {
  const auto paths = arguments.get<std::vector<std::string>>("images");
  const std::string folder = arguments.get<std::string>("output");
  HeatmapOptions options = heatmap_options(arguments);
  const MapKind kind = map_option(arguments);

  const std::int64_t rollouts = arguments.get<std::int64_t>("rollouts");
  const std::uint64_t seed = arguments.get<std::uint64_t>("seed");
  std::optional<AttentionMode> mode;
  if (arguments.has("glimpse")) {
    const std::string name = arguments.get<std::string>("glimpse");
    mode = name == "expected" ? AttentionMode::expected
           : name == "argmax" ? AttentionMode::argmax
                              : AttentionMode::sampled;
  }

  require_heatmap_folder(folder, paths.front(), options);
  const LoadOptions reading = load_options(arguments);
  // In parallel with the model, which takes about as long to load.
  std::future<Image> loading =
      std::async(std::launch::async, [&] { return load_photograph(paths.front(), reading); });
  const Captioner captioner = load_captioner(arguments);
  const Image photograph = loading.get();
  CaptionOptions search = caption_options(arguments, captioner.bundle());
  search.search.alternatives = kPageAlternatives;
  search.mode = mode;
  search.seed = seed;
  Caption caption = captioner.caption({photograph}, search).front().front();
  Rollouts rolled;
  if (rollouts > 0) rolled = roll_out(captioner, photograph, words_of(caption), rollouts, seed);
  if (kind != MapKind::alpha) {
    show_maps(captioner, photograph, caption, kind);
    options.figure.map_name = to_string(kind);
  }
  const auto written = write_heatmap(photograph, caption, paths.front(), folder, options, rolled);
  std::cout << caption.text << '\n';
  std::cerr << "saccade: wrote " << one_line(written.front().string()) << " and "
            << written.size() - 1 << " more files under " << one_line(folder) << '\n';
  return 0;
}

}  // namespace saccade::app
