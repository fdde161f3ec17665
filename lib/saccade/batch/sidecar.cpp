#include "saccade/batch/sidecar.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "saccade/batch/embedded_description.h"
#include "saccade/batch/xmp_description.h"
#include "saccade/io/durable_file.h"
#include "saccade/io/file_format.h"
#include "saccade/io/staging_folder.h"
#include "saccade/io/tar_file.h"

namespace saccade {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kMaxXmpBytes = std::uintmax_t(64) << 20;

/// Whether the caption is in an archive.
bool is_archived(const std::string& image) {
  return has_tar_extension(image) || tar_member(image).has_value();
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(file, ignored));
}

/// The XMP file; empty if there is none.
/// @throws SidecarError if it cannot be read.
std::string read_xmp(const fs::path& file) {
  if (!is_there(file)) return "";
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) throw SidecarError("the XMP file \"" + file.string() + "\" cannot be read");
  if (size > kMaxXmpBytes) {
    throw SidecarError("the XMP file \"" + file.string() + "\" is larger than 64 MB");
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Calls `action`, and says of a std::invalid_argument that the caption has no place in the file.
template <typename Action>
auto storing_in(const fs::path& file, Action&& action) {
  try {
    return action();
  } catch (const std::invalid_argument& error) {
    throw SidecarError("the caption has no place in \"" + file.string() +
                       "\", which is kept: " + error.what());
  }
}

/// The description that the file of this kind has.
std::optional<ImageDescription> description_in(SidecarKind kind, const fs::path& file) {
  return storing_in(file, [&] {
    if (kind == SidecarKind::image) return embedded_description(file);
    const std::string xmp = read_xmp(file);
    return xmp.empty() ? std::nullopt : description_of_xmp(xmp);
  });
}

bool is_metadata(SidecarKind kind) {
  return kind == SidecarKind::xmp || kind == SidecarKind::image;
}

}  // namespace

const char* extension_of(SidecarKind kind) {
  switch (kind) {
    case SidecarKind::txt:
      return ".txt";
    case SidecarKind::json:
      return ".json";
    case SidecarKind::xmp:
      return ".xmp";
    case SidecarKind::image:
      break;
  }
  return "";
}

Sidecars::Sidecars(SidecarOptions options, const std::vector<std::string>& inputs)
    : options_(std::move(options)), inputs_(&inputs) {
  std::vector<std::pair<std::string, std::int64_t>> files;
  for (std::int64_t i = 0; i < std::int64_t(inputs.size()); ++i) {
    if (is_archived(inputs[std::size_t(i)])) continue;
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
  return path_for((*inputs_)[std::size_t(input)]);
}

fs::path Sidecars::path_for(const fs::path& image) const {
  if (options_.kind == SidecarKind::image) return image;
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
  const char* extension = extension_of(options_.kind);
  if (options_.full_name) return file += extension;
  return file.replace_extension(extension);
}

bool Sidecars::in_metadata() const { return is_metadata(options_.kind); }

bool Sidecars::has_caption(std::int64_t input) const {
  const fs::path file = path_of(input);
  if (!in_metadata()) return is_there(file);
  try {
    return description_in(options_.kind, file).has_value();
  } catch (const SidecarError&) {
    return false;
  }
}

bool Sidecars::keeps_caption(std::int64_t input) const {
  if (options_.overwrite) return false;
  const fs::path file = path_of(input);
  if (!in_metadata()) return is_there(file);
  try {
    const auto description = description_in(options_.kind, file);
    return description && !description->by_saccade;
  } catch (const SidecarError&) {
    return false;
  }
}

void Sidecars::require_writable(const std::string& image) const {
  if (is_archived(image)) return;
  const fs::path file = path_for(image);
  if (options_.kind == SidecarKind::image) {
    if (!is_there(file)) return;  // reading it will fail
    return storing_in(file, [&] { require_embeddable(file); });
  }
  if (const char* format = image_format_of_file(file)) {
    throw SidecarError("the caption file \"" + file.string() + "\" is a " + format +
                       " image, which is kept");
  }
  if (options_.kind == SidecarKind::xmp) description_in(options_.kind, file);
}

void Sidecars::write(std::int64_t input, const std::string& row) const {
  const auto json = nlohmann::ordered_json::parse(row);
  const auto caption = json.find("caption");
  if (caption == json.end() || !caption->is_string()) return;
  const std::string text = caption->get<std::string>();
  const fs::path path = path_of(input);
  require_writable((*inputs_)[std::size_t(input)]);
  // Somebody may have described the image while it was captioned.
  if (in_metadata() && keeps_caption(input)) return;
  if (options_.kind == SidecarKind::image) {
    return storing_in(path, [&] { embed_description(path, text); });
  }
  std::string contents = (options_.kind == SidecarKind::json ? row : text) + "\n";
  if (options_.kind == SidecarKind::xmp) {
    contents = storing_in(path, [&] { return with_description(read_xmp(path), text); });
  }
  if (!options_.mirror.empty()) make_folder(path.parent_path());
  DurableFile file(path);
  file.write(contents);
  file.commit();
}

}  // namespace saccade
