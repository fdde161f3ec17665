#pragma once

#include <filesystem>
#include <optional>

#include "saccade/model/encoder/encoder.h"

namespace saccade {

/// Takes an encoder's weights from a state dict with torchvision's names, a `.safetensors` file or
/// one that PyTorch saved. The file's own form is found out: with batch norms, or folded already.
/// The classifier and layers beyond the chosen one are left out.
/// @param config  `folded` asks for folding; when the file is folded, so is the result anyway.
/// @return in fp32 and evaluation mode.
/// @throws std::runtime_error naming the tensor that is missing, mis-shaped or of no known part of
/// the
///         architecture, or when save_encoder noted another architecture or activation in the file;
///         std::invalid_argument for a config that no encoder can have.
Encoder import_encoder(const std::filesystem::path& path, const EncoderConfig& config);

/// Writes an encoder's weights in fp32 with its config beside them, in the safetensors format.
/// @throws std::runtime_error when the file cannot be written.
void save_encoder(const std::filesystem::path& path, const Encoder& encoder);

/// The config that save_encoder wrote; nothing for any other file.
/// @throws std::runtime_error for a damaged file.
std::optional<EncoderConfig> saved_encoder_config(const std::filesystem::path& path);

}  // namespace saccade
