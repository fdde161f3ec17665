#include "engine_options.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "saccade/caption/captioner.h"
#include "saccade/image/decode_memory.h"
#include "saccade/io/json.h"
#include "saccade/io/tar_file.h"
#include "saccade/io/text_file.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"

#include "dataset_options.h"
#include "process.h"

namespace saccade::app {

namespace fs = std::filesystem;

fs::path find_model(const std::string& name) {
  if (fs::exists(name)) return name;
  const bool is_path = name.find('/') != std::string::npos;
  std::string places;
  if (!is_path) {
    std::vector<fs::path> roots;
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    if (!ignored) {
      roots.push_back((program.parent_path() / SACCADE_MODELS_BESIDE_ENGINE).lexically_normal());
    }
    roots.emplace_back(SACCADE_SOURCE_MODELS);
    roots.emplace_back(SACCADE_INSTALL_MODELS);
    for (const fs::path& root : roots) {
      if (fs::exists(root / name)) return root / name;
      places += (places.empty() ? " here, in " : ", in ") + root.string();
    }
  }
  throw std::runtime_error("model " + name + ": no such folder" + places +
                           "; expected a model's name or folder (config.json, vocab.json, "
                           "weights.safetensors)");
}

std::vector<fs::path> files_of_model(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    files.push_back(at->path());
  }
  return files;
}

Captioner load_captioner(const Arguments& arguments) {
  set_threads(arguments.get<std::int64_t>("threads"));
  return Captioner::load(find_model(arguments.get<std::string>("model")),
                         arguments.get<std::string>("device"));
}

CaptionOptions caption_options(const Arguments& arguments, const Bundle& bundle) {
  return caption_options(arguments, options_of(bundle.decoding));
}

CaptionOptions caption_options(const Arguments& arguments, CaptionOptions options) {
  BeamSearchOptions& search = options.search;
  WordConstraints& words = search.constraints;
  const auto take = [&](const char* name, auto& into) {
    if (arguments.has(name)) into = arguments.get<std::decay_t<decltype(into)>>(name);
  };
  take("beam", search.beam);
  take("length-penalty", search.length_penalty);
  take("max-length", words.max_length);
  take("min-length", words.min_length);
  take("no-repeat-ngram", words.no_repeat_ngram);
  take("repeat-penalty", words.repeat_penalty);
  Arguments::require_range("min-length", static_cast<double>(words.min_length), 0,
                           static_cast<double>(words.max_length));
  return options;
}

double min_confidence(const Arguments& arguments, const Captioner& captioner) {
  if (!arguments.has("min-confidence")) return 0;
  if (captioner.calibration()) return arguments.get<double>("min-confidence");
  throw UsageError("option --min-confidence: the model " + arguments.get<std::string>("model") +
                   " has no calibration; fit one with `saccade model calibrate`");
}

LoadOptions load_options(const Arguments& arguments) {
  LoadOptions options;
  options.frame = static_cast<int>(arguments.get<std::int64_t>("frame"));
  options.allow_truncated = arguments.has("allow-truncated");
  options.file.timeout =
      std::chrono::milliseconds(std::llround(1000 * arguments.get<double>("timeout")));
  options.file.tars = std::make_shared<TarReader>();
  if (arguments.has("decode-memory")) {
    set_decode_memory(arguments.get<std::int64_t>("decode-memory") << 20);
  }
  return options;
}

SourceOptions source_options(const Arguments& arguments) {
  using Names = std::vector<std::string>;
  SourceOptions options;
  if (arguments.has("include")) options.include = arguments.get<Names>("include");
  if (arguments.has("exclude")) options.exclude = arguments.get<Names>("exclude");
  options.hidden = arguments.has("hidden");
  options.nul_separated = arguments.has("null");
  if (arguments.has("column")) options.column = arguments.get<std::string>("column");
  return options;
}

PipelineOptions pipeline_options(const Arguments& arguments, const Captioner& captioner,
                                 std::int64_t images) {
  PipelineOptions options;
  options.workers = captioner.workers();
  options.batch_size =
      shared_batch_size(images, options.workers, arguments.get<std::int64_t>("batch-size"));
  options.loader_threads = available_processors();
  return options;
}

Image load_photograph(const std::string& path, const LoadOptions& options) {
  Image image = load_image(path, options);
  if (!image.warning.empty()) std::cerr << ("saccade: warning: " + one_line(image.warning) + '\n');
  return image;
}

std::vector<double> show_maps(const Captioner& captioner, const Image& photograph, Caption& caption,
                              MapKind kind) {
  auto maps = word_maps(captioner, photograph, caption, kind);
  std::vector<double> correlations;
  for (std::size_t t = 0; t < maps.size(); ++t) {
    correlations.push_back(rank_correlation(maps[t], caption.words[t].attention));
    caption.words[t].attention = std::move(maps[t]);
  }
  return correlations;
}

namespace {

std::optional<Holdout> holdout_of_model(const std::filesystem::path& model) {
  const auto config = model / "config.json";
  if (model.empty() || !std::filesystem::is_regular_file(config)) return std::nullopt;
  try {
    const nlohmann::json json = parse_json(config, read_utf8_file(config));
    return json.contains("provenance") ? recorded_holdout(json.at("provenance")) : std::nullopt;
  } catch (const std::runtime_error&) {
    return std::nullopt;  // loading the model reports the damage
  }
}

void report_holdout(const DatasetListing& listing, const Holdout& holdout) {
  if (listing.held_out == 0) return;
  const auto used = std::count_if(
      listing.images.begin(), listing.images.end(),
      [](const ListedImage& image) { return image.split == "train" || image.split == "dev"; });
  std::cerr << "saccade: " << one_line(listing.path.string()) << ": " << listing.held_out << " of "
            << used << " images are held out as the dev split (share " << holdout.share << ", seed "
            << holdout.seed << ")\n";
}

/// Rejects a --holdout that has no effect.
void require_effect(const Arguments& arguments, const std::vector<const DatasetListing*>& data) {
  if (!arguments.has("holdout") || arguments.get<double>("holdout") <= 0) return;
  bool has_dev = false;
  for (const DatasetListing* listing : data) {
    if (listing->held_out > 0) return;
    const std::vector<std::string> splits = listing->splits();
    has_dev = has_dev || std::find(splits.begin(), splits.end(), "dev") != splits.end();
  }
  throw UsageError(std::string("--holdout: the data has ") +
                   (has_dev ? "a dev split already"
                            : "no image with captions that is of the training split or of none") +
                   "; leave the option out");
}

/// Warns if images that the model was trained on may be held out.
void warn_of_difference(const Arguments& arguments, const std::filesystem::path& model) {
  const auto noted = holdout_of_model(model), given = holdout_option(arguments);
  if (!noted || !given || (noted->share == given->share && noted->seed == given->seed)) return;
  std::cerr << "warning: " << one_line(model.string()) << " was trained with --holdout "
            << noted->share << " --holdout-seed " << noted->seed
            << "; with other values it may have seen the dev split\n";
}

}  // namespace

std::optional<Holdout> holdout_of(const Arguments& arguments, const std::filesystem::path& model) {
  const auto given = holdout_option(arguments);
  return given ? given : holdout_of_model(model);
}

DatasetListing listed_data(const Arguments& arguments, const std::filesystem::path& model) {
  DatasetSource source = dataset_source(arguments);
  source.holdout = holdout_of(arguments, model);
  warn_of_difference(arguments, model);
  DatasetListing listing = list_dataset(source);
  require_effect(arguments, {&listing});
  if (source.holdout) report_holdout(listing, *source.holdout);
  return listing;
}

std::vector<MixtureSource> mixture_sources(const Arguments& arguments,
                                           const std::filesystem::path& model) {
  const auto holdout = holdout_of(arguments, model);
  warn_of_difference(arguments, model);
  std::vector<MixtureSource> sources;
  for (MixtureOption& option : mixture_options(arguments)) {
    option.source.holdout = holdout;
    sources.push_back({list_dataset(option.source), option.share, option.validation_weight});
    if (holdout) report_holdout(sources.back().listing, *holdout);
  }
  std::vector<const DatasetListing*> listings;
  for (const MixtureSource& source : sources) listings.push_back(&source.listing);
  require_effect(arguments, listings);
  return sources;
}

}  // namespace saccade::app
