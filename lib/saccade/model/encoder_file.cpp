#include "saccade/model/encoder_file.h"

#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#include "saccade/model/checkpoint_reader.h"
#include "saccade/model/safetensors.h"
#include "saccade/text/strict_json.h"

namespace saccade {
namespace {

constexpr const char* kConfigKey = "saccade_encoder";

using Tensors = std::map<std::string, at::Tensor>;

/// Parameters and statistics, by name; handles, not copies.
Tensors tensors_of(const Encoder& encoder) {
  Tensors tensors;
  for (const auto& item : encoder->named_parameters()) tensors[item.key()] = item.value();
  for (const auto& item : encoder->named_buffers()) tensors[item.key()] = item.value();
  return tensors;
}

bool begins_with(const std::string& text, const std::string& begin) {
  return text.rfind(begin, 0) == 0;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// What every torchvision file has and no encoder needs.
bool is_superfluous(const std::string& name) {
  return begins_with(name, "classifier.") || begins_with(name, "fc.") ||
         ends_with(name, ".num_batches_tracked");
}

/// Copies every tensor of `encoder` from `source`.
void fill(const Encoder& encoder, const Tensors& source, const std::string& file) {
  torch::NoGradGuard no_gradient;
  for (auto& [name, target] : tensors_of(encoder)) {
    const auto found = source.find(name);
    const std::string what = file + ": tensor " + name + " of " + encoder->config().architecture;
    if (found == source.end()) throw std::runtime_error(what + " is missing");
    if (found->second.sizes() != target.sizes()) {
      std::ostringstream message;
      message << what << " has shape " << found->second.sizes() << ", expected " << target.sizes();
      throw std::runtime_error(message.str());
    }
    if (!found->second.is_floating_point()) throw std::runtime_error(what + " is of integers");
    target.copy_(found->second);
  }
  encoder->eval();
}

void refuse_strangers(const Tensors& source, const Tensors& known, const EncoderConfig& config,
                      const std::string& file) {
  for (const auto& [name, tensor] : source) {
    if (known.count(name) == 0 && !is_superfluous(name)) {
      throw std::runtime_error(file + ": tensor " + name + " is no part of " +
                               config.architecture + "; is it the file of another architecture?");
    }
  }
}

/// The same network to its very end.
EncoderConfig whole_network(EncoderConfig config) {
  config.layer = backbone_of(config).stages.back().names.front();
  return config;
}

}  // namespace

Encoder import_encoder(const std::filesystem::path& path, const EncoderConfig& config) {
  const std::string file = path.string();
  const Tensors source = path.extension() == ".safetensors" ? read_safetensors(path).tensors
                                                            : read_checkpoint(path);
  EncoderConfig found = config;
  found.folded = std::none_of(source.begin(), source.end(), [](const auto& item) {
    return ends_with(item.first, ".running_var");
  });
  Encoder encoder(found, /*initialize=*/false);
  refuse_strangers(source, tensors_of(Encoder(whole_network(found), /*initialize=*/false)), found,
                   file);
  fill(encoder, source, file);
  if (config.folded) encoder->fold_batch_norms();
  return encoder;
}

void save_encoder(const std::filesystem::path& path, const Encoder& encoder) {
  TensorFile file;
  for (const auto& [name, tensor] : tensors_of(encoder)) {
    file.tensors[name] = tensor.detach().to(at::kCPU, at::kFloat);
  }
  file.metadata[kConfigKey] = to_json(encoder->config()).dump();
  write_safetensors(path, file);
}

Encoder load_encoder(const std::filesystem::path& path) {
  const std::string name = path.string();
  const TensorFile file = read_safetensors(path);
  const auto json = file.metadata.find(kConfigKey);
  if (json == file.metadata.end()) {
    throw std::runtime_error(name +
                             ": does not say what network it holds; make it with `saccade model "
                             "import-encoder`");
  }
  const EncoderConfig config =
      encoder_config_from_json(parse_strict_json(json->second, name + ": " + kConfigKey));
  try {
    Encoder encoder(config, /*initialize=*/false);
    refuse_strangers(file.tensors, tensors_of(encoder), config, name);
    fill(encoder, file.tensors, name);
    return encoder;
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(name + ": " + error.what());
  }
}

}  // namespace saccade
