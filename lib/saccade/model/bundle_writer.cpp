#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <stdexcept>
#include <stdio.h>

#include <ATen/ATen.h>

#include "saccade/model/bundle.h"
#include "saccade/model/durable_file.h"
#include "saccade/model/mapped_file.h"
#include "saccade/model/safetensors.h"
#include "saccade/model/sha256.h"
#include "saccade/text/error_text.h"

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

/// A folder that is gone with this object unless it was moved elsewhere.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const fs::path& path) : path_(path) { fs::create_directory(path_); }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

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
  // NaN from a training that went astray, or numbers that fp16 does not reach.
  require_finite(file, "the weights to be saved");
  write_safetensors(path, file);
}

std::string make_config(const fs::path& folder, const Bundle& bundle) {
  nlohmann::ordered_json json;
  json["format"] = kBundleFormat;
  json["version"] = kBundleVersion;
  const auto model = to_json(bundle.config);
  for (const char* part : {"input", "encoder", "decoder", "tokenizer"}) json[part] = model[part];
  json["decoding"] = bundle.decoding;
  json["provenance"] = bundle.provenance;
  for (const char* name : {bundle_file::kVocabulary, bundle_file::kWeights}) {
    json["sha256"][name] = sha256(MappedFile(folder / name).bytes());
  }
  return json.dump(2) + "\n";
}

/// Replacing removes what was there: it must be a bundle or nothing.
void require_replaceable(const fs::path& directory) {
  // verdicts.json was fitted to the weights that are replaced (explain/verdict_model.h): it goes.
  static const std::set<std::string> kOurs = {bundle_file::kConfig, bundle_file::kVocabulary,
                                              bundle_file::kWeights, bundle_file::kCard,
                                              "verdicts.json"};
  if (!fs::exists(directory)) return;
  if (!fs::is_directory(directory)) {
    throw std::runtime_error(directory.string() +
                             ": a bundle cannot replace what is not a folder; give another name");
  }
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (kOurs.count(name) != 0 && entry.is_regular_file()) continue;
    throw std::runtime_error(directory.string() + ": it holds " + name +
                             ", which belongs to no bundle and would be lost; give a folder that "
                             "is new, empty or a bundle");
  }
}

/// Renames a whole folder into place; what it replaces ends up at `folder`.
void move_into_place(const fs::path& folder, const fs::path& directory) {
  if (fs::exists(directory)) {
    if (::renameat2(AT_FDCWD, folder.c_str(), AT_FDCWD, directory.c_str(), RENAME_EXCHANGE) == 0) {
      return;
    }
    // A file system that cannot exchange: two renames, the second undone if the first is all there
    // was.
    const fs::path old = temporary_name_beside(directory);
    fs::rename(directory, old);
    std::error_code error;
    fs::rename(folder, directory, error);
    if (error) {
      fs::rename(old, directory);
      throw std::runtime_error(directory.string() + ": cannot be replaced: " + error.message());
    }
    fs::rename(old, folder);
    return;
  }
  fs::rename(folder, directory);
}

/// The folder itself, where `directory` is a link to one or has a slash at its end.
fs::path true_place(const fs::path& directory) {
  const fs::path place = fs::weakly_canonical(fs::absolute(directory));
  return place.has_filename() ? place : place.parent_path();
}

}  // namespace

void save_bundle(const fs::path& directory, const Bundle& bundle, Storage storage,
                 const std::string& model_card) {
  try {
    const fs::path place = true_place(directory);
    require_replaceable(place);
    fs::create_directories(place.parent_path());
    const TemporaryDirectory folder(temporary_name_beside(place));
    write_text(folder.path() / bundle_file::kVocabulary, bundle.vocabulary.to_json());
    write_weights(folder.path() / bundle_file::kWeights, bundle, storage);
    write_text(folder.path() / bundle_file::kCard, model_card);
    write_text(folder.path() / bundle_file::kConfig, make_config(folder.path(), bundle));
    load_bundle(folder.path());
    move_into_place(folder.path(), place);
    sync_folder(place.parent_path());
  } catch (const std::exception& error) {
    throw std::runtime_error(directory.string() +
                             ": the bundle was not saved: " + plain_reason(error));
  }
}

}  // namespace saccade
