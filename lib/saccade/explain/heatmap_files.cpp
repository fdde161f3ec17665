#include "saccade/explain/heatmap_files.h"

#include <cctype>
#include <cmath>
#include <cstddef>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace saccade {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, const fs::path& path,
                       const std::error_code& error) {
  throw std::runtime_error(what + " \"" + path.string() + "\": " + error.message());
}

void make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) fail("cannot make the output folder", path, error);
  if (!fs::is_directory(path)) {
    throw std::runtime_error("cannot write into \"" + path.string() +
                             "\": it is a file, not a folder");
  }
}

/// A folder within the output folder that everything is written into first; removed with this
/// object.
class Stage {
 public:
  explicit Stage(const fs::path& directory)
      : path_(directory / (".saccade-" + std::to_string(::getpid()))) {
    make_folder(path_ / "words");
  }
  ~Stage() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write_bytes(const fs::path& path, const char* bytes, std::size_t count) {
  std::ofstream out(path, std::ios::binary);
  out.write(bytes, std::streamsize(count));
  out.close();
  if (!out) throw std::runtime_error("cannot write \"" + path.string() + "\": is the disk full?");
}

void write_png(const fs::path& path, const Image& image) {
  const cv::Mat rgb(image.height, image.width, CV_8UC3,
                    const_cast<std::uint8_t*>(image.rgb.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".png", bgr, bytes)) {
    throw std::runtime_error("cannot encode \"" + path.string() + "\" as PNG");
  }
  write_bytes(path, reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void write_words(const Image& photograph, const Caption& caption, const fs::path& folder,
                 const OverlayOptions& options, const std::vector<std::string>& names) {
  std::vector<std::exception_ptr> errors(names.size());
  cv::parallel_for_(cv::Range(0, int(names.size())), [&](const cv::Range& range) {
    for (std::size_t i = std::size_t(range.start); i < std::size_t(range.end); ++i) {
      try {
        const AttentionMap map(caption.words[i].attention, caption.grid, caption.placement,
                               options.upsampling);
        write_png(folder / names[i], draw_overlay(photograph, map, options));
      } catch (...) {
        errors[i] = std::current_exception();
      }
    }
  });
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

bool is_word_file(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.size() > 6 && std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::isdigit(static_cast<unsigned char>(name[1])) && name.find('-') <= 4 &&
         path.extension() == ".png";
}

void remove_earlier_words(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> earlier;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (is_word_file(entry.path())) earlier.push_back(entry.path());
  }
  for (const fs::path& path : earlier) fs::remove(path, error);
  if (error) fail("cannot remove earlier files from", folder, error);
}

void move_into_place(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) fail("cannot write", to, error);
}

}  // namespace

std::string word_file_name(std::size_t index, std::size_t count, const std::string& word) {
  std::string number = std::to_string(index + 1);
  const std::size_t digits = std::max<std::size_t>(2, std::to_string(count).size());
  number.insert(0, digits - std::min(digits, number.size()), '0');
  std::string safe;
  for (const char c : word.substr(0, 40)) {
    const auto byte = static_cast<unsigned char>(c);
    safe += byte < 128 && std::isalnum(byte) ? c : '_';
  }
  return number + "-" + (safe.empty() ? "_" : safe) + ".png";
}

std::string attention_json(const Caption& caption, const std::string& name) {
  using nlohmann::ordered_json;
  const Placement& place = caption.placement;
  ordered_json json;
  json["image"] = name;
  json["width"] = place.original_width;
  json["height"] = place.original_height;
  json["caption"] = caption.text;
  json["log_prob"] = caption.log_prob;
  json["grid"] = {{"rows", caption.grid.rows}, {"cols", caption.grid.cols}};
  json["placement"] = {{"input_size", place.input_size},
                       {"scale_x", place.scale_x},
                       {"scale_y", place.scale_y},
                       {"offset_x", place.offset_x},
                       {"offset_y", place.offset_y}};
  json["words"] = ordered_json::array();
  json["alphas"] = ordered_json::array();
  for (const CaptionWord& word : caption.words) {
    ordered_json entry = {{"word", word.word},
                          {"p", std::exp(word.log_p)},
                          {"gate", word.gate},
                          {"entropy", word.entropy}};
    if (word.cell >= 0) entry["cell"] = word.cell;
    json["words"].push_back(entry);
    if (std::int64_t(word.attention.size()) != caption.grid.cells()) {
      throw std::invalid_argument("the map of \"" + word.word +
                                  "\" does not fill the caption's grid");
    }
    ordered_json rows = ordered_json::array();
    for (std::int64_t row = 0; row < caption.grid.rows; ++row) {
      const auto first = word.attention.begin() + row * caption.grid.cols;
      rows.push_back(std::vector<float>(first, first + caption.grid.cols));
    }
    json["alphas"].push_back(rows);
  }
  // A file's name may hold bytes that are not UTF-8; they become replacement characters.
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::vector<fs::path> write_heatmap(const Image& photograph, const Caption& caption,
                                    const std::string& name, const fs::path& directory,
                                    const HeatmapOptions& options) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < caption.words.size(); ++i) {
    words.push_back(word_file_name(i, caption.words.size(), caption.words[i].word));
  }
  make_folder(directory);
  const Stage stage(directory);
  const Image large = options.full_size ? photograph : shrink_to(photograph, options.word_side);
  write_words(large, caption, stage.path() / "words", options.figure.overlay, words);
  write_png(stage.path() / "figure.png", draw_figure(large, caption, options.figure));
  const std::string json = attention_json(caption, name);
  write_bytes(stage.path() / "attention.json", json.data(), json.size());

  make_folder(directory / "words");
  remove_earlier_words(directory / "words");
  std::vector<fs::path> written{directory / "figure.png", directory / "attention.json"};
  move_into_place(stage.path() / "figure.png", written[0]);
  move_into_place(stage.path() / "attention.json", written[1]);
  for (const std::string& word : words) {
    written.push_back(directory / "words" / word);
    move_into_place(stage.path() / "words" / word, written.back());
  }
  return written;
}

}  // namespace saccade
