#include "default_model.h"

#include <stdexcept>
#include <system_error>
#include <vector>

namespace saccade::app {

namespace fs = std::filesystem;

fs::path find_model(const std::string& name) {
  if (fs::exists(name)) return name;
  const bool is_path = name.find('/') != std::string::npos;
  std::string places;
  if (!is_path) {
    std::vector<fs::path> roots;
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    if (!ignored) {
      roots.push_back((program.parent_path() / SACCADE_MODELS_BESIDE_ENGINE).lexically_normal());
    }
    roots.emplace_back(SACCADE_SOURCE_MODELS);
    roots.emplace_back(SACCADE_INSTALL_MODELS);
    for (const fs::path& root : roots) {
      if (fs::exists(root / name)) return root / name;
      places += (places.empty() ? " here, in " : ", in ") + root.string();
    }
  }
  throw std::runtime_error("model " + name + ": no such folder" + places +
                           "; expected a model's name or folder (config.json, vocab.json, "
                           "weights.safetensors)");
}

std::vector<fs::path> files_of_model(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    files.push_back(at->path());
  }
  return files;
}

}  // namespace saccade::app
