#include "saccade/model/bundle/bundle.h"

#include <exception>
#include <fstream>
#include <future>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

#include <ATen/ATen.h>
#include <torch/nn/module.h>

#include "saccade/io/durable_file.h"
#include "saccade/io/error_text.h"
#include "saccade/io/json.h"
#include "saccade/io/mapped_file.h"
#include "saccade/io/sha256.h"
#include "saccade/io/staging_folder.h"
#include "saccade/model/bundle/weight_arena.h"
#include "saccade/model/checkpoint/tensor_file.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// The contents of config.json, checked without the other files.
struct Manifest {
  ModelConfig config;
  nlohmann::json decoding;
  nlohmann::json provenance;
  std::string vocabulary_hash;
  std::string weights_hash;
};

void require_files(const fs::path& directory) {
  const std::string contents = std::string("a bundle is a folder that holds ") +
                               bundle_file::kConfig + ", " + bundle_file::kVocabulary + ", " +
                               bundle_file::kWeights + " and " + bundle_file::kCard;
  std::error_code ignored;
  if (!fs::is_directory(directory, ignored)) {
    throw std::runtime_error(directory.string() + ": " +
                             (fs::exists(directory, ignored) ? "not a folder" : "no such folder") +
                             "; " + contents);
  }
  for (const char* name : {bundle_file::kConfig, bundle_file::kVocabulary, bundle_file::kWeights}) {
    if (!fs::exists(directory / name, ignored)) {
      throw std::runtime_error((directory / name).string() + ": no such file; " + contents);
    }
  }
}

/// Every key is optional; an unknown key is an error, because nothing would read it.
nlohmann::json read_decoding(JsonFields& fields, std::int64_t version) {
  const auto& json = fields.at("decoding");
  auto decoding = fields.object("decoding");
  if (json.contains("beam")) decoding.integer("beam", 1, 1000);
  if (json.contains("max_length")) decoding.integer("max_length", 1, 1000);
  if (json.contains("no_repeat_ngram")) decoding.integer("no_repeat_ngram", 0, 1000);
  const auto number = [&](const char* key, int max) {
    if (!json.contains(key)) return;
    const auto& value = decoding.at(key);
    if (!value.is_number() || !(value.get<double>() >= 0 && value.get<double>() <= max)) {
      decoding.refuse(key, "a number in 0…" + std::to_string(max));
    }
  };
  number("length_penalty", 10);
  if (version >= 2) number("repeat_penalty", 100);
  decoding.finish();
  return json;
}

std::int64_t read_version(JsonFields& fields) {
  const auto& version = fields.at("version");
  if (version.is_number_integer() && version >= 1 && version <= kBundleVersion) return version;
  fields.refuse("version", "1 to " + std::to_string(kBundleVersion) +
                               ", the versions that this program reads; a bundle of version " +
                               version.dump() +
                               " needs the release of Saccade that wrote it, or a "
                               "later one");
}

Manifest parse_manifest(const nlohmann::json& json) {
  JsonFields fields(json, "");
  if (fields.text("format") != kBundleFormat) {
    fields.refuse("format", std::string("\"") + kBundleFormat + "\"");
  }
  const std::int64_t version = read_version(fields);
  nlohmann::json model;
  for (const char* part : {"input", "encoder", "decoder", "tokenizer"})
    model[part] = fields.at(part);
  Manifest manifest;
  manifest.config = model_config_from_json(model);
  manifest.decoding = read_decoding(fields, version);
  manifest.provenance = fields.at("provenance");
  if (!manifest.provenance.is_object()) fields.refuse("provenance", "an object");
  auto hashes = fields.object("sha256");
  manifest.vocabulary_hash = hashes.text(bundle_file::kVocabulary);
  manifest.weights_hash = hashes.text(bundle_file::kWeights);
  hashes.finish();
  fields.finish();
  return manifest;
}

Manifest read_manifest(const fs::path& path) {
  const MappedFile file(path);
  const auto json = parse_strict_json(file.bytes(), path.string());
  try {
    return parse_manifest(json);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(path.string() + ": " + error.what());
  }
}

void require_hash(const fs::path& path, const std::string& actual, const std::string& expected) {
  if (actual == expected) return;
  throw std::runtime_error(path.string() + ": its SHA-256 is " + actual + ", but " +
                           bundle_file::kConfig + " says " + expected +
                           "; the file was changed or damaged: restore it");
}

Vocabulary read_vocabulary(const fs::path& path, const Manifest& manifest) {
  const MappedFile file(path);
  auto vocabulary = Vocabulary::from_json(std::string(file.bytes()), path.string());
  if (vocabulary.size() != manifest.config.decoder.vocabulary) {
    throw std::runtime_error(path.string() + ": it has " + std::to_string(vocabulary.size()) +
                             " words, but " + bundle_file::kConfig +
                             " says decoder.vocabulary is " +
                             std::to_string(manifest.config.decoder.vocabulary) +
                             "; restore the vocabulary that the model was trained with");
  }
  require_hash(path, sha256(file.bytes()), manifest.vocabulary_hash);
  return vocabulary;
}

/// Throws for a config that no model has. The decoder is built without memory, because its sizes
/// have not been compared with the file yet.
void build_modules(Bundle& bundle, const fs::path& config_path) {
  try {
    bundle.encoder = Encoder(bundle.config.encoder, /*initialize=*/false);
    bundle.decoder = Decoder(bundle.config.decoder, at::kMeta);
  } catch (const std::exception& error) {
    throw std::runtime_error(config_path.string() +
                             ": cannot build the model that it describes: " + plain_reason(error));
  }
  if (bundle.encoder->channels() != bundle.config.decoder.features) {
    throw std::runtime_error(config_path.string() + ": decoder.features is " +
                             std::to_string(bundle.config.decoder.features) +
                             ", but the encoder yields " +
                             std::to_string(bundle.encoder->channels()));
  }
}

std::string shape_text(const at::Tensor& tensor) {
  std::string text;
  for (const auto extent : tensor.sizes())
    text += (text.empty() ? "" : "×") + std::to_string(extent);
  return text.empty() ? "a single number" : text;
}

[[noreturn]] void refuse(const fs::path& path, const std::string& name, const std::string& what) {
  throw std::runtime_error(path.string() + ": tensor \"" + name + "\" " + what +
                           "; the weights do not match the model that " + bundle_file::kConfig +
                           " describes");
}

bool is_stored_type(at::ScalarType type) {
  return type == at::kFloat || type == at::kHalf || type == at::kBFloat16;
}

/// Checks that the file has a tensor of that name with the shape of the model's own.
void require_match(const TensorFile& file, const std::string& name, const at::Tensor& own,
                   const fs::path& path) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) {
    refuse(path, name, "is missing, expected shape " + shape_text(own));
  }
  const at::Tensor& stored = found->second;
  if (stored.sizes() != own.sizes()) {
    refuse(path, name, "has shape " + shape_text(stored) + ", expected " + shape_text(own));
  }
  if (!is_stored_type(stored.scalar_type())) {
    refuse(path, name,
           std::string("has type ") + c10::toString(stored.scalar_type()) +
               ", expected fp32, fp16 or bf16");
  }
}

/// Checks that the file holds exactly the model's tensors.
void require_tensors(const Bundle& bundle, const TensorFile& file, const fs::path& path) {
  const auto own = bundle_tensors(bundle.encoder, bundle.decoder);
  for (const auto& [name, tensor] : file.tensors) {
    if (own.count(name) == 0) refuse(path, name, "is not part of the model");
  }
  for (const auto& [name, tensor] : own) require_match(file, name, tensor, path);
}

/// Replaces the modules' tensors, whose memory has never been touched, by those of the file.
void adopt_weights(Bundle& bundle, const TensorFile& file) {
  auto own = bundle_tensors(bundle.encoder, bundle.decoder);
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : own) {
    const bool widened = file.tensors.at(name).scalar_type() != at::kFloat;
    if (widened) bytes += WeightArena::bytes_for(tensor.numel());
  }
  WeightArena block(bytes);
  for (auto& [name, tensor] : own) {
    at::Tensor stored = file.tensors.at(name);
    if (stored.scalar_type() != at::kFloat) stored = block.allocate(stored.sizes()).copy_(stored);
    tensor.set_requires_grad(false);
    tensor.set_data(stored);
  }
}

Bundle read_bundle(const fs::path& directory) {
  require_files(directory);
  const fs::path config_path = directory / bundle_file::kConfig;
  const fs::path weights_path = directory / bundle_file::kWeights;
  Manifest manifest = read_manifest(config_path);
  // Hashing takes longest, so it runs in parallel with the rest.
  const auto weights = std::make_shared<MappedFile>(weights_path);
  auto hash = std::async(std::launch::async, [weights] { return sha256(weights->bytes()); });

  Bundle bundle;
  bundle.vocabulary = read_vocabulary(directory / bundle_file::kVocabulary, manifest);
  bundle.config = std::move(manifest.config);
  bundle.decoding = std::move(manifest.decoding);
  bundle.provenance = std::move(manifest.provenance);
  build_modules(bundle, config_path);
  const TensorFile file = read_safetensors(weights);
  require_tensors(bundle, file, weights_path);
  bundle.decoder = Decoder(bundle.config.decoder);  // allocates no more than the file holds
  adopt_weights(bundle, file);
  require_hash(weights_path, hash.get(), manifest.weights_hash);
  bundle.encoder->eval();
  bundle.decoder->eval();
  return bundle;
}

}  // namespace

void Bundle::to(at::Device device) {
  if (device == this->device()) return;
  encoder->to(device);
  decoder->to(device);
}

std::map<std::string, at::Tensor> bundle_tensors(const Encoder& encoder, const Decoder& decoder) {
  std::map<std::string, at::Tensor> tensors;
  const auto collect = [&](const std::string& prefix, const torch::nn::Module& module) {
    for (const auto& item : module.named_parameters()) tensors[prefix + item.key()] = item.value();
    for (const auto& item : module.named_buffers()) {
      // Skip the batch counter of batch norms: nothing reads it.
      const std::string last = item.key().substr(item.key().rfind('.') + 1);
      if (last != "num_batches_tracked") tensors[prefix + item.key()] = item.value();
    }
  };
  collect("encoder.", *encoder);
  collect("decoder.", *decoder);
  return tensors;
}

Bundle load_bundle(const fs::path& directory) {
  return with_readable_errors(directory, [&] { return read_bundle(directory); });
}

std::string weights_hash(const fs::path& directory) {
  const fs::path path = directory / bundle_file::kConfig;
  const MappedFile file(path);
  const auto json = parse_strict_json(file.bytes(), path.string());
  const auto hashes = json.find("sha256");
  if (hashes == json.end() || !hashes->is_object() || !hashes->contains(bundle_file::kWeights)) {
    throw std::runtime_error(path.string() + ": sha256." + bundle_file::kWeights + " is missing");
  }
  return hashes->at(bundle_file::kWeights).get<std::string>();
}

void verify_bundle(const fs::path& directory) {
  load_bundle(directory);
  const fs::path weights = directory / bundle_file::kWeights;
  require_finite(read_safetensors(weights), weights.string());
  const fs::path card = directory / bundle_file::kCard;
  std::error_code error;
  if (!fs::is_regular_file(card, error) || fs::file_size(card, error) == 0) {
    throw std::runtime_error(card.string() +
                             ": it is missing or empty; describe the model's data, training "
                             "command, results and limits in it");
  }
}

namespace {

at::ScalarType scalar_type(Storage storage) {
  switch (storage) {
    case Storage::fp32:
      return at::kFloat;
    case Storage::fp16:
      return at::kHalf;
    case Storage::bf16:
      return at::kBFloat16;
  }
  throw std::invalid_argument("a value outside its enumeration");
}

void write_text(const fs::path& path, const std::string& text) {
  DurableFile file(path);
  file.write(text);
  file.commit();
}

void write_weights(const fs::path& path, const Bundle& bundle, Storage storage) {
  TensorFile file;
  for (const auto& [name, tensor] : bundle_tensors(bundle.encoder, bundle.decoder)) {
    file.tensors[name] =
        tensor.is_floating_point() ? tensor.detach().to(scalar_type(storage)) : tensor.detach();
  }
  // The weights are not finite after a training run that diverged, or beyond the range of fp16.
  require_finite(file, "the weights to save");
  write_safetensors(path, file);
}

/// The lowest version that supports everything in the bundle.
int needed_version(const Bundle& bundle) {
  const bool new_words = bundle.decoding.contains("repeat_penalty") ||
                         bundle.config.encoder.architecture == "efficientnet_lite0";
  return new_words ? kBundleVersion : 1;
}

std::string make_config(const fs::path& folder, const Bundle& bundle) {
  nlohmann::ordered_json json;
  json["format"] = kBundleFormat;
  json["version"] = needed_version(bundle);
  const auto model = to_json(bundle.config);
  for (const char* part : {"input", "encoder", "decoder", "tokenizer"}) json[part] = model[part];
  json["decoding"] = bundle.decoding;
  json["provenance"] = bundle.provenance;
  for (const char* name : {bundle_file::kVocabulary, bundle_file::kWeights}) {
    json["sha256"][name] = sha256(MappedFile(folder / name).bytes());
  }
  return json.dump(2) + "\n";
}

/// Whether config.json identifies the folder as a bundle, of any version.
bool is_bundle(const fs::path& directory) {
  std::ifstream in(directory / bundle_file::kConfig, std::ios::binary);
  const auto config = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  return config.is_object() && config.value("format", nlohmann::json()) == kBundleFormat;
}

/// Resolves links and removes a trailing slash.
fs::path true_place(const fs::path& directory) {
  const fs::path place = fs::weakly_canonical(fs::absolute(directory));
  return place.has_filename() ? place : place.parent_path();
}

}  // namespace

void require_bundle_place(const fs::path& directory) {
  // verdicts.json and calibration.json (verdict_model.h, calibration.h) were fitted to the weights
  // that are replaced, so they may be removed too.
  static const std::set<std::string> kOurs = {bundle_file::kConfig,  bundle_file::kVocabulary,
                                              bundle_file::kWeights, bundle_file::kCard,
                                              "verdicts.json",       "calibration.json"};
  if (!fs::exists(directory)) return;
  if (!fs::is_directory(directory)) {
    throw std::runtime_error(directory.string() +
                             ": it is not a folder, so a bundle cannot replace it; give another "
                             "path");
  }
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (kOurs.count(name) != 0 && entry.is_regular_file()) continue;
    throw std::runtime_error(directory.string() + ": it contains " + name +
                             ", which is not part of a bundle and would be lost; give a new or "
                             "empty folder, or a bundle");
  }
  if (fs::is_empty(directory) || is_bundle(directory)) return;
  throw std::runtime_error(directory.string() +
                           ": its files are named like those of a bundle, but it is not one, and "
                           "they would be lost; give a new or empty folder, or a bundle");
}

void save_bundle(const fs::path& directory, const Bundle& bundle, Storage storage,
                 const std::string& model_card) {
  try {
    const fs::path place = true_place(directory);
    require_bundle_place(place);
    const StagingFolder folder(place.parent_path());
    write_text(folder.path() / bundle_file::kVocabulary, bundle.vocabulary.to_json());
    write_weights(folder.path() / bundle_file::kWeights, bundle, storage);
    write_text(folder.path() / bundle_file::kCard, model_card);
    write_text(folder.path() / bundle_file::kConfig, make_config(folder.path(), bundle));
    load_bundle(folder.path());
    exchange_folder(folder.path(), place);
    sync_folder(place.parent_path());
  } catch (const std::exception& error) {
    throw std::runtime_error(directory.string() +
                             ": the bundle was not saved: " + plain_reason(error));
  }
}

std::string draft_card(const std::string& title, const std::string& what, const Bundle& bundle) {
  return "# " + title + "\n\n" + what + "\n\nDecoding: " + bundle.decoding.dump() +
         "\n\nProvenance:\n```\n" + bundle.provenance.dump(2) +
         "\n```\n\nData, results, limits and licences: to be filled in.\n";
}

}  // namespace saccade
