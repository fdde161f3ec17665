#include <fstream>
#include <set>
#include <stdexcept>

#include <ATen/ATen.h>

#include "saccade/io/durable_file.h"
#include "saccade/io/error_text.h"
#include "saccade/io/staging_folder.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/model/checkpoint/safetensors.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

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

}  // namespace saccade
