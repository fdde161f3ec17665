#include "saccade/batch/sidecar.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "saccade/io/durable_file.h"
#include "saccade/io/file_format.h"
#include "saccade/io/staging_folder.h"

namespace saccade {

namespace fs = std::filesystem;

Sidecars::Sidecars(SidecarOptions options, const std::vector<std::string>& inputs)
    : options_(std::move(options)), inputs_(&inputs) {
  std::vector<std::pair<std::string, std::int64_t>> files;
  for (std::int64_t i = 0; i < std::int64_t(inputs.size()); ++i) {
    files.emplace_back(path_of(i).lexically_normal().string(), i);
  }
  std::sort(files.begin(), files.end());
  for (std::size_t i = 0; i + 1 < files.size(); ++i) {
    const std::string& one = inputs[std::size_t(files[i].second)];
    const std::string& two = inputs[std::size_t(files[i + 1].second)];
    if (files[i].first != files[i + 1].first || one == two) continue;
    throw std::invalid_argument("the captions of \"" + one + "\" and \"" + two +
                                "\" would have one file, " + files[i].first +
                                "; use --sidecar-name full");
  }
}

fs::path Sidecars::path_of(std::int64_t input) const {
  const fs::path image = (*inputs_)[std::size_t(input)];
  fs::path file = image;
  if (!options_.mirror.empty()) {
    const fs::path below = image.lexically_relative(options_.source);
    if (below.empty() || *below.begin() == "..") {
      throw std::invalid_argument("the image \"" + image.string() + "\" is not below \"" +
                                  options_.source.string() +
                                  "\", so it has no place in the output folder");
    }
    file = options_.mirror / (below == "." ? image.filename() : below);
  }
  const char* extension = options_.json ? ".json" : ".txt";
  if (options_.full_name) return file += extension;
  return file.replace_extension(extension);
}

bool Sidecars::exists(std::int64_t input) const {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path_of(input), ignored));
}

void Sidecars::write(std::int64_t input, const std::string& row) const {
  const auto json = nlohmann::ordered_json::parse(row);
  const auto caption = json.find("caption");
  if (caption == json.end() || !caption->is_string()) return;
  const fs::path path = path_of(input);
  if (!options_.mirror.empty()) make_folder(path.parent_path());
  if (const char* format = image_format_of_file(path)) {
    throw std::runtime_error("the caption file \"" + path.string() + "\" is a " + format +
                             " image, which is kept");
  }
  DurableFile file(path);
  file.write((options_.json ? row : caption->get<std::string>()) + "\n");
  file.commit();
}

}  // namespace saccade
