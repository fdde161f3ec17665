#include "saccade/explain/page/page_index.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <stdexcept>
#include <utility>
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

ordered_json words_json(const IndexEntry& entry) {
  ordered_json words = ordered_json::array();
  for (const auto& [word, verdict] : entry.words) {
    ordered_json one{{"word", word}};
    if (verdict) {
      one["verdict"] = verdict->name;
      one["tone"] = tone_name(verdict->tone);
    }
    words.push_back(std::move(one));
  }
  return words;
}

/// A relative URL. Paths may have any bytes, so all but a few are escaped.
std::string url_of(const fs::path& path) {
  std::string url;
  for (const char c : path.generic_string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 128 &&
        (std::isalnum(byte) != 0 || std::string("-._~/").find(c) != std::string::npos)) {
      url += c;
    } else {
      char escaped[4];
      std::snprintf(escaped, sizeof escaped, "%%%02X", unsigned(byte));
      url += escaped;
    }
  }
  return url;
}

ordered_json entry_json(const IndexEntry& entry) {
  if (!entry.failure.empty()) {
    return {{"name", path_text(entry.name)}, {"failed", valid_utf8(entry.failure)}};
  }
  ordered_json json{{"name", path_text(entry.name)},
                    {"page", url_of(entry.page)},
                    {"thumbnail", url_of(entry.thumbnail)},
                    {"caption", entry.caption}};
  if (entry.suspicion) json["suspicion"] = *entry.suspicion;
  json["words"] = words_json(entry);
  return json;
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

[[noreturn]] void fail_to_write_list(const fs::path& file) {
  throw std::runtime_error("cannot write \"" + file.string() + "\": is the disk full?");
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

std::string thumbnail_of(const Image& photograph) {
  return encode_picture(shrink_to(photograph, kThumbnailSide), PictureFormat::jpeg,
                        kThumbnailQuality);
}

IndexList::IndexList(const fs::path& file, fs::path shown, const std::string& title)
    : shown_(std::move(shown)), out_(file, std::ios::binary) {
  // The title may contain the placeholder too, so the last occurrence is the list's.
  const std::string text = empty_list(title);
  const std::size_t place = text.rfind(kEntries);
  foot_ = text.substr(place + std::string(kEntries).size());
  out_ << text.substr(0, place) << "[";
}

void IndexList::add(const IndexEntry& entry) {
  out_ << (count_ > 0 ? ",\n" : "\n") << json_for_html(entry_json(entry));
  if (!out_.flush()) fail_to_write_list(shown_);
  ++count_;
}

void IndexList::finish() {
  out_ << "\n]" << foot_;
  out_.close();
  if (!out_) fail_to_write_list(shown_);
}

PageIndex::PageIndex(const fs::path& directory, const std::string& title,
                     const std::vector<fs::path>& photographs)
    : directory_(directory) {
  require_replaceable(directory, names_of(photographs.size()), photographs);
  folder_.emplace(directory, photographs);
  list_.emplace(folder_->staged("index.html"), directory_ / "index.html", title);
}

void PageIndex::add(Page page, const Image& photograph) {
  const std::string file = number(list_->size() + 1);
  page.index = "../index.html";
  folder_->write(page_name(file), page_html(page, photograph));
  folder_->write(thumbnail_name(file), thumbnail_of(photograph));
  IndexEntry entry{page.name, "", page_name(file), thumbnail_name(file), page.caption, {}, 0.0};
  for (PageWord& word : page.words) {
    entry.suspicion = std::max(*entry.suspicion, word.suspicion.value_or(0));
    entry.words.emplace_back(std::move(word.word), std::move(word.verdict));
  }
  list_->add(entry);
}

void PageIndex::add_failure(const std::string& name, const std::string& reason) {
  IndexEntry entry;
  entry.name = name;
  entry.failure = reason;
  list_->add(entry);
}

fs::path PageIndex::finish() {
  list_->finish();
  folder_->commit([](const fs::path& name) {
    return name.parent_path() == "pages" || name.parent_path() == "thumbnails";
  });
  folder_.reset();
  return directory_ / "index.html";
}

}  // namespace saccade
