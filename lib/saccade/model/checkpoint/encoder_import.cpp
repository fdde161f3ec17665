#include "saccade/model/checkpoint/encoder_import.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include <torch/utils.h>

#include "saccade/io/error_text.h"
#include "saccade/io/json.h"
#include "saccade/io/unicode.h"
#include "saccade/model/checkpoint/tensor_file.h"

namespace saccade {
namespace {

constexpr const char* kConfigKey = "saccade_encoder";
constexpr std::size_t kLongestPrefix = 256;

using Tensors = std::map<std::string, at::Tensor>;

/// Parameters and statistics, by name; handles, not copies.
Tensors tensors_of(const Encoder& encoder) {
  Tensors tensors;
  for (const auto& item : encoder->named_parameters()) tensors[item.key()] = item.value();
  for (const auto& item : encoder->named_buffers()) tensors[item.key()] = item.value();
  return tensors;
}

/// Whether torchvision files contain this tensor although no encoder needs it.
bool is_superfluous(const std::string& name) {
  return starts_with(name, "classifier.") || starts_with(name, "fc.") ||
         ends_with(name, ".num_batches_tracked");
}

bool is_safetensors(const std::filesystem::path& path) {
  return path.extension() == ".safetensors";
}

std::optional<EncoderConfig> config_in(const TensorFile& file, const std::string& name) {
  const auto json = file.metadata.find(kConfigKey);
  if (json == file.metadata.end()) return std::nullopt;
  return encoder_config_from_json(parse_strict_json(json->second, name + ": " + kConfigKey));
}

/// Compares the config with the one in the file. The tensors would not reveal a wrong activation.
void refuse_contradiction(const std::optional<EncoderConfig>& saved, const EncoderConfig& expected,
                          const std::string& file) {
  const auto compare = [&](const char* what, const std::string& has, const std::string& wanted) {
    if (has == wanted) return;
    throw std::runtime_error(file + ": has " + what + " " + has + ", but " + wanted +
                             " was requested");
  };
  if (!saved) return;
  compare("architecture", saved->architecture, expected.architecture);
  compare("activation", saved->activation, expected.activation);
}

/// Copies every tensor of `encoder` from `source`. @param prefix  of the names in the file
void fill(Encoder encoder, const Tensors& source, const std::string& prefix,
          const std::string& file) {
  torch::NoGradGuard no_gradient;
  for (auto& [name, target] : tensors_of(encoder)) {
    const auto found = source.find(name);
    const std::string what =
        file + ": tensor " + prefix + name + " of " + encoder->config().architecture;
    if (found == source.end()) throw std::runtime_error(what + " is missing");
    if (found->second.sizes() != target.sizes()) {
      std::ostringstream message;
      message << what << " has shape " << found->second.sizes() << ", expected " << target.sizes();
      throw std::runtime_error(message.str());
    }
    if (!found->second.is_floating_point())
      throw std::runtime_error(what + " holds integers, expected floating point");
    target.copy_(found->second);
  }
  encoder->eval();
}

void refuse_strangers(const Tensors& source, const Tensors& known, const EncoderConfig& config,
                      const std::string& file) {
  for (const auto& [name, tensor] : source) {
    if (known.count(name) == 0 && !is_superfluous(name)) {
      throw std::runtime_error(file + ": tensor " + name + " is not part of " +
                               config.architecture + "; is the file for another architecture?");
    }
  }
}

/// The prefix that most of the source's names have before a name in `known`: "module." or, for
/// plain names, "".
/// @throws std::runtime_error if two prefixes have equally many names.
std::string prefix_of(const Tensors& source, const Tensors& known, const std::string& file) {
  std::map<std::string, std::size_t> counts;
  for (const auto& item : source) {
    const std::string& name = item.first;
    // The longest known end: "layer1.0.conv1.weight" before "conv1.weight".
    for (std::size_t start = 0; start <= kLongestPrefix;) {
      if (known.count(name.substr(start)) != 0) {
        ++counts[name.substr(0, start)];
        break;
      }
      const std::size_t dot = name.find('.', start);
      if (dot == name.npos) break;
      start = dot + 1;
    }
  }
  if (counts.empty()) return "";
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  for (const auto& [prefix, count] : counts) {
    if (count != most->second || prefix == most->first) continue;
    throw std::runtime_error(file + ": has the encoder's tensors under both \"" + most->first +
                             "\" and \"" + prefix + "\"; keep one of them in the file");
  }
  return most->first;
}

/// Removes the prefix from the names; tensors without it are dropped.
void strip(const std::string& prefix, Tensors& tensors) {
  if (prefix.empty()) return;
  Tensors stripped;
  for (auto& [name, tensor] : tensors) {
    if (starts_with(name, prefix)) stripped.emplace(name.substr(prefix.size()), std::move(tensor));
  }
  tensors = std::move(stripped);
}

/// The config of the whole network, up to its last stage.
EncoderConfig whole_network(EncoderConfig config) {
  config.layer = backbone_of(config).stages.back().names.front();
  return config;
}

Encoder load_encoder(const std::filesystem::path& path, const EncoderConfig& config,
                     std::string* prefix) {
  const std::string file = path.string();
  Tensors source;
  if (is_safetensors(path)) {
    TensorFile contents = read_safetensors(path);
    refuse_contradiction(config_in(contents, file), config, file);
    source = std::move(contents.tensors);
  } else {
    source = read_checkpoint(path);
  }
  EncoderConfig found = config;
  found.folded = std::none_of(source.begin(), source.end(), [](const auto& item) {
    return ends_with(item.first, ".running_var");
  });
  Encoder encoder(found, /*initialize=*/false);
  const Tensors known = tensors_of(Encoder(whole_network(found), /*initialize=*/false));
  const std::string own_prefix = prefix_of(source, known, file);
  strip(own_prefix, source);
  if (prefix) *prefix = own_prefix;
  refuse_strangers(source, known, found, file);
  fill(encoder, source, own_prefix, file);
  if (config.folded) encoder->fold_batch_norms();
  return encoder;
}

}  // namespace

Encoder import_encoder(const std::filesystem::path& path, const EncoderConfig& config,
                       std::string* prefix) {
  return with_readable_errors(path, [&] { return load_encoder(path, config, prefix); });
}

void save_encoder(const std::filesystem::path& path, const Encoder& encoder) {
  TensorFile file;
  for (const auto& [name, tensor] : tensors_of(encoder)) {
    file.tensors[name] = tensor.detach().to(at::kCPU, at::kFloat);
  }
  file.metadata[kConfigKey] = to_json(encoder->config()).dump();
  write_safetensors(path, file);
}

std::optional<EncoderConfig> saved_encoder_config(const std::filesystem::path& path) {
  return is_safetensors(path) ? config_in(read_safetensors(path), path.string()) : std::nullopt;
}

}  // namespace saccade
