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

/// A bundle is a model on disk: a folder with these four files and optional ones of higher layers,
/// such as the verdict model (verdict_model.h) and the calibration (calibration.h). None of them
/// can execute code.
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
  /// The default decoding options: any of beam, length_penalty, max_length, no_repeat_ngram,
  /// repeat_penalty. See options_of in captioner.h.
  nlohmann::json decoding = nlohmann::json::object();
  /// Where the weights come from: data, command, results. Free-form JSON object.
  nlohmann::json provenance = nlohmann::json::object();

  /// The device of the weights, on which the model computes.
  at::Device device() const { return decoder->output_bias.device(); }
  /// Moves the weights. Tensors obtained from the modules earlier move along.
  void to(at::Device device);
};

constexpr char kBundleFormat[] = "saccade-bundle";
/// Version 2 adds the decoding option repeat_penalty (0 in version 1) and the encoder
/// efficientnet_lite0. A bundle that uses neither is written as version 1, for older programs.
constexpr int kBundleVersion = 2;

/// The type in which a bundle stores its weights.
enum class Storage { fp32, fp16, bf16 };

/// Loads a bundle and checks all of it. Refuses an unknown version, a missing, extra or mis-shaped
/// tensor, a wrong hash and a wrong vocabulary size.
/// @return the model on the CPU, in fp32 and evaluation mode, without gradients
/// @throws std::runtime_error naming the file, and what was expected.
Bundle load_bundle(const std::filesystem::path& directory);

/// Writes a temporary folder beside `directory`, loads it as a check, and renames it into place.
/// Replaces an existing bundle only then. Never replaces a folder with other contents, see
/// require_bundle_place.
/// @throws std::runtime_error when the bundle cannot be written or loaded back, or for weights that
///         are not finite in the type `storage`.
void save_bundle(const std::filesystem::path& directory, const Bundle& bundle, Storage storage,
                 const std::string& model_card);

/// The first check of save_bundle. Saving removes what is at `directory`, so this must be a bundle,
/// an empty folder or nothing.
/// @throws std::runtime_error naming what would be lost.
void require_bundle_place(const std::filesystem::path& directory);

/// Checks what load_bundle checks, that every weight is finite, and that the model card exists.
/// @throws std::runtime_error naming the file.
void verify_bundle(const std::filesystem::path& directory);

/// The SHA-256 of the weights, as given in the bundle's config.json. Other files of the folder
/// refer to the weights by it.
/// @throws std::runtime_error for a config.json that cannot be read or lacks the hash.
std::string weights_hash(const std::filesystem::path& directory);

/// The tensors of a model by their names in weights.safetensors: `encoder.` or `decoder.`, then the
/// registered name. They share memory with the modules.
std::map<std::string, at::Tensor> bundle_tensors(const Encoder& encoder, const Decoder& decoder);

/// A draft of MODEL_CARD.md: the model's description, decoding options and provenance, and a
/// placeholder for data, results, limits and licences.
/// @param what  Markdown below the title: how the model was made or what it scores
std::string draft_card(const std::string& title, const std::string& what, const Bundle& bundle);

}  // namespace saccade
