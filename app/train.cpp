#include <algorithm>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <torch/utils.h>

#include "saccade/caption/captioner.h"
#include "saccade/data/dataset_listing.h"
#include "saccade/data/phrases.h"
#include "saccade/io/json.h"
#include "saccade/io/output_check.h"
#include "saccade/io/text_file.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/model/checkpoint/encoder_import.h"
#include "saccade/model/device.h"
#include "saccade/training/data_check.h"
#include "saccade/training/label_targets.h"
#include "saccade/training/learning_curves.h"
#include "saccade/training/trainer.h"
#include "saccade/training/training_vocabulary.h"

#include "commands.h"
#include "dataset_options.h"
#include "engine_options.h"
#include "process.h"
#include "process_rank.h"
#include "training_display.h"
#include "training_settings.h"

namespace saccade::app {
namespace {

/// The settings in the file, with the others from `base`.
DecoderConfig decoder_config(const std::string& path, const DecoderConfig& base) {
  nlohmann::json settings = to_json(base);
  const nlohmann::json own = parse_json(path, read_utf8_file(path), nullptr, /*comments=*/true);
  if (!own.is_object()) throw std::runtime_error(path + ": expected a JSON object of settings");
  settings.update(own);
  try {
    return decoder_config_from_json(settings);
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

/// Changes the decoder's settings but keeps its weights, e.g. from soft to hard attention.
void take_weights_as(const DecoderConfig& config, Bundle& bundle) {
  torch::NoGradGuard no_gradient;
  const Decoder changed(config);
  const auto from = bundle.decoder->named_parameters();
  const auto to = changed->named_parameters();
  bool same = from.size() == to.size();
  for (const auto& item : to) {
    const at::Tensor* weight = from.find(item.key());
    same = same && weight != nullptr && weight->sizes() == item.value().sizes();
    if (same) at::Tensor(item.value()).copy_(*weight);
  }
  if (!same) {
    throw UsageError(
        "train: with --start, --decoder may change only settings that keep the shapes of the "
        "weights, such as {\"kind\": \"hard\"}; use --encoder instead");
  }
  bundle.decoder = changed;
  bundle.config.decoder = config;
}

/// The options, with defaults recorded in the file by `saccade model import-encoder`.
EncoderConfig encoder_config(const Arguments& arguments) {
  const auto noted = saved_encoder_config(arguments.get<std::string>("encoder"));
  EncoderConfig config = noted.value_or(EncoderConfig{});
  const auto take = [&](const char* name, std::string& into) {
    if (arguments.has(name)) into = arguments.get<std::string>(name);
  };
  take("architecture", config.architecture);
  if (!noted && config.architecture == "efficientnet_lite0") config.activation = "relu6";
  take("layer", config.layer);
  take("activation", config.activation);
  if (arguments.has("dilated")) config.dilated = true;
  return config;
}

/// Loads the encoder of --encoder: a bundle's, or pretrained weights.
void take_encoder(const Arguments& arguments, TrainingRun& run) {
  const std::string path = arguments.get<std::string>("encoder");
  if (!std::filesystem::is_directory(path)) {
    run.encoder = import_encoder(path, encoder_config(arguments));
    run.model.input = imagenet_input(run.encoder->config().architecture);
    return;
  }
  const Bundle bundle = load_bundle(path);
  run.encoder = bundle.encoder;
  run.model.input = bundle.config.input;
}

/// Applies --input-size and --fit.
void take_input(const Arguments& arguments, InputConfig& input) {
  if (arguments.has("input-size")) {
    input.size = static_cast<int>(arguments.get<std::int64_t>("input-size"));
  }
  if (arguments.has("fit")) input.fit = fit_from_string(arguments.get<std::string>("fit"));
}

/// The folder of --start; empty if it is not given.
std::filesystem::path start_of(const Arguments& arguments) {
  return arguments.has("start") ? arguments.get<std::string>("start") : std::string();
}

/// `train --curves RUN`.
int draw_curves(const std::filesystem::path& run) {
  write_learning_curves(run / "train.jsonl", run / "curves.png");
  std::cout << (run / "curves.png").string() << '\n';
  return 0;
}

/// The options of the data check.
DataCheckOptions check_options(const Arguments& arguments, const TrainingConfig& config) {
  const std::int64_t threads = arguments.get<std::int64_t>("threads");
  DataCheckOptions options;
  options.min_count = config.min_count;
  options.max_words = config.max_words;
  options.threads = static_cast<std::size_t>(threads > 0 ? threads : available_processors());
  if (isatty(STDERR_FILENO) != 0) {
    options.progress = [](std::size_t done, std::size_t total) {
      constexpr std::size_t kEvery = 100;
      if (done % kEvery != 0 && done != total) return;
      std::fprintf(stderr, "\rchecking image %zu of %zu%s", done, total,
                   done == total ? "\r\033[K" : "");
    };
  }
  options.should_stop = [&interrupted = catch_interrupts()] { return interrupted.load(); };
  return options;
}

/// `train --check`.
int check(const Arguments& arguments) {
  const DataCheckOptions options = check_options(arguments, training_settings(arguments));
  const DataCheck report = check_data(mixture_sources(arguments, start_of(arguments)), options);
  using Json = nlohmann::ordered_json;
  std::cout << (arguments.has("json")
                    ? render_json(report).dump(2, ' ', false, Json::error_handler_t::replace) + '\n'
                    : render_text(report));
  return report.can_train() ? 0 : 1;
}

/// Reads --phrases and matches them to the captions of the run.
void take_phrases(const Arguments& arguments, TrainingRun& run) {
  std::vector<PhraseFile> files;
  for (const auto& path : arguments.get<std::vector<std::string>>("phrases")) {
    files.push_back(read_phrases(path));
  }
  run.phrases = match_phrases(files, run.train);
  require_use(files, *run.phrases);
  print_warnings(run.phrases->warnings);
  for (const DevSplit& dev : run.dev) {
    run.dev_phrases.push_back(match_phrases(files, dev.dataset));
  }
  nlohmann::json& said = run.provenance["phrases"] = nlohmann::json::array();
  for (std::size_t i = 0; i < files.size(); ++i) {
    said.push_back(files[i].path.filename().string() + ", " +
                   std::to_string(run.phrases->of_file[i]) + " captions");
  }
}

/// Finds the words for the labels of training images.
void take_labels(const Arguments& arguments, TrainingRun& run) {
  const auto& images = run.train.images;
  if (std::all_of(images.begin(), images.end(),
                  [](const CaptionedImage& image) { return image.labels.empty(); })) {
    return;
  }
  if (!run.start) run.vocabulary = training_vocabulary(run.train, run.config.min_count);
  RunLabels labels =
      find_label_words(arguments.get<std::string>("wordnet"),
                       run.start ? run.start->vocabulary : *run.vocabulary, run.train, run.shares);
  if (!labels.warning.empty()) print_warnings({labels.warning});
  run.labels = std::move(labels.words);
}

/// A description of the training data for the bundle: a sentence, or one per data set.
nlohmann::json described(const std::vector<MixtureSource>& sources,
                         const std::vector<ImageShare>& shares) {
  const std::vector<std::string> names = source_names(sources);
  nlohmann::json all = nlohmann::json::array();
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto& images = sources[i].listing.images;
    const bool labelled = std::any_of(images.begin(), images.end(), [](const ListedImage& image) {
      return image.has_only_labels();
    });
    std::ostringstream text;
    text << names[i] << " (" << describe(sources[i].listing.format) << "), split train, "
         << shares[i].images << " images" << (labelled ? " with captions or labels" : "");
    if (sources.size() > 1) text << ", share " << shares[i].share;
    all.push_back(text.str());
  }
  return all.size() == 1 ? all.front() : all;
}

/// Makes a run from the options. Reads the data and checks that it is usable.
TrainingRun prepare_run(const Arguments& arguments) {
  TrainingRun run;
  run.config = training_settings(arguments);
  run.device =
      device_named(device_of_process(arguments.get<std::string>("device"), environment_variable));
  if (arguments.has("decoder")) {
    DecoderConfig defaults;
    defaults.vocabulary = Vocabulary::kSpecials;  // set when the captions are read
    run.model.decoder = decoder_config(arguments.get<std::string>("decoder"), defaults);
  }
  const std::vector<MixtureSource> sources = mixture_sources(arguments, start_of(arguments));
  Mixture mixture = mix(sources);
  run.train = std::move(mixture.train);
  run.shares = std::move(mixture.shares);
  run.dev = std::move(mixture.dev);
  print_warnings(run.train.warnings);
  run.resume = arguments.has("resume");
  if (!run.resume) require_photographs(sources, check_options(arguments, run.config));
  if (arguments.has("start")) {
    run.start = load_bundle(arguments.get<std::string>("start"));
    if (arguments.has("decoder")) {
      take_weights_as(
          decoder_config(arguments.get<std::string>("decoder"), run.start->config.decoder),
          *run.start);
    }
  } else {
    take_encoder(arguments, run);
  }
  take_labels(arguments, run);
  take_input(arguments, run.start ? run.start->config.input : run.model.input);
  run.directory = arguments.get<std::string>("output");
  if (arguments.has("feature-cache")) {
    run.feature_cache = arguments.get<std::string>("feature-cache");
  }
  if (run.start) {
    run.validation = options_of(run.start->decoding);
  } else {
    run.validation.search.length_penalty = 0.3;  // the best of 0, 0.3, 0.7 for the default model
  }
  run.validation = caption_options(arguments, run.validation);
  run.provenance = {{"data", described(sources, run.shares)}};
  const auto holdout = holdout_of(arguments, start_of(arguments));
  const bool held_out =
      std::any_of(sources.begin(), sources.end(),
                  [](const MixtureSource& source) { return source.listing.held_out > 0; });
  if (holdout && held_out) run.provenance["holdout"] = to_json(*holdout);
  if (arguments.has("phrases")) take_phrases(arguments, run);
  return run;
}

}  // namespace

int run_train(const Arguments& arguments) {
  if (arguments.has("curves")) return draw_curves(arguments.get<std::string>("curves"));
  if (arguments.has("check")) return check(arguments);
  set_threads(arguments.get<std::int64_t>("threads"));
  require_output_folder(arguments.get<std::string>("output"), {});

  TrainingRun run = prepare_run(arguments);
  run.processes = std::make_shared<ProcessGroup>(process_group_of(environment_variable));
  if (run.processes->is_first() && run.processes->size() > 1) {
    std::cerr << "saccade: training in " << run.processes->size() << " processes\n";
  }
  TrainingDisplay display;
  const std::atomic<bool>& interrupted = catch_interrupts();
  TrainingCallbacks callbacks;
  callbacks.progress = [&](const TrainingProgress& now) { display.show(now); };
  callbacks.validated = [&](const ValidationResult& result) { display.show(result); };
  callbacks.should_stop = [&] { return interrupted.load(); };
  const std::filesystem::path output = run.directory;
  if (train(std::move(run), callbacks) == TrainingEnd::stopped) {
    std::cerr << "stopped; run the same command with --resume to continue\n";
    return 1;
  }
  std::cout << (output / "best").string() << '\n';
  return 0;
}

}  // namespace saccade::app
