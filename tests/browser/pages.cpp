// Writes the pages for the browser tests: invented words, maps and verdicts over synthetic images,
// so that every part of a page is present and its expected content is known.

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "saccade/explain/figure/picture_file.h"
#include "saccade/explain/page/page.h"
#include "saccade/explain/page/page_index.h"
#include "saccade/image/prepare.h"
#include "saccade/io/staging_folder.h"

namespace fs = std::filesystem;

namespace {

using namespace saccade;

const std::string kEvil = "<img src=x onerror=\"document.title='broken in'\">.jpg";

void write_bytes(const fs::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  if (!(out << bytes).flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

Image noise_image(int width, int height, int seed = 0) {
  Image image;
  image.width = width;
  image.height = height;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.rgb.push_back(std::uint8_t(120 + 80 * std::sin(0.01 * x + seed)));
      image.rgb.push_back(std::uint8_t(140 + 70 * std::cos(0.013 * y + 2.0 * seed)));
      image.rgb.push_back(std::uint8_t(120 + 60 * std::sin(0.007 * (x + y) + seed)));
    }
  }
  return image;
}

/// A peak of attention around (row, col), with a little everywhere else.
std::vector<float> bump(const Grid& grid, double row, double col) {
  std::vector<float> map;
  double sum = 0;
  for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
    const auto cell_row = cell / grid.cols, cell_col = cell % grid.cols;
    const double down = double(cell_row) - row, across = double(cell_col) - col;
    map.push_back(float(0.02 + std::exp(-(down * down + across * across) / 4)));
    sum += map.back();
  }
  for (float& value : map) value = float(value / sum);
  return map;
}

PageWord word(const Page& page, const std::string& text, double p, double row, double col) {
  PageWord out;
  out.word = text;
  out.p = p;
  out.gate = 0.6;
  out.maps = {bump(page.grid, row, col)};
  for (const float a : out.maps[0]) out.entropy -= a * std::log(a);
  return out;
}

Page empty_page(const Image& photograph, const std::string& name, Fit fit) {
  Page page;
  page.name = name;
  page.grid = {14, 14};
  page.placement = prepare(photograph, {224, fit}).placement;
  page.layers = {{"attention α", "of the word’s attention per cell", true}};
  page.notes = {"Attention is evidence, not proof."};
  return page;
}

Page judged(const Image& photograph, const std::string& name, Fit fit = Fit::squash) {
  Page page = empty_page(photograph, name, fit);
  page.caption = "a large white bird standing in a forest";
  const double place[][2] = {{2, 2}, {3, 4}, {5, 6}, {6, 9}, {9, 9}, {11, 3}, {7, 7}, {12, 12}};
  const char* const texts[] = {"a", "large", "white", "bird", "standing", "in", "a", "forest"};
  for (std::size_t i = 0; i < 8; ++i) {
    page.words.push_back(word(page, texts[i], 0.9 - 0.1 * double(i), place[i][0], place[i][1]));
  }
  page.layers.push_back({"saliency", "of the gradient, at most 1", false});
  for (PageWord& each : page.words) each.maps.push_back(each.maps[0]);
  page.words[4].maps[1].clear();  // this word has no map in the layer
  using Tone = PageVerdict::Tone;
  PageWord& bird = page.words[3];
  bird.verdict = PageVerdict{"misrecognised", Tone::bad,
                             "The word depends on the photograph, but another word fits better."};
  bird.suspicion = 0.91;
  bird.alternatives = {{"dog", 0.61, bump(page.grid, 1, 12), "where hiding pixels lowers it most"},
                       {"bird", 0.6, {}, ""},
                       {"sheep", 0.05, {}, ""}};
  bird.evidence = {"p was 60 % with the whole photograph.", "Hidden: 5.0 %."};
  page.words[2].verdict = PageVerdict{"seen", Tone::good, "It hangs on its region."};
  page.words[2].suspicion = 0.1;
  page.words[4].verdict = PageVerdict{"unsure", Tone::unsure, "Nothing clear."};
  page.words[4].suspicion = 0.3;
  page.words[7].verdict = PageVerdict{"language prior", Tone::doubtful, "The words say it."};
  page.words[7].suspicion = 0.4;
  return page;
}

Page hostile(const Image& photograph) {
  Page page = judged(photograph, kEvil);
  const std::string text = "</script>" + kEvil;
  page.caption = text;
  page.words[0] = word(page, text, 0.5, 3, 3);
  page.words[0].maps.push_back({});
  page.words[0].alternatives = {{text, 0.4, {}, ""}};
  page.words[0].verdict = PageVerdict{text, PageVerdict::Tone::bad, text};
  page.words[0].suspicion = 1;
  page.words[0].evidence = {text};
  page.notes = {text};
  return page;
}

Page long_page(const Image& photograph) {
  Page page = empty_page(photograph, "long.jpg", Fit::squash);
  for (int i = 0; i < 200; ++i) {
    const std::string text = i % 9 == 4   ? "Donaudampfschifffahrtsgesellschaftskapitän"
                             : i % 7 == 3 ? "черепаха"
                                          : "dog";
    page.words.push_back(word(page, text, 0.5, i % 14, i % 11));
    page.caption += (i ? " " : "") + text;
  }
  return page;
}

void write_index(const fs::path& folder, int count) {
  PageIndex index(folder, "1,000 photographs & <more>");
  for (int i = 0; i < count; ++i) {
    const Image photograph = noise_image(400, i % 3 == 0 ? 300 : 500, i);
    Page page = judged(photograph, i == 500 ? kEvil : "photo-" + std::to_string(i) + ".jpg");
    page.words[3].suspicion = (i * 37 % 1000) / 1000.0 + 0.0005;
    for (std::size_t w : {2, 4, 7}) page.words[w].suspicion = 0.0;
    index.add(std::move(page), photograph);
  }
  index.add_failure("broken.jpg", "\"broken.jpg\" is cut off");
  index.finish();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 3) {
    throw std::invalid_argument("usage: browser_pages FOLDER [NUMBER OF IMAGES IN THE LIST]");
  }
  const fs::path folder = argv[1];
  make_folder(folder);
  const Image wide = noise_image(1200, 800), tall = noise_image(500, 1100),
              strip = noise_image(3000, 20);
  write_bytes(folder / "judged.html", page_html(judged(wide, "forest.jpg"), wide));
  write_bytes(folder / "cropped.html", page_html(judged(tall, "tall.jpg", Fit::center_crop), tall));
  write_bytes(folder / "padded.html", page_html(judged(wide, "padded.jpg", Fit::pad), wide));
  write_bytes(folder / "strip.html", page_html(judged(strip, "strip.jpg"), strip));
  write_bytes(folder / "hostile.html", page_html(hostile(wide), wide));
  write_bytes(folder / "long.html", page_html(long_page(wide), wide));
  Page none = empty_page(wide, "none.jpg", Fit::squash);
  write_bytes(folder / "none.html", page_html(none, wide));
  // The program's rendering of the same maps, for comparison with the page.
  for (const auto upsampling : {Upsampling::gaussian, Upsampling::bilinear, Upsampling::nearest}) {
    const Page page = judged(wide, "forest.jpg");
    const AttentionMap map(page.words[3].maps[0], page.grid, page.placement, upsampling);
    Image square = noise_image(224, 224);
    write_bytes(folder / (std::string(to_string(upsampling)) + ".png"),
                encode_picture(draw_overlay(square, map, {upsampling, ColorMap::viridis, 1.0}),
                               PictureFormat::png));
  }
  write_index(folder / "folder", argc == 3 ? std::stoi(argv[2]) : 1000);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "browser_pages: " << error.what() << '\n';
  return 1;
}
