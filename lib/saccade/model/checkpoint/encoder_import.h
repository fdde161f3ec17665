#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "saccade/model/encoder/encoder.h"

namespace saccade {

/// Imports an encoder from a state dict with torchvision's names: a `.safetensors` file or one
/// saved by PyTorch. Detects whether the batch norms in the file are already folded. Skips the
/// classifier and the layers beyond the chosen one.
/// @param config  `folded`: fold the batch norms; a file with folded ones gives a folded encoder
///                either way
/// If the encoder's names all have the same prefix (module., model.backbone., _orig_mod.), it is
/// stripped, and tensors without it are skipped as the rest of a larger model.
/// @param prefix  if given, receives the prefix with its dot, or "" if there was none
/// @return the encoder in fp32 and evaluation mode
/// @throws std::runtime_error naming a tensor that is missing, mis-shaped or not part of the
///         architecture, for several copies of the encoder under different prefixes, or for a file
///         that save_encoder wrote with another architecture or activation; std::invalid_argument
///         for an invalid config.
Encoder import_encoder(const std::filesystem::path& path, const EncoderConfig& config,
                       std::string* prefix = nullptr);

/// Writes an encoder's weights in fp32, with its config as metadata, in the safetensors format.
/// @throws std::runtime_error when the file cannot be written.
void save_encoder(const std::filesystem::path& path, const Encoder& encoder);

/// The config in a file that save_encoder wrote; nothing for any other file.
/// @throws std::runtime_error for a damaged file.
std::optional<EncoderConfig> saved_encoder_config(const std::filesystem::path& path);

}  // namespace saccade
