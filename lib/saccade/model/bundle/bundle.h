#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "saccade/model/config.h"
#include "saccade/model/decoder/decoder.h"
#include "saccade/model/encoder/encoder.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// A model on disk is a folder of these four files, and of others that belong to parts above the
/// model, as the verdicts' (explain/verdict_model.h) and the calibration's (calibration.h). Nothing
/// in it can execute.
namespace bundle_file {
constexpr char kConfig[] = "config.json";
constexpr char kVocabulary[] = "vocab.json";
constexpr char kWeights[] = "weights.safetensors";
constexpr char kCard[] = "MODEL_CARD.md";
}  // namespace bundle_file

/// A model in memory.
struct Bundle {
  ModelConfig config;
  Vocabulary vocabulary;
  Encoder encoder{nullptr};
  Decoder decoder{nullptr};
  /// What the model is decoded with when nothing else is said: any of beam, length_penalty,
  /// max_length, no_repeat_ngram, repeat_penalty. See decoding_options.h.
  nlohmann::json decoding = nlohmann::json::object();
  /// Where the weights come from: data, command, results. Free-form.
  nlohmann::json provenance = nlohmann::json::object();

  /// Where its weights are, which is where it computes.
  at::Device device() const { return decoder->output_bias.device(); }
  /// Moves the weights. Tensors that were taken from the modules move along.
  void to(at::Device device);
};

constexpr char kBundleFormat[] = "saccade-bundle";
/// Version 2 has the decoding's repeat_penalty, 0 in version 1, and the encoder efficientnet_lite0.
/// A bundle that needs neither is written as version 1, for older programs.
constexpr int kBundleVersion = 2;

enum class Storage { fp32, fp16, bf16 };

/// Strict: an unknown version, a missing, extra or mis-shaped tensor, a wrong hash or vocabulary
/// size is refused by name with what was expected. Weights come out in fp32, in evaluation mode,
/// without gradients.
/// @throws std::runtime_error
Bundle load_bundle(const std::filesystem::path& directory);

/// Writes a folder beside `directory`, loads it to see that it is sound and renames it into place.
/// A bundle that was there is replaced only then; a folder that holds anything else is left alone.
/// @throws std::runtime_error when it cannot be written, or for weights that `storage` cannot hold.
void save_bundle(const std::filesystem::path& directory, const Bundle& bundle, Storage storage,
                 const std::string& model_card);

/// What save_bundle checks first: replacing removes what is there, so it must be a bundle, an empty
/// folder or nothing.
/// @throws std::runtime_error naming what would be lost.
void require_bundle_place(const std::filesystem::path& directory);

/// All that load_bundle checks; besides, every weight is finite and the model card is there.
/// @throws std::runtime_error
void verify_bundle(const std::filesystem::path& directory);

/// The SHA-256 of the weights as the bundle's config.json has it: what other files of the folder
/// are tied to.
/// @throws std::runtime_error
std::string weights_hash(const std::filesystem::path& directory);

/// The tensors of a model by their names in weights.safetensors: `encoder.` or `decoder.` and the
/// registered name. They share memory with the modules.
std::map<std::string, at::Tensor> bundle_tensors(const Encoder& encoder, const Decoder& decoder);

}  // namespace saccade
