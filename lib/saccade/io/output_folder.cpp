#include "saccade/io/output_folder.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "saccade/io/durable_file.h"
#include "saccade/io/mapped_file.h"
#include "saccade/io/sha256.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 64;  // of a SHA-256

/// For each path relative to the folder, the hashes of all contents that Saccade may have written.
using Manifest = std::map<fs::path, std::set<std::string>>;

/// Whether the path stays within the folder: a manifest may contain anything.
bool is_within(const fs::path& name) {
  return !name.empty() && name.is_relative() &&
         std::none_of(name.begin(), name.end(), [](const fs::path& part) { return part == ".."; });
}

Manifest read_manifest(const fs::path& directory) {
  Manifest manifest;
  std::ifstream in(directory / kManifest, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    if (line.size() <= kDigits + 2 || line.compare(kDigits, 2, "  ") != 0) continue;
    const fs::path name = line.substr(kDigits + 2);
    if (is_within(name)) manifest[name].insert(line.substr(0, kDigits));
  }
  return manifest;
}

void write_manifest(const fs::path& directory, const Manifest& manifest) {
  std::string text;
  for (const auto& [name, hashes] : manifest) {
    for (const std::string& hash : hashes) text += hash + "  " + name.string() + "\n";
  }
  DurableFile file(directory / kManifest);
  file.write(text);
  file.commit();
}

std::string hash_of(const fs::path& file) { return sha256(MappedFile(file).bytes()); }

/// Whether the existing file has contents that Saccade wrote under this name.
bool is_ours(const fs::path& file, const fs::path& name, const Manifest& manifest) {
  const auto known = manifest.find(name);
  if (known == manifest.end() || !fs::is_regular_file(fs::symlink_status(file))) return false;
  return known->second.count(hash_of(file)) != 0;
}

/// @param fresh  the hash of the new contents, or "" if unknown.
void require_ours(const fs::path& directory, const fs::path& name, const std::string& fresh,
                  const Manifest& manifest, const FileSet& inputs) {
  const fs::path file = directory / name;
  if (!fs::exists(fs::symlink_status(file))) return;
  if (const fs::path* input = inputs.find(file)) {
    throw std::invalid_argument("the input \"" + input->string() +
                                "\" would be replaced by the output \"" + file.string() +
                                "\"; give another output folder");
  }
  if (is_ours(file, name, manifest)) return;
  const bool equal =
      !fresh.empty() && fs::is_regular_file(fs::symlink_status(file)) && hash_of(file) == fresh;
  if (equal) return;
  throw std::invalid_argument("\"" + file.string() +
                              "\" already exists and is not a file as Saccade wrote it; move it "
                              "away or give another output folder");
}

}  // namespace

OutputFolder::OutputFolder(const fs::path& directory, const std::vector<fs::path>& inputs)
    : directory_(directory), inputs_(inputs), staging_(directory) {}

fs::path OutputFolder::staged(const fs::path& name) {
  const fs::path file = staging_.path() / name;
  const std::lock_guard<std::mutex> lock(mutex_);
  hashes_[name] = "";
  make_folder(file.parent_path());
  return file;
}

void OutputFolder::write(const fs::path& name, std::string_view bytes) {
  std::string hash = sha256(bytes);
  const fs::path file = staged(name);
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  if (!out) {
    throw std::runtime_error("cannot write \"" + (directory_ / name).string() +
                             "\": is the disk full?");
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  hashes_[name] = std::move(hash);
}

void OutputFolder::commit(const std::function<bool(const fs::path&)>& outdated) {
  Manifest manifest = read_manifest(directory_);
  for (auto& [name, hash] : hashes_) {
    if (hash.empty()) hash = hash_of(staging_.path() / name);
    require_ours(directory_, name, hash, manifest, inputs_);
  }
  std::vector<fs::path> removed;
  for (const auto& [name, hashes] : manifest) {
    const bool again = hashes_.count(name) != 0;
    if (!again && outdated && outdated(name)) removed.push_back(name);
  }
  // While the files are moved, the manifest lists both the old and the new contents.
  for (const auto& [name, hash] : hashes_) manifest[name].insert(hash);
  write_manifest(directory_, manifest);
  std::error_code ignored;
  for (const fs::path& name : removed) {
    const fs::path file = directory_ / name;
    if (inputs_.find(file)) continue;
    if (is_ours(file, name, manifest)) fs::remove(file, ignored);
    manifest.erase(name);
  }
  for (const auto& [name, hash] : hashes_) {
    make_folder((directory_ / name).parent_path());
    move_file(staging_.path() / name, directory_ / name);
    manifest[name] = {hash};
  }
  write_manifest(directory_, manifest);
}

void require_replaceable(const fs::path& directory, const std::vector<fs::path>& names,
                         const std::vector<fs::path>& inputs) {
  require_output_folder(directory, {});
  const Manifest manifest = read_manifest(directory);
  const FileSet files(inputs);
  for (const fs::path& name : names) require_ours(directory, name, "", manifest, files);
}

}  // namespace saccade
