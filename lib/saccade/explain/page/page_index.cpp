#include "saccade/explain/page/page_index.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/explain/figure/picture_file.h"
#include "saccade/explain/page/html.h"
#include "saccade/io/unicode.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr int kThumbnailSide = 320;  // pixels: sharp on a phone screen
constexpr int kThumbnailQuality = 80;
const char* const kEntries = "~entries~";  // placeholder for the list

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

fs::path page_name(const std::string& number) { return fs::path("pages") / (number + ".html"); }

fs::path thumbnail_name(const std::string& number) {
  return fs::path("thumbnails") / (number + ".jpg");
}

/// The files of a list of this many images.
std::vector<fs::path> names_of(std::size_t photographs) {
  std::vector<fs::path> names{"index.html"};
  for (std::size_t i = 1; i <= photographs; ++i) {
    names.push_back(page_name(number(i)));
    names.push_back(thumbnail_name(number(i)));
  }
  return names;
}

}  // namespace

fs::path write_page(const Page& page, const Image& photograph, const fs::path& directory) {
  OutputFolder folder(directory, {page.name});
  folder.write("index.html", page_html(page, photograph));
  folder.commit();
  return directory / "index.html";
}

void require_page_folder(const fs::path& directory, const std::string& photograph) {
  require_replaceable(directory, {"index.html"}, {photograph});
}

PageIndex::PageIndex(const fs::path& directory, const std::string& title,
                     const std::vector<fs::path>& photographs)
    : directory_(directory) {
  require_replaceable(directory, names_of(photographs.size()), photographs);
  folder_.emplace(directory, photographs);
  // The title may contain the placeholder too, so the last occurrence is the list's.
  const std::string text = empty_list(title);
  const std::size_t place = text.rfind(kEntries);
  foot_ = text.substr(place + std::string(kEntries).size());
  list_.open(folder_->staged("index.html"), std::ios::binary);
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
  folder_->write(page_name(file), page_html(page, photograph));
  const Image thumbnail = shrink_to(photograph, kThumbnailSide);
  folder_->write(thumbnail_name(file),
                 encode_picture(thumbnail, PictureFormat::jpeg, kThumbnailQuality));
  double suspicion = 0;
  for (const PageWord& word : page.words)
    suspicion = std::max(suspicion, word.suspicion.value_or(0));
  append(json_for_html({{"file", file},
                        {"name", path_text(page.name)},
                        {"caption", page.caption},
                        {"suspicion", suspicion},
                        {"width", thumbnail.width},
                        {"height", thumbnail.height},
                        {"words", words_json(page)}}));
}

void PageIndex::add_failure(const std::string& name, const std::string& reason) {
  append(json_for_html({{"name", path_text(name)}, {"failed", valid_utf8(reason)}}));
}

fs::path PageIndex::finish() {
  list_ << "\n]" << foot_;
  list_.close();
  if (!list_) {
    throw std::runtime_error("cannot write \"" + (directory_ / "index.html").string() +
                             "\": is the disk full?");
  }
  folder_->commit([](const fs::path& name) {
    return name.parent_path() == "pages" || name.parent_path() == "thumbnails";
  });
  folder_.reset();
  return directory_ / "index.html";
}

}  // namespace saccade
