#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "saccade/model/config.h"
#include "saccade/model/decoder.h"
#include "saccade/model/encoder.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// A model on disk is a folder: config.json, vocab.json, weights.safetensors, MODEL_CARD.md.
struct Bundle {
  ModelConfig config;
  Vocabulary vocabulary;
  Encoder encoder{nullptr};
  Decoder decoder{nullptr};
  /// What the model is decoded with when nothing else is said, e.g. {"beam": 3, "length_penalty": 0.7}.
  nlohmann::json decoding = nlohmann::json::object();
  /// Where the weights come from: data, command, results. Free-form.
  nlohmann::json provenance = nlohmann::json::object();
};

constexpr int kBundleVersion = 1;

enum class Storage { fp32, fp16, bf16 };

/// Strict: an unknown version, a missing, extra or mis-shaped tensor, a wrong hash or vocabulary size
/// is refused by name with what was expected. Weights come out in fp32, in evaluation mode, without
/// gradients.
/// @throws std::runtime_error
Bundle load_bundle(const std::filesystem::path& directory);

/// Writes a folder beside `directory` and renames it into place; a folder that was there is replaced
/// only when the new one is whole.
void save_bundle(const std::filesystem::path& directory, const Bundle& bundle, Storage storage,
                 const std::string& model_card);

}  // namespace saccade
