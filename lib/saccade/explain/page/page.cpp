#include "saccade/explain/page/page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "saccade/explain/figure/picture_file.h"
#include "saccade/explain/page/html.h"

namespace saccade {
namespace {

using nlohmann::ordered_json;

constexpr int kPhotographSide = 1600;  // pixels
constexpr int kPhotographQuality = 85;

/// Rounds to six significant digits of the map's maximum: finer differences are not visible.
ordered_json map_json(const std::vector<float>& map, const Page& page, const std::string& word) {
  if (std::int64_t(map.size()) != page.grid.cells()) {
    throw std::invalid_argument("the map of \"" + word + "\" does not match the page's grid");
  }
  const float maximum = *std::max_element(map.begin(), map.end());
  const double unit =
      maximum > 0 ? std::pow(10.0, std::floor(std::log10(double(maximum))) - 5) : 1.0;
  ordered_json values = ordered_json::array();
  for (const float value : map) {
    // Through a decimal text with few digits, to keep the file small.
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", std::round(double(value) / unit) * unit);
    values.push_back(std::stod(text));
  }
  return values;
}

ordered_json alternative_json(const PageAlternative& other, const Page& page) {
  ordered_json json{{"word", other.word}, {"p", other.p}};
  if (!other.map.empty()) {
    json["map"] = map_json(other.map, page, other.word);
    json["map_meaning"] = other.map_meaning;
  }
  return json;
}

ordered_json word_json(const PageWord& word, const Page& page) {
  ordered_json json{{"word", word.word},
                    {"p", word.p},
                    {"gate", word.gate},
                    {"entropy", word.entropy},
                    {"cell", word.cell},
                    {"maps", ordered_json::array()},
                    {"alternatives", ordered_json::array()},
                    {"evidence", word.evidence}};
  if (word.maps.empty() || word.maps.front().empty() || word.maps.size() > page.layers.size()) {
    throw std::invalid_argument("\"" + word.word + "\" needs a map for the first of the page's " +
                                std::to_string(page.layers.size()) +
                                " map layers, and at most one map per layer");
  }
  for (const auto& map : word.maps) {
    json["maps"].push_back(map.empty() ? ordered_json::array() : map_json(map, page, word.word));
  }
  for (const PageAlternative& other : word.alternatives) {
    json["alternatives"].push_back(alternative_json(other, page));
  }
  if (word.verdict) {
    json["verdict"] = {{"name", word.verdict->name},
                       {"tone", tone_name(word.verdict->tone)},
                       {"explanation", word.verdict->explanation}};
  }
  if (word.suspicion) json["suspicion"] = *word.suspicion;
  return json;
}

ordered_json colors_json() {
  ordered_json json;
  for (const std::string& name : color_map_names()) {
    std::string bytes;
    for (const Color& color : color_table(color_map_from_string(name))) {
      bytes.append(color.begin(), color.end());
    }
    json[name] = base64(bytes);
  }
  return json;
}

}  // namespace

ordered_json page_json(const Page& page) {
  const Placement& place = page.placement;
  ordered_json json{{"width", place.original_width},
                    {"height", place.original_height},
                    {"grid", {page.grid.rows, page.grid.cols}},
                    {"placement",
                     {{"input_size", place.input_size},
                      {"scale_x", place.scale_x},
                      {"scale_y", place.scale_y},
                      {"offset_x", place.offset_x},
                      {"offset_y", place.offset_y}}},
                    {"options",
                     {{"upsampling", to_string(page.overlay.upsampling)},
                      {"colorMap", to_string(page.overlay.color_map)},
                      {"opacity", page.overlay.opacity},
                      {"contour", page.overlay.contour}}},
                    {"layers", ordered_json::array()},
                    {"words", ordered_json::array()},
                    {"notes", page.notes},
                    {"index", page.index},
                    {"colors", colors_json()}};
  for (const MapLayer& layer : page.layers) {
    json["layers"].push_back(
        {{"name", layer.name}, {"meaning", layer.meaning}, {"share", layer.share}});
  }
  for (const PageWord& word : page.words) json["words"].push_back(word_json(word, page));
  return json;
}

const char* tone_name(PageVerdict::Tone tone) {
  switch (tone) {
    case PageVerdict::Tone::good:
      return "good";
    case PageVerdict::Tone::doubtful:
      return "doubtful";
    case PageVerdict::Tone::bad:
      return "bad";
    case PageVerdict::Tone::unsure:
      return "unsure";
  }
  throw std::invalid_argument("unknown PageVerdict::Tone");
}

std::string page_html(const Page& page, const Image& photograph) {
  if (page.layers.empty()) throw std::invalid_argument("a page needs at least one map layer");
  const std::string style(kPageStyle), script(kPageScript);
  const std::string picture = encode_picture(shrink_to(photograph, kPhotographSide),
                                             PictureFormat::jpeg, kPhotographQuality);
  const std::string caption = page.caption.empty() ? "(no words)" : page.caption;
  return fill_template(kPageTemplate, {{"policy", page_policy(style, script, "data:")},
                                       {"title", escape_html(caption + " · " + page.name)},
                                       {"name", escape_html(page.name)},
                                       {"caption", escape_html(caption)},
                                       {"alt", escape_html("Photograph: " + caption)},
                                       {"photograph", "data:image/jpeg;base64," + base64(picture)},
                                       {"style", style},
                                       {"data", json_for_html(page_json(page))},
                                       {"script", script}});
}

}  // namespace saccade
