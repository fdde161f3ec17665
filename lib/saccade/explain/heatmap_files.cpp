#include "saccade/explain/heatmap_files.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <exception>
#include <functional>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "saccade/explain/figure/animation.h"
#include "saccade/explain/figure/word_picture.h"
#include "saccade/explain/page/page_contents.h"
#include "saccade/explain/page/page_index.h"
#include "saccade/io/output_folder.h"
#include "saccade/io/unicode.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

template <typename T>
ordered_json in_rows(const std::vector<T>& cells, const Grid& grid, const std::string& word) {
  if (std::int64_t(cells.size()) != grid.cells()) {
    throw std::invalid_argument("the map of \"" + word + "\" does not match the caption's grid");
  }
  ordered_json rows = ordered_json::array();
  for (std::int64_t row = 0; row < grid.rows; ++row) {
    const auto first = cells.begin() + row * grid.cols;
    rows.push_back(std::vector<T>(first, first + grid.cols));
  }
  return rows;
}

ordered_json placement_json(const Placement& place) {
  return {{"input_size", place.input_size},
          {"scale_x", place.scale_x},
          {"scale_y", place.scale_y},
          {"offset_x", place.offset_x},
          {"offset_y", place.offset_y}};
}

ordered_json rollouts_json(const Rollouts& rollouts, const Caption& caption) {
  if (rollouts.cells.size() != caption.words.size()) {
    throw std::invalid_argument("the rollouts belong to another caption: they have " +
                                std::to_string(rollouts.cells.size()) + " words, not " +
                                std::to_string(caption.words.size()));
  }
  ordered_json cells = ordered_json::array();
  for (std::size_t i = 0; i < rollouts.cells.size(); ++i) {
    cells.push_back(in_rows(rollouts.cells[i], caption.grid, caption.words[i].word));
  }
  return {{"count", rollouts.count}, {"seed", rollouts.seed}, {"cells", std::move(cells)}};
}

}  // namespace

std::string attention_json(const Caption& caption, const std::string& name,
                           const Rollouts& rollouts) {
  ordered_json json;
  json["image"] = path_text(name);
  json["width"] = caption.placement.original_width;
  json["height"] = caption.placement.original_height;
  json["caption"] = caption.text;
  json["log_prob"] = caption.log_prob;
  json["grid"] = {{"rows", caption.grid.rows}, {"cols", caption.grid.cols}};
  json["placement"] = placement_json(caption.placement);
  json["words"] = ordered_json::array();
  json["alphas"] = ordered_json::array();
  for (const CaptionWord& word : caption.words) {
    ordered_json entry = {
        {"word", word.word}, {"p", word.p()}, {"gate", word.gate}, {"entropy", word.entropy}};
    if (word.cell >= 0) entry["cell"] = word.cell;
    json["words"].push_back(entry);
    json["alphas"].push_back(in_rows(word.attention, caption.grid, word.word));
  }
  json["confidence"] = caption.confidence ? ordered_json(*caption.confidence) : ordered_json();
  if (rollouts.count > 0) json["rollouts"] = rollouts_json(rollouts, caption);
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

namespace {

/// A file to write, by its path within the output folder.
struct Work {
  fs::path file;
  std::function<std::string()> bytes;
};

/// The caption with each word's map replaced by the share of rollouts that sampled each cell.
Caption drawn_cells(const Caption& caption, const Rollouts& rollouts) {
  Caption out = caption;
  for (std::size_t i = 0; i < out.words.size(); ++i) {
    const auto& times = rollouts.cells.at(i);
    out.words[i].attention.clear();
    for (const std::int64_t count : times) {
      out.words[i].attention.push_back(float(double(count) / double(rollouts.count)));
    }
  }
  return out;
}

/// The image without a map, then one frame per word.
std::string words_gif(const Image& photograph, const Caption& caption,
                      const HeatmapOptions& options) {
  const Image small = shrink_to(photograph, options.animation_side);
  const auto frame = [&](int i) {
    return draw_word_frame(small, caption, i - 1, options.figure.overlay);
  };
  return encode_gif(int(caption.words.size()) + 1, frame, options.animation_seconds);
}

/// Renders and writes the files in parallel.
void write_all(const std::vector<Work>& works, OutputFolder& folder) {
  std::vector<std::exception_ptr> errors(works.size());
  const auto make = [&](const cv::Range& range) {
    for (std::size_t i = std::size_t(range.start); i < std::size_t(range.end); ++i) {
      try {
        folder.write(works[i].file, works[i].bytes());
      } catch (...) {
        errors[i] = std::current_exception();
      }
    }
  };
  // One stripe per file, so that each idle thread takes the next file.
  cv::parallel_for_(cv::Range(0, int(works.size())), make, double(works.size()));
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

/// Whether a path within the output folder is a word's overlay in one of these formats.
bool is_word_picture(const fs::path& name, const std::vector<PictureFormat>& formats) {
  return name.parent_path() == "words" &&
         std::any_of(formats.begin(), formats.end(), [&](PictureFormat format) {
           return name.extension() == std::string(".") + extension(format);
         });
}

/// The files whose names do not depend on the caption.
std::vector<fs::path> fixed_names(const HeatmapOptions& options) {
  std::vector<fs::path> names{"attention.json"};
  if (options.animation) names.emplace_back("words.gif");
  if (options.page) names.emplace_back("index.html");
  if (options.thumbnail) names.emplace_back(kThumbnail);
  for (const PictureFormat format : options.pictures) {
    names.push_back(std::string("figure.") + extension(format));
  }
  return names;
}

}  // namespace

std::string word_file_name(std::size_t index, std::size_t count, const std::string& word,
                           PictureFormat format) {
  std::string number = std::to_string(index + 1);
  const std::size_t digits = std::max<std::size_t>(2, std::to_string(count).size());
  number.insert(0, digits - std::min(digits, number.size()), '0');
  std::string safe;
  for (const char c : word.substr(0, 40)) {
    const auto byte = static_cast<unsigned char>(c);
    safe += byte < 128 && std::isalnum(byte) ? c : '_';
  }
  return number + "-" + (safe.empty() ? "_" : safe) + "." + extension(format);
}

std::vector<fs::path> write_heatmap(const Image& photograph, const Caption& caption,
                                    const std::string& name, const fs::path& directory,
                                    const HeatmapOptions& options, const Rollouts& rollouts) {
  const OverlayOptions& overlay = options.figure.overlay;
  const bool rolled = rollouts.count > 0;
  const Caption sampled = rolled ? drawn_cells(caption, rollouts) : Caption{};
  OverlayOptions cells = overlay;
  cells.upsampling = Upsampling::nearest;
  const Image large = options.full_size ? photograph : shrink_to(photograph, options.word_side);
  const std::size_t T = caption.words.size();

  std::vector<Work> works;
  // The slowest files first, so that no thread is left with one at the end.
  if (options.animation) {
    works.push_back({"words.gif", [&] { return words_gif(large, caption, options); }});
  }
  for (const PictureFormat format : options.pictures) {
    works.push_back({std::string("figure.") + extension(format), [&, format] {
                       return encode_picture(draw_figure(large, caption, options.figure), format);
                     }});
  }
  if (options.page) {
    works.push_back({"index.html", [&] {
                       Page page = page_of(caption, name, overlay, rollouts);
                       page.index = options.index;
                       const std::string map = options.figure.map_name;
                       if (map != "attention") {
                         page.layers[0].name = map;
                         page.layers[0].meaning = "of the word’s " + map + " per cell";
                       }
                       return page_html(page, large);
                     }});
  }
  if (options.thumbnail) {
    works.push_back({kThumbnail, [&] { return thumbnail_of(large); }});
  }
  works.push_back({"attention.json", [&] { return attention_json(caption, name, rollouts); }});
  for (const PictureFormat format : options.pictures) {
    for (std::size_t i = 0; i < T; ++i) {
      fs::path file = fs::path("words") / word_file_name(i, T, caption.words[i].word, format);
      works.push_back({file, [&, i, format] {
                         return encode_picture(draw_word(large, caption, i, overlay, true), format);
                       }});
      if (!rolled) continue;
      file.replace_filename(file.stem().string() + "-cells." + extension(format));
      works.push_back({file, [&, i, format] {
                         return encode_picture(draw_word(large, sampled, i, cells, true), format);
                       }});
    }
  }

  OutputFolder folder(directory, {name});
  write_all(works, folder);
  folder.commit([&](const fs::path& file) { return is_word_picture(file, options.pictures); });
  std::vector<fs::path> written;
  for (const Work& work : works) written.push_back(directory / work.file);
  return written;
}

void require_heatmap_folder(const fs::path& directory, const std::string& name,
                            const HeatmapOptions& options) {
  require_replaceable(directory, fixed_names(options), {name});
}

}  // namespace saccade
