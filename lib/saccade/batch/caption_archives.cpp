#include "saccade/batch/caption_archives.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "saccade/batch/xmp_description.h"
#include "saccade/io/output_check.h"
#include "saccade/io/staging_folder.h"
#include "saccade/io/tar_file.h"
#include "saccade/io/tar_writer.h"

namespace saccade {

namespace fs = std::filesystem;

CaptionArchives::CaptionArchives(SidecarOptions options, const std::vector<std::string>& inputs)
    : options_(std::move(options)), inputs_(&inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) add_place(std::int64_t(i), inputs[i]);
  require_one_place_each();
  require_no_input();
}

void CaptionArchives::add_place(std::int64_t input, const std::string& path) {
  auto member = tar_member(path);
  std::error_code ignored;
  if (!member && has_tar_extension(path) && fs::is_regular_file(path, ignored)) {
    member = {path, ""};
  }
  if (!member) return;
  const std::string mirror = mirrored(member->archive);
  Place place{
      member->archive,
      (options_.full_name ? mirror : std::string(without_tar_extension(mirror))) + ".captions.tar",
      ""};
  if (!member->name.empty()) {
    fs::path name = member->name;
    const char* extension = extension_of(options_.kind);
    place.member = (options_.full_name ? name += extension : name.replace_extension(extension));
  }
  archives_[place.archive].inputs.push_back(input);
  places_.emplace(input, std::move(place));
}

fs::path CaptionArchives::mirrored(const fs::path& archive) const {
  if (options_.mirror.empty()) return archive;
  const fs::path below = archive.lexically_relative(options_.source);
  if (below.empty() || *below.begin() == "..") {
    throw std::invalid_argument("the archive \"" + archive.string() + "\" is not below \"" +
                                options_.source.string() +
                                "\", so it has no place in the output folder");
  }
  return options_.mirror / (below == "." ? archive.filename() : below);
}

void CaptionArchives::require_one_place_each() const {
  std::vector<std::tuple<fs::path, std::string, std::int64_t>> order;
  for (const auto& [input, place] : places_) {
    order.emplace_back(place.archive.lexically_normal(), place.member, input);
  }
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    const auto& [archive, member, one] = order[i];
    const auto& [next_archive, next_member, two] = order[i + 1];
    const std::string &first = (*inputs_)[std::size_t(one)], &second = (*inputs_)[std::size_t(two)];
    if (archive != next_archive || first == second) continue;
    if (member != next_member && places_.at(one).source == places_.at(two).source) continue;
    throw std::invalid_argument(
        "the captions of \"" + first + "\" and \"" + second + "\" would have one file, " +
        (member.empty() ? archive : archive / member).string() + "; use --sidecar-name full");
  }
}

void CaptionArchives::require_no_input() const {
  std::set<fs::path> sources;
  for (const auto& [input, place] : places_) sources.insert(place.source);
  const FileSet files({sources.begin(), sources.end()});
  for (const auto& [path, archive] : archives_) {
    if (!files.find(path)) continue;
    throw std::invalid_argument("the captions of \"" + places_.at(archive.inputs.front()).source +
                                "\" would replace \"" + path.string() +
                                "\", which has images; give a folder with --output, or rename it");
  }
}

void CaptionArchives::set_rows(RowOf row_of) {
  row_of_ = std::move(row_of);
  for (auto& [path, archive] : archives_) archive.kept = is_kept(path, archive);
}

bool CaptionArchives::is_kept(const fs::path& path, const Archive& archive) const {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(path, ignored))) return false;
  const bool ours = is_written_by_saccade(path);
  if (options_.overwrite && !ours) {
    throw std::invalid_argument("the output \"" + path.string() +
                                "\" exists and batch did not write it; remove it first, or give a "
                                "folder with --output");
  }
  return !options_.overwrite &&
         (!ours || std::all_of(archive.inputs.begin(), archive.inputs.end(),
                               [&](std::int64_t input) { return row_of_(input).empty(); }));
}

bool CaptionArchives::keeps_caption(std::int64_t input) const {
  return archives_.at(places_.at(input).archive).kept;
}

void CaptionArchives::begin(const std::vector<std::int64_t>& inputs) {
  for (const std::int64_t input : inputs) {
    if (holds(input)) ++archives_.at(places_.at(input).archive).missing;
  }
  for (const auto& [path, archive] : archives_) {
    if (archive.missing == 0 && !archive.kept && !is_current(path, archive)) write(path, archive);
  }
}

void CaptionArchives::add(std::int64_t input) {
  const fs::path& path = places_.at(input).archive;
  Archive& archive = archives_.at(path);
  if (--archive.missing == 0) write(path, archive);
}

/// What the member of an image with this row contains; empty if it has no caption, or a withheld
/// one.
std::string CaptionArchives::contents_of(const std::string& row) const {
  if (row.empty()) return "";
  const auto json = nlohmann::ordered_json::parse(row);
  const auto caption = json.find("caption");
  if (caption == json.end() || !caption->is_string()) return "";
  if (options_.kind == SidecarKind::json) return row + "\n";
  const std::string text = caption->get<std::string>();
  return options_.kind == SidecarKind::xmp ? with_description("", text) : text + "\n";
}

/// Calls `use` for each member with its contents. An image that is there several times is one.
void CaptionArchives::for_each_member(
    const Archive& archive,
    const std::function<void(const std::string& name, const std::string& contents)>& use) const {
  std::set<std::string> done;
  for (const std::int64_t input : archive.inputs) {
    const std::string& name = places_.at(input).member;
    const std::string contents = contents_of(row_of_(input));
    if (!contents.empty() && done.insert(name).second) use(name, contents);
  }
}

/// Whether the archive exists and has the captions of the rows.
bool CaptionArchives::is_current(const fs::path& path, const Archive& archive) const {
  try {
    bool current = true;
    TarStream stream(path);
    for_each_member(archive, [&](const std::string& name, const std::string& contents) {
      current = current && stream.next() && stream.name() == name;
      if (!current) return;
      const auto bytes = stream.bytes(std::numeric_limits<std::int32_t>::max());
      current = contents == std::string(bytes.begin(), bytes.end());
    });
    return current && !stream.next();
  } catch (const std::runtime_error&) {
    return false;
  }
}

void CaptionArchives::write(const fs::path& path, const Archive& archive) const {
  std::optional<TarWriter> writer;
  for_each_member(archive, [&](const std::string& name, const std::string& contents) {
    if (!writer) {
      if (!options_.mirror.empty()) make_folder(path.parent_path());
      writer.emplace(path);
    }
    writer->add(name, contents);
  });
  if (writer) writer->commit();
}

}  // namespace saccade
