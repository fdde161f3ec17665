#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>

#include "saccade/data/flickr8k.h"
#include "saccade/model/bundle.h"
#include "saccade/model/encoder_import.h"
#include "saccade/training/trainer.h"

#include "arguments.h"
#include "command.h"
#include "process.h"

namespace saccade::app {
namespace {

using Json = nlohmann::json;

Json read_json(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": no such config file");
  try {
    return Json::parse(in, nullptr, true, /*ignore_comments=*/true);
  } catch (const Json::exception& error) {
    throw std::runtime_error(path + ": is no JSON: " + error.what());
  }
}

/// `--set key=value`: the value is JSON where it can be read as JSON, else a string.
void override_with(Json& config, const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos) {
      throw UsageError("--set " + setting + ": expected NAME=VALUE, e.g. --set epochs=20");
    }
    const std::string value = setting.substr(equals + 1);
    Json parsed = Json::parse(value, nullptr, false);
    config[setting.substr(0, equals)] = parsed.is_discarded() ? Json(value) : parsed;
  }
}

std::string duration(double seconds) {
  const long minutes = static_cast<long>(seconds / 60);
  char text[32];
  std::snprintf(text, sizeof text, "%ld:%02ld h", minutes / 60, minutes % 60);
  return text;
}

/// A line that is rewritten on a terminal, one line per hundred batches elsewhere.
void show(const TrainingProgress& now, bool terminal) {
  constexpr std::int64_t kEvery = 100;
  const bool last = now.batch == now.batches;
  if (!terminal && now.batch % kEvery != 0 && !last) return;
  std::fprintf(stderr, "%sepoch %ld/%ld  batch %ld/%ld  loss %.3f  %.0f words/s  %s left%s",
               terminal ? "\r\033[K" : "", static_cast<long>(now.epoch),
               static_cast<long>(now.epochs), static_cast<long>(now.batch),
               static_cast<long>(now.batches), now.loss, now.words_per_second,
               duration(now.seconds_left).c_str(), terminal && !last ? "" : "\n");
}

void show(const ValidationResult& result) {
  std::fprintf(stderr, "epoch %ld  dev, free-running: BLEU-4 %.2f  CIDEr %.3f%s\n",
               static_cast<long>(result.epoch), 100 * result.bleu_4, result.cider,
               result.best ? "  (best so far, kept)" : "");
  for (const std::string& sample : result.samples) {
    std::fprintf(stderr, "  %s\n", sample.c_str());
  }
}

/// The settings of the file over the defaults.
DecoderConfig decoder_config(const std::string& path) {
  Json settings = to_json(DecoderConfig{});
  settings["vocabulary"] = Vocabulary::kSpecials;  // known when the captions have been read
  settings.update(read_json(path));
  return decoder_config_from_json(settings);
}

/// What the options say, and for the rest what `saccade model import-encoder` noted in the file.
EncoderConfig encoder_config(const Arguments& arguments) {
  EncoderConfig config =
      saved_encoder_config(arguments.get<std::string>("encoder")).value_or(EncoderConfig{});
  const auto take = [&](const char* name, std::string& into) {
    if (arguments.has(name)) into = arguments.get<std::string>(name);
  };
  take("architecture", config.architecture);
  take("layer", config.layer);
  take("activation", config.activation);
  if (arguments.has("dilated")) config.dilated = true;
  return config;
}

/// The encoder of a bundle, or foreign weights.
void take_encoder(const Arguments& arguments, TrainingRun& run) {
  const std::string path = arguments.get<std::string>("encoder");
  if (!std::filesystem::is_directory(path)) {
    run.encoder = import_encoder(path, encoder_config(arguments));
    return;
  }
  const Bundle bundle = load_bundle(path);
  run.encoder = bundle.encoder;
  run.model.input = bundle.config.input;
}

}  // namespace

int run_train(int argc, const char* const* argv) {
  Arguments arguments(
      "train", "train --data DIR --encoder FILE --output DIR",
      "Trains an attention model on captioned photographs: cross entropy under teacher forcing, "
      "free-running validation after every epoch, the best bundle kept in OUTPUT/best.",
      "saccade train --data flickr8k --encoder mobilenet_v2.safetensors --dilated \\\n"
      "    --config models/default/train.json --output runs/default");
  arguments.add()("data", "the Flickr8k folder", cxxopts::value<std::string>())(
      "start", "a bundle to go on from, instead of --encoder", cxxopts::value<std::string>())(
      "encoder",
      "pretrained weights: a torchvision .pth, a .safetensors, or a bundle to take its encoder "
      "from",
      cxxopts::value<std::string>())("output", "the run's folder", cxxopts::value<std::string>())(
      "config", "a JSON file of training settings", cxxopts::value<std::string>())(
      "set", "NAME=VALUE, one training setting; may be repeated",
      cxxopts::value<std::vector<std::string>>())(
      "architecture", "of the encoder (default: as noted in its file, or mobilenet_v2)",
      cxxopts::value<std::string>())(
      "layer", "where its annotations are read (default: as noted, or its last convolution)",
      cxxopts::value<std::string>())("activation",
                                     "of MobileNetV2: relu or relu6 (default: as noted, or relu)",
                                     cxxopts::value<std::string>())(
      "dilated", "twice the grid: the encoder's last stage dilates instead of striding")(
      "decoder",
      "a JSON file of decoder settings, as in the section \"decoder\" of a bundle's config.json",
      cxxopts::value<std::string>())("feature-cache",
                                     "a folder for the features of an encoder that does "
                                     "not learn, reused while nothing has changed",
                                     cxxopts::value<std::string>())(
      "resume", "go on with the run in OUTPUT")("threads",
                                                "threads to compute with; 0: one per processor",
                                                cxxopts::value<std::int64_t>()->default_value("0"));
  if (!arguments.parse(argc, argv)) return 0;
  for (const char* name : {"data", "output"}) {
    if (!arguments.has(name)) throw UsageError(std::string("train: --") + name + " is missing");
  }
  if (arguments.has("encoder") == arguments.has("start")) {
    throw UsageError("train: either --encoder or --start is needed");
  }
  set_threads(arguments.get<std::int64_t>("threads"));

  TrainingRun run;
  Json settings =
      arguments.has("config") ? read_json(arguments.get<std::string>("config")) : Json::object();
  if (arguments.has("set")) override_with(settings, arguments.get<std::vector<std::string>>("set"));
  run.config = training_config_from_json(settings);
  if (arguments.has("decoder")) {
    run.model.decoder = decoder_config(arguments.get<std::string>("decoder"));
  }
  const std::string data = arguments.get<std::string>("data");
  run.train = read_flickr8k(data, "train");
  run.dev = read_flickr8k(data, "dev");
  for (const std::string& warning : run.train.warnings) std::cerr << "warning: " << warning << '\n';
  if (arguments.has("start")) {
    run.start = load_bundle(arguments.get<std::string>("start"));
  } else {
    take_encoder(arguments, run);
  }
  run.directory = arguments.get<std::string>("output");
  run.resume = arguments.has("resume");
  run.validation.search.length_penalty = 0.3;  // the best of 0, 0.3, 0.7 for the default model
  run.provenance = {{"data", "Flickr8k, training split"}};

  if (arguments.has("feature-cache")) {
    run.feature_cache = arguments.get<std::string>("feature-cache");
  }

  const bool terminal = isatty(STDERR_FILENO) != 0;
  const std::atomic<bool>& interrupted = catch_interrupts();
  TrainingCallbacks callbacks;
  callbacks.progress = [&](const TrainingProgress& now) { show(now, terminal); };
  callbacks.validated = [](const ValidationResult& result) { show(result); };
  callbacks.should_stop = [&] { return interrupted.load(); };
  const std::filesystem::path output = run.directory;
  if (train(std::move(run), callbacks) == TrainingEnd::stopped) {
    std::cerr << "stopped; the same command with --resume goes on from here\n";
    return 1;
  }
  std::cout << (output / "best").string() << '\n';
  return 0;
}

}  // namespace saccade::app
