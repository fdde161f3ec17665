#include <algorithm>
#include <future>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "saccade/captioner.h"
#include "saccade/explain/heatmap_files.h"
#include "saccade/explain/rollouts.h"
#include "saccade/image/image.h"

#include "arguments.h"
#include "command.h"
#include "joined.h"
#include "map_option.h"
#include "photograph.h"

namespace saccade::app {
namespace {

constexpr std::int64_t kPageAlternatives = 5;  // that the page lists per word

void declare_heatmap(Arguments& arguments) {
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
  arguments.positional("images");
  arguments.add_model_options();
  arguments.add_search_options();
}

void set_formats(const std::string& names, HeatmapOptions& options) {
  options.pictures.clear();
  std::istringstream list(names);
  for (std::string name; std::getline(list, name, ',');) {
    if (name == "html") {
      options.page = true;
    } else if (name == "gif") {
      options.animation = true;
    } else if (name == "png" || name == "jpeg" || name == "jpg" || name == "webp") {
      const PictureFormat format = name == "png"    ? PictureFormat::png
                                   : name == "webp" ? PictureFormat::webp
                                                    : PictureFormat::jpeg;
      options.pictures.push_back(format);
    } else {
      throw UsageError("option --format: there is no format \"" + name +
                       "\"; choose of png, jpeg, webp, gif, html, with commas between");
    }
  }
  std::sort(options.pictures.begin(), options.pictures.end());
  options.pictures.erase(std::unique(options.pictures.begin(), options.pictures.end()),
                         options.pictures.end());
  if (options.pictures.empty() && !options.page && !options.animation) {
    throw UsageError("option --format names no format; choose of png, jpeg, webp, gif, html");
  }
}

HeatmapOptions heatmap_options(const Arguments& arguments) {
  HeatmapOptions options;
  OverlayOptions& overlay = options.figure.overlay;
  overlay.upsampling = upsampling_from_string(arguments.get<std::string>("upsample"));
  overlay.color_map = color_map_from_string(arguments.get<std::string>("color-map"));
  overlay.opacity = arguments.get<double>("opacity");
  Arguments::require_range("opacity", overlay.opacity, 0, 1);
  overlay.contour = arguments.has("contour");
  options.full_size = arguments.has("full-size");
  set_formats(arguments.get<std::string>("format"), options);
  return options;
}

Glimpse glimpse_from_string(const std::string& name) {
  if (name == "expected") return Glimpse::expected;
  if (name == "argmax") return Glimpse::argmax;
  if (name == "sampled") return Glimpse::sampled;
  throw UsageError("option --glimpse: there is no glimpse \"" + name +
                   "\"; choose of expected, argmax, sampled");
}

std::vector<std::string> words_of(const Caption& caption) {
  std::vector<std::string> words;
  for (const CaptionWord& word : caption.words) words.push_back(word.word);
  return words;
}

}  // namespace

int run_heatmap(int argc, const char* const* argv) {
  Arguments arguments(
      "heatmap", "heatmap IMAGE --output DIR",
      "Shows word by word where the model looked: writes figure.png, "
      "words/NN-word.png and attention.json; with --format html the page index.html, "
      "which opens in any browser.",
      "saccade heatmap photo.jpg --output out/photo --format html,png");
  declare_heatmap(arguments);
  if (!arguments.parse(argc, argv)) return 0;
  if (!arguments.has("images")) throw UsageError("heatmap: name a photograph");
  if (!arguments.has("output")) throw UsageError("heatmap: name a folder with --output");
  const auto paths = arguments.get<std::vector<std::string>>("images");
  if (paths.size() > 1)
    throw UsageError("heatmap: one photograph at a time, not " + std::to_string(paths.size()));
  const std::string folder = arguments.get<std::string>("output");
  HeatmapOptions options = heatmap_options(arguments);
  const MapKind kind = map_option(arguments);

  const std::int64_t rollouts = arguments.get<std::int64_t>("rollouts");
  Arguments::require_range("rollouts", static_cast<double>(rollouts), 0, 100'000);
  const std::uint64_t seed = arguments.get<std::uint64_t>("seed");
  std::optional<Glimpse> glimpse;
  if (arguments.has("glimpse"))
    glimpse = glimpse_from_string(arguments.get<std::string>("glimpse"));

  require_heatmap_folder(folder, paths.front(), options);
  // Beside the model, whose loading takes about as long.
  std::future<Image> loading =
      std::async(std::launch::async, [&] { return load_photograph(paths.front()); });
  const Captioner captioner = arguments.load_captioner();
  const Image photograph = loading.get();
  CaptionOptions search = arguments.caption_options(captioner.bundle());
  search.search.alternatives = kPageAlternatives;
  search.glimpse = glimpse;
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
  std::cerr << "saccade: wrote " << written.front().string() << " and " << written.size() - 1
            << " more files under " << folder << '\n';
  return 0;
}

}  // namespace saccade::app
