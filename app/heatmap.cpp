#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "saccade/batch/result_file.h"
#include "saccade/batch/run_state.h"
#include "saccade/batch/source.h"
#include "saccade/caption/captioner.h"
#include "saccade/explain/heatmap_files.h"
#include "saccade/explain/maps/rollouts.h"
#include "saccade/explain/page/page_index.h"
#include "saccade/image/image.h"
#include "saccade/io/error_text.h"
#include "saccade/io/output_folder.h"
#include "saccade/io/staging_folder.h"
#include "saccade/io/unicode.h"

#include "batch_progress.h"
#include "batch_state.h"
#include "commands.h"
#include "engine_options.h"
#include "map_options.h"
#include "process.h"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kPageAlternatives = 5;  // per word, listed on the page
constexpr const char* kCaptions = "captions.jsonl";
constexpr const char* kIndex = "index.html";

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

/// Captions images and writes their maps, all with the same options.
class HeatmapWriter {
 public:
  HeatmapWriter(const Arguments& arguments, const Captioner& captioner)
      : captioner_(captioner),
        search_(caption_options(arguments, captioner.bundle())),
        kind_(map_option(arguments)),
        rollouts_(arguments.get<std::int64_t>("rollouts")) {
    search_.search.alternatives = kPageAlternatives;
    search_.seed = arguments.get<std::uint64_t>("seed");
    if (!arguments.has("glimpse")) return;
    const std::string name = arguments.get<std::string>("glimpse");
    search_.mode = name == "expected" ? AttentionMode::expected
                   : name == "argmax" ? AttentionMode::argmax
                                      : AttentionMode::sampled;
  }

  const CaptionOptions& search() const { return search_; }

  /// @return the caption, and the files written
  std::pair<Caption, std::vector<fs::path>> write(const Image& photograph, const std::string& name,
                                                  const fs::path& folder,
                                                  HeatmapOptions options) const {
    Caption caption = captioner_.caption({photograph}, search_).front().front();
    Rollouts rolled;
    if (rollouts_ > 0) {
      rolled = roll_out(captioner_, photograph, words_of(caption), rollouts_, search_.seed);
    }
    if (kind_ != MapKind::alpha) {
      show_maps(captioner_, photograph, caption, kind_);
      options.figure.map_name = to_string(kind_);
    }
    auto files = write_heatmap(photograph, caption, name, folder, options, rolled);
    return {std::move(caption), std::move(files)};
  }

 private:
  const Captioner& captioner_;
  CaptionOptions search_;
  MapKind kind_;
  std::int64_t rollouts_;
};

int draw_one(const Arguments& arguments, const std::string& path) {
  const std::string folder = arguments.get<std::string>("output");
  const HeatmapOptions options = heatmap_options(arguments);
  require_heatmap_folder(folder, path, options);
  const LoadOptions reading = load_options(arguments);
  // In parallel with the model, which takes about as long to load.
  std::future<Image> loading =
      std::async(std::launch::async, [&] { return load_photograph(path, reading); });
  const Captioner captioner = load_captioner(arguments);
  const HeatmapWriter writer(arguments, captioner);
  const auto [caption, written] = writer.write(loading.get(), path, folder, options);
  std::cout << caption.text << '\n';
  std::cerr << "saccade: wrote " << one_line(written.front().string()) << " and "
            << written.size() - 1 << " more files under " << one_line(folder) << '\n';
  return 0;
}

// Several images: DIR/PLACE/ for each, DIR/captions.jsonl with the state of the run beside it, and
// DIR/index.html.

/// The images of the command line without those in the output folder, which earlier runs wrote.
PlacedImages images_to_draw(const Arguments& arguments, const fs::path& output) {
  const auto names = arguments.get<std::vector<std::string>>("images");
  PlacedImages all = place_images(names, source_options(arguments));
  PlacedImages images;
  images.folder = all.folder;
  const fs::path written = fs::weakly_canonical(output);
  for (std::size_t i = 0; i < all.paths.size(); ++i) {
    const fs::path below = fs::weakly_canonical(all.paths[i]).lexically_relative(written);
    if (!below.empty() && *below.begin() != "..") continue;
    const fs::path& first = *all.places[i].begin();
    if (first == kIndex || first.string().rfind(kCaptions, 0) == 0) {
      throw UsageError("heatmap: the output folder of the image \"" + all.paths[i] +
                       "\" would be where a file of the run is; rename the image");
    }
    images.paths.push_back(std::move(all.paths[i]));
    images.places.push_back(std::move(all.places[i]));
  }
  if (!images.paths.empty()) return images;
  if (!all.paths.empty()) {
    throw UsageError("heatmap: all images lie in the output folder \"" + output.string() +
                     "\"; give another one");
  }
  throw std::runtime_error("no images in \"" + names.front() + "\"" +
                           (names.size() > 1 ? " and the other folders" : ""));
}

/// What the files of an image depend on.
nlohmann::ordered_json drawing_options(const Arguments& arguments, const PlacedImages& images,
                                       const CaptionOptions& search) {
  nlohmann::ordered_json json;
  json["folder"] = path_text(images.folder);
  for (const char* name : {"format", "upsample", "color-map", "map", "glimpse"}) {
    if (arguments.has(name) || std::string(name) != "glimpse") {
      json[std::string("--") + name] = arguments.get<std::string>(name);
    }
  }
  for (const char* name : {"contour", "full-size", "allow-truncated"}) {
    if (arguments.has(name)) json[std::string("--") + name] = true;
  }
  json["--opacity"] = arguments.get<double>("opacity");
  json["--rollouts"] = arguments.get<std::int64_t>("rollouts");
  json["--seed"] = arguments.get<std::uint64_t>("seed");
  add_caption_options(json, arguments, search);
  return json;
}

/// What an entry of the index leads to, in the folder of its image.
std::string main_file(const HeatmapOptions& options) {
  if (options.page) return kIndex;
  if (options.pictures.empty()) return "words.gif";
  return std::string("figure.") + extension(options.pictures.front());
}

/// Writes the index of the images from their rows, which are in the same order.
void write_index(const fs::path& output, const PlacedImages& images, const std::string& title,
                 const HeatmapOptions& options) {
  OutputFolder folder(output, {images.paths.begin(), images.paths.end()});
  IndexList list(folder.staged(kIndex), output / kIndex, title);
  std::ifstream rows(output / kCaptions, std::ios::binary);
  std::string row;
  for (std::size_t i = 0; i < images.paths.size() && next_row(rows, false, row); ++i) {
    const auto json = nlohmann::json::parse(row);
    IndexEntry entry;
    entry.name = images.places[i].string();
    entry.failure = json.value("error", "");
    if (entry.failure.empty()) entry.caption = json.at("caption");
    entry.page = images.places[i] / main_file(options);
    entry.thumbnail = images.places[i] / kThumbnail;
    list.add(entry);
  }
  list.finish();
  folder.commit();
}

/// The images to draw: those without a row or with an error, then those whose folder is gone.
std::vector<std::int64_t> images_left(const ResultFile& results, const PlacedImages& images,
                                      const fs::path& output) {
  std::vector<std::int64_t> left = results.missing();
  for (std::size_t i = 0; i < images.paths.size(); ++i) {
    const auto input = std::int64_t(i);
    const bool drawn = fs::exists(output / images.places[i] / "attention.json");
    if (!drawn && !results.row_of(input).empty()) left.push_back(input);
  }
  return left;
}

/// Draws an image into the folder of its place, as soon as it is loaded.
BatchRecord draw_placed(const HeatmapWriter& writer, std::future<Image> loading,
                        const std::string& path, const fs::path& output, const fs::path& place,
                        HeatmapOptions options) {
  BatchRecord record;
  record.path = path;
  try {
    const Image photograph = loading.get();
    record.warning = photograph.warning;
    for (auto part = place.begin(); part != place.end(); ++part) options.index += "../";
    options.index += kIndex;
    record.captions.push_back(writer.write(photograph, path, output / place, options).first);
  } catch (...) {  // an image that cannot be read does not stop the others
    record.error = current_error_text(path);
  }
  return record;
}

int draw_many(const Arguments& arguments) {
  const fs::path output = arguments.get<std::string>("output");
  const LoadOptions reading = load_options(arguments);
  const PlacedImages images = images_to_draw(arguments, output);
  require_replaceable(output, {kIndex}, {images.paths.begin(), images.paths.end()});
  HeatmapOptions options = heatmap_options(arguments);
  options.thumbnail = true;

  const Captioner captioner = load_captioner(arguments);
  const HeatmapWriter writer(arguments, captioner);
  make_folder(output);
  const fs::path captions = output / kCaptions;
  RunState state(
      captions.string() + ".saccade.json", captions,
      run_manifest(arguments, captioner, drawing_options(arguments, images, writer.search())),
      {arguments.has("force"), arguments.has("overwrite")});
  ResultFile results = state.resumes() ? ResultFile::resume(captions, json_lines(), images.paths)
                                       : ResultFile::create(captions, json_lines(), images.paths);
  const std::vector<std::int64_t> left = images_left(results, images, output);

  const std::atomic<bool>& interrupted = catch_interrupts(
      "\nsaccade: interrupted; the finished images are kept, and the same command continues\n");
  const auto total = static_cast<std::int64_t>(left.size());
  const auto found = static_cast<std::int64_t>(images.paths.size()) - total;
  BatchProgress progress(total, arguments.has("quiet"));
  const auto load = [&](std::size_t at) {
    if (at == left.size()) return std::future<Image>();
    const std::string& path = images.paths[std::size_t(left[at])];
    return std::async(std::launch::async, [&] { return load_image(path, reading); });
  };
  std::future<Image> next = load(0);
  for (std::size_t at = 0; at < left.size() && !interrupted; ++at) {
    std::future<Image> current = std::move(next);
    next = load(at + 1);
    const auto input = std::size_t(left[at]);
    const BatchRecord record = draw_placed(writer, std::move(current), images.paths[input], output,
                                           images.places[input], options);
    results.write(left[at], to_json_line(record), !record.error.empty());
    progress.add(record.path, record.error);
  }
  results.finish();
  const std::int64_t drawn = found + progress.done() - progress.failed();
  if (progress.complete()) {
    const auto names = arguments.get<std::vector<std::string>>("images");
    state.complete(drawn, progress.failed());
    write_index(output, images, names.size() == 1 ? names.front() : images.folder.string(),
                options);
  }
  progress.finish(found, true);
  if (!progress.complete()) return 1;
  if (!arguments.has("quiet")) {
    std::cerr << "saccade: wrote " << one_line((output / kIndex).string()) << '\n';
  }
  return exit_code(arguments, drawn, progress.failed());
}

}  // namespace

int run_heatmap(const Arguments& arguments) {
  const auto names = arguments.get<std::vector<std::string>>("images");
  if (names.size() == 1 && !names_many_images(names.front())) {
    return draw_one(arguments, names.front());
  }
  return draw_many(arguments);
}

}  // namespace saccade::app
