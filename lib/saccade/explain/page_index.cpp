#include "saccade/explain/page_index.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/explain/html.h"
#include "saccade/explain/page_assets.h"
#include "saccade/explain/picture_file.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr int kThumbnailSide = 320;  // pixels: sharp on a phone's screen
constexpr int kThumbnailQuality = 80;
const char* const kEntries = "~entries~";  // where the list goes

std::string number(std::size_t i) {
  char text[32];
  std::snprintf(text, sizeof text, "%06zu", i);
  return text;
}

std::string empty_list(const std::string& title) {
  const std::string style(kIndexStyle), script(kIndexScript);
  return fill_template(kIndexTemplate,
                       {{"policy", page_policy(style, script, "'self' file: data:")},
                        {"title", escape_html(title)},
                        {"style", style},
                        {"entries", kEntries},
                        {"script", script}});
}

ordered_json words_json(const Page& page) {
  ordered_json words = ordered_json::array();
  for (const PageWord& word : page.words) {
    ordered_json entry{{"word", word.word}};
    if (word.verdict) {
      entry["verdict"] = word.verdict->name;
      entry["tone"] = tone_name(word.verdict->tone);
    }
    words.push_back(std::move(entry));
  }
  return words;
}

/// A file that an index wrote: NNNNNN.ending.
bool is_numbered(const fs::path& path) {
  const std::string stem = path.stem().string();
  return stem.size() >= 6 && std::all_of(stem.begin(), stem.end(),
                                         [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Moves the files of `from` into `to`, and removes numbered ones there that `from` lacks.
void replace_files(const fs::path& from, const fs::path& to) {
  make_folder(to);
  std::vector<fs::path> earlier;
  for (const auto& entry : fs::directory_iterator(to)) {
    if (is_numbered(entry.path()) && !fs::exists(from / entry.path().filename())) {
      earlier.push_back(entry.path());
    }
  }
  std::error_code ignored;
  for (const fs::path& path : earlier) fs::remove(path, ignored);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(from)) files.push_back(entry.path());
  for (const fs::path& path : files) move_into_place(path, to / path.filename());
}

}  // namespace

fs::path write_page(const Page& page, const Image& photograph, const fs::path& directory) {
  const Stage stage(directory);
  write_bytes(stage.path() / "index.html", page_html(page, photograph));
  move_into_place(stage.path() / "index.html", directory / "index.html");
  return directory / "index.html";
}

PageIndex::PageIndex(const fs::path& directory, const std::string& title) : directory_(directory) {
  stage_.emplace(directory);
  make_folder(stage_->path() / "pages");
  make_folder(stage_->path() / "thumbnails");
  // The title may hold anything, so the list's place is the last one there is.
  const std::string text = empty_list(title);
  const std::size_t place = text.rfind(kEntries);
  foot_ = text.substr(place + std::string(kEntries).size());
  list_.open(stage_->path() / "index.html", std::ios::binary);
  list_ << text.substr(0, place) << "[";
}

void PageIndex::append(const std::string& json) {
  list_ << (count_ > 0 ? ",\n" : "\n") << json;
  if (!list_.flush()) {
    throw std::runtime_error("cannot write \"" + (directory_ / "index.html").string() +
                             "\": is the disk full?");
  }
  ++count_;
}

void PageIndex::add(Page page, const Image& photograph) {
  const std::string file = number(count_ + 1);
  page.index = "../index.html";
  write_bytes(stage_->path() / "pages" / (file + ".html"), page_html(page, photograph));
  const Image thumbnail = shrink_to(photograph, kThumbnailSide);
  write_bytes(stage_->path() / "thumbnails" / (file + ".jpg"),
              encode_picture(thumbnail, PictureFormat::jpeg, kThumbnailQuality));
  double suspicion = 0;
  for (const PageWord& word : page.words)
    suspicion = std::max(suspicion, word.suspicion.value_or(0));
  append(json_for_html({{"file", file},
                        {"name", page.name},
                        {"caption", page.caption},
                        {"suspicion", suspicion},
                        {"width", thumbnail.width},
                        {"height", thumbnail.height},
                        {"words", words_json(page)}}));
}

void PageIndex::add_failure(const std::string& name, const std::string& reason) {
  append(json_for_html({{"name", name}, {"failed", reason}}));
}

fs::path PageIndex::finish() {
  list_ << "\n]" << foot_;
  list_.close();
  if (!list_) {
    throw std::runtime_error("cannot write \"" + (directory_ / "index.html").string() +
                             "\": is the disk full?");
  }
  for (const char* folder : {"pages", "thumbnails"}) {
    replace_files(stage_->path() / folder, directory_ / folder);
  }
  move_into_place(stage_->path() / "index.html", directory_ / "index.html");
  stage_.reset();
  return directory_ / "index.html";
}

}  // namespace saccade
