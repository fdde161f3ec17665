#pragma once

#include <map>
#include <sstream>

#include <ATen/Parallel.h>
#include <torch/types.h>

#include "saccade/training/trainer.h"

#include "training/tiny_data.h"

namespace saccade::test {

/// The first layers of a small network, so that training takes seconds.
inline TrainingRun tiny_run(const Dataset& dataset, const std::filesystem::path& directory) {
  at::set_num_threads(1);
  TrainingRun run;
  run.config.epochs = 60;
  run.config.batch_images = 1;
  run.config.captions_per_image = 2;
  run.config.min_count = 1;
  run.config.learning_rate = 1e-2;
  run.config.encoder_learning_rate = 1e-3;
  run.config.warmup_steps = 5;
  run.config.dropout = 0;
  run.config.bf16 = false;
  run.model.input.size = 32;
  run.model.decoder.projection = 16;
  run.model.decoder.embedding = 24;
  run.model.decoder.hidden = 24;
  run.model.decoder.attention = 8;
  EncoderConfig encoder;
  encoder.layer = "features.5";
  torch::manual_seed(1);
  run.encoder = Encoder(encoder);
  run.train = dataset;
  run.dev = {{"tiny", dataset}};
  run.directory = directory;
  return run;
}

/// step → the value of `key` in train.jsonl
inline std::map<int, double> losses(const std::filesystem::path& directory,
                                    const char* key = "cross_entropy") {
  std::istringstream in(read_file(directory / "train.jsonl"));
  std::map<int, double> losses;
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("words")) losses[json["step"]] = json[key];
  }
  return losses;
}

}  // namespace saccade::test
