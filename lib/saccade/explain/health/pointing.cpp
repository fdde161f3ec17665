#include "saccade/explain/health/pointing.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <future>
#include <map>
#include <sstream>

#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/explain/figure/overlay.h"
#include "saccade/image/prepare.h"
#include "saccade/image/text.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/text/ptb_tokenizer.h"

namespace saccade {
namespace {

constexpr double kHalf = 0.5;  // minimum cover of the largest cell

using Indices = std::vector<std::size_t>;

/// Images prepared for the encoder.
struct PreparedBatch {
  at::Tensor pixels;
  std::vector<Placement> placements;
};

PreparedBatch prepare_batch(const Dataset& dataset, const Indices& images,
                            const InputConfig& input) {
  PreparedBatch batch;
  const std::int64_t S = input.size;
  batch.pixels = torch::empty({static_cast<std::int64_t>(images.size()), 3, S, S});
  float* out = batch.pixels.data_ptr<float>();
  for (const std::size_t image : images) {
    batch.placements.push_back(prepare_into(load_image(dataset.images[image].file), input, out));
    out += 3 * S * S;
  }
  return batch;
}

bool has_boxes(const std::vector<TokenPhrase>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [](const TokenPhrase& phrase) { return !phrase.boxes.empty(); });
}

/// The boxes on the encoder's input, without their scores.
std::vector<Box> boxes_on_input(const TokenPhrase& phrase, const Placement& placement) {
  std::vector<Box> boxes;
  for (Box box : phrase.boxes) {
    box.score = 1;
    if (const auto there = on_input(box, placement)) boxes.push_back(*there);
  }
  return boxes;
}

/// A phrase to measure, and the position of its head.
struct Asked {
  std::int64_t position = 0;  ///< index among the batch's time-major words
  PhrasePointing measured;
  std::vector<double> cover;  ///< L: the share of each cell that the boxes cover
};

void measure(const float* map, Asked& item) {
  const auto L = static_cast<std::int64_t>(item.cover.size());
  std::int64_t peak = 0;
  double entropy = 0;
  PhrasePointing& out = item.measured;
  for (std::int64_t i = 0; i < L; ++i) {
    if (map[i] > map[peak]) peak = i;
    const double share = map[i], cover = item.cover[static_cast<std::size_t>(i)];
    out.mass += share * cover;
    out.area += cover / static_cast<double>(L);
    if (share > 0) entropy -= share * std::log(share);
  }
  out.peak_inside = item.cover[static_cast<std::size_t>(peak)] >= kHalf;
  out.entropy = L > 1 ? entropy / std::log(static_cast<double>(L)) : 0;
}

/// The phrases of one batch of images.
class Questions {
 public:
  Questions(const Dataset& dataset, const DatasetPhrases& phrases, const Vocabulary& vocabulary,
            const Indices& images, const std::vector<Placement>& placements, const Grid& grid) {
    Targets targets;
    std::vector<std::pair<std::size_t, std::size_t>> captions;  // image of the batch, caption
    for (std::size_t b = 0; b < images.size(); ++b) {
      auto& own = targets.emplace_back();
      const CaptionedImage& image = dataset.images[images[b]];
      for (std::size_t k = 0; k < image.captions.size(); ++k) {
        if (!has_boxes(phrases.of[images[b]][k])) continue;
        own.push_back(vocabulary.encode(ptb_tokenize(image.captions[k])));
        own.back().push_back(Vocabulary::kEnd);
        captions.emplace_back(b, k);
      }
    }
    words_ = make_word_batch(targets);
    std::vector<std::int64_t> before{0};
    for (const std::int64_t rows : words_.inputs.rows) before.push_back(before.back() + rows);
    for (std::size_t r = 0; r < words_.given.size(); ++r) {
      const auto [b, k] = captions[static_cast<std::size_t>(words_.given[r])];
      const auto& of_caption = phrases.of[images[b]][k];
      for (std::size_t p = 0; p < of_caption.size(); ++p) {
        const auto boxes = boxes_on_input(of_caption[p], placements[b]);
        if (boxes.empty()) continue;
        const std::int64_t position = before[of_caption[p].end - 1] + static_cast<std::int64_t>(r);
        Asked& item = asked_.emplace_back();
        item.position = position;
        item.measured.image = images[b];
        item.measured.caption = k;
        item.measured.phrase = p;
        item.measured.type = of_caption[p].type;
        item.cover = cell_cover(boxes, grid);
      }
    }
    std::stable_sort(asked_.begin(), asked_.end(),
                     [](const Asked& a, const Asked& b) { return a.position < b.position; });
  }

  bool empty() const { return asked_.empty(); }

  void answer(const Bundle& bundle, const at::Tensor& pixels, const Features& features,
              MapKind kind, std::vector<PhrasePointing>& into) {
    std::vector<std::int64_t> positions;
    for (const Asked& item : asked_) positions.push_back(item.position);
    const at::Tensor maps = maps_of_positions(bundle, pixels, features, words_, positions, kind);
    for (std::size_t m = 0; m < asked_.size(); ++m) {
      measure(maps.data_ptr<float>() + static_cast<std::int64_t>(m) * maps.size(1), asked_[m]);
      into.push_back(asked_[m].measured);
    }
  }

 private:
  WordBatch words_;
  std::vector<Asked> asked_;
};

class Mean {
 public:
  void add(const PhrasePointing& phrase) {
    ++sums_.phrases;
    sums_.peak += phrase.peak_inside ? 1 : 0;
    sums_.mass += phrase.mass;
    sums_.area += phrase.area;
    sums_.entropy += phrase.entropy;
  }
  void add(const PointingMeans& means) {
    ++sums_.phrases;
    sums_.peak += means.peak;
    sums_.mass += means.mass;
    sums_.area += means.area;
    sums_.entropy += means.entropy;
  }
  PointingMeans value() const {
    PointingMeans means = sums_;
    if (means.phrases == 0) return means;
    for (double* x : {&means.peak, &means.mass, &means.area, &means.entropy}) {
      *x /= static_cast<double>(means.phrases);
    }
    return means;
  }

 private:
  PointingMeans sums_;
};

std::vector<std::string> types_of(const std::string& type) {
  std::vector<std::string> types;
  std::istringstream in(type);
  for (std::string one; std::getline(in, one, '/');) types.push_back(one);
  return types;
}

nlohmann::ordered_json to_json(const PointingMeans& means) {
  return {{"phrases", means.phrases},
          {"peak_in_box", means.peak},
          {"mass_in_box", means.mass},
          {"area_of_boxes", means.area},
          {"entropy", means.entropy}};
}

}  // namespace

std::vector<PhrasePointing> measure_pointing(const Bundle& bundle, const Dataset& dataset,
                                             const DatasetPhrases& phrases,
                                             const PointingOptions& options) {
  torch::NoGradGuard no_gradient;
  std::vector<Indices> batches;
  std::size_t all = 0;
  for (std::size_t i = 0; i < dataset.images.size(); ++i) {
    const auto& own = phrases.of.at(i);
    if (std::none_of(own.begin(), own.end(), has_boxes)) continue;
    if (all++ % static_cast<std::size_t>(options.batch_images) == 0) batches.emplace_back();
    batches.back().push_back(i);
  }
  const InputConfig& input = bundle.config.input;
  const auto prepare_ahead = [&](std::size_t n) {
    return std::async(std::launch::async,
                      [&, n] { return prepare_batch(dataset, batches[n], input); });
  };
  std::vector<PhrasePointing> measured;
  std::future<PreparedBatch> ahead;
  if (!batches.empty()) ahead = prepare_ahead(0);
  std::size_t done = 0;
  Encoder encoder = bundle.encoder;
  for (std::size_t n = 0; n < batches.size(); ++n) {
    const PreparedBatch batch = ahead.get();
    if (n + 1 < batches.size()) ahead = prepare_ahead(n + 1);
    const Features features = encoder->forward(batch.pixels);
    Questions questions(dataset, phrases, bundle.vocabulary, batches[n], batch.placements,
                        features.grid);
    if (!questions.empty()) {
      questions.answer(bundle, batch.pixels, features, options.map, measured);
    }
    done += batches[n].size();
    if (options.progress) options.progress(done, all);
  }
  return measured;
}

bool is_thing(const std::string& type) {
  const auto types = types_of(type);
  return std::none_of(types.begin(), types.end(),
                      [](const std::string& one) { return one == "scene" || one == "bodyparts"; });
}

PointingReport report_on(const std::vector<PhrasePointing>& phrases) {
  Mean all, things, mean_of_types;
  std::map<std::string, Mean> by_type;
  for (const PhrasePointing& phrase : phrases) {
    all.add(phrase);
    if (is_thing(phrase.type)) things.add(phrase);
    for (const std::string& type : types_of(phrase.type)) by_type[type].add(phrase);
  }
  PointingReport report;
  report.all = all.value();
  report.things = things.value();
  for (const auto& [type, mean] : by_type) {
    report.types.emplace_back(type, mean.value());
    if (is_thing(type)) mean_of_types.add(mean.value());
  }
  report.mean_of_types = mean_of_types.value();
  return report;
}

nlohmann::ordered_json to_json(const PointingReport& report) {
  nlohmann::ordered_json types = nlohmann::ordered_json::object();
  for (const auto& [type, means] : report.types) types[type] = to_json(means);
  nlohmann::ordered_json mean = to_json(report.mean_of_types);
  mean.erase("phrases");
  return {{"things", to_json(report.things)},
          {"all", to_json(report.all)},
          {"types", types},
          {"mean_of_types", mean}};
}

namespace {

constexpr int kSide = 300, kSpace = 24, kHeading = 60, kText = 52, kColumns = 4;
constexpr Color kOutline{60, 220, 255}, kPeakColor{255, 255, 255}, kText1{40, 40, 40};

void outline(Image& image, const Rect& rect, const Color& color, int width) {
  const int left = int(std::lround(rect.x)), top = int(std::lround(rect.y));
  const int right = int(std::lround(rect.x + rect.width)) - 1;
  const int bottom = int(std::lround(rect.y + rect.height)) - 1;
  for (int y = std::max(0, top); y <= std::min(image.height - 1, bottom); ++y) {
    for (int x = std::max(0, left); x <= std::min(image.width - 1, right); ++x) {
      const bool edge =
          x < left + width || x > right - width || y < top + width || y > bottom - width;
      if (!edge) continue;
      std::copy(color.begin(), color.end(),
                image.rgb.begin() + (std::ptrdiff_t(y) * image.width + x) * 3);
    }
  }
}

/// The map of a phrase's head over its image, with boxes and peak.
Image panel(const Bundle& bundle, const Dataset& dataset, const DatasetPhrases& phrases,
            const PhrasePointing& measured, MapKind kind) {
  const CaptionedImage& image = dataset.images[measured.image];
  const TokenPhrase& phrase = phrases.of[measured.image][measured.caption][measured.phrase];
  const Image photograph = load_image(image.file);
  const int S = bundle.config.input.size;
  const at::Tensor pixels = at::empty({1, 3, S, S});
  const Placement placement =
      prepare_into(photograph, bundle.config.input, pixels.data_ptr<float>());
  Encoder encoder = bundle.encoder;
  const Features features = encoder->forward(pixels);
  auto ids = bundle.vocabulary.encode(ptb_tokenize(image.captions[measured.caption]));
  ids.push_back(Vocabulary::kEnd);
  const at::Tensor map = maps_of_positions(bundle, pixels, features, make_word_batch({{ids}}),
                                           {static_cast<std::int64_t>(phrase.end) - 1}, kind);
  const std::vector<float> values(map.data_ptr<float>(), map.data_ptr<float>() + map.numel());
  const AttentionMap attention(values, features.grid, placement, Upsampling::gaussian);
  const double fitted = double(kSide) / std::max(photograph.width, photograph.height);
  const Image shown =
      resize_to(photograph, std::max(1, int(std::lround(photograph.width * fitted))),
                std::max(1, int(std::lround(photograph.height * fitted))));
  Image out = draw_overlay(shown, attention, {});
  const double across = out.width, down = out.height;
  for (const Box& box : phrase.boxes) {
    outline(out,
            {box.left * across, box.top * down, (box.right - box.left) * across,
             (box.bottom - box.top) * down},
            kOutline, 2);
  }
  const auto peak = std::max_element(values.begin(), values.end()) - values.begin();
  Rect cell =
      placement.cell_rect(features.grid, peak / features.grid.cols, peak % features.grid.cols);
  const double scale = across / photograph.width;
  for (double* x : {&cell.x, &cell.y, &cell.width, &cell.height}) *x *= scale;
  outline(out, cell, kPeakColor, 2);
  return out;
}

}  // namespace

Image draw_pointing(const Bundle& bundle, const Dataset& dataset, const DatasetPhrases& phrases,
                    const std::vector<PhrasePointing>& measured, MapKind map, std::size_t count,
                    const std::string& title) {
  at::NoGradGuard no_gradient;
  std::vector<const PhrasePointing*> things;
  for (const PhrasePointing& phrase : measured) {
    if (is_thing(phrase.type)) things.push_back(&phrase);
  }
  count = std::min(count, things.size());
  const int rows = (int(count) + kColumns - 1) / kColumns;
  Image figure;
  figure.width = kSpace + kColumns * (kSide + kSpace);
  figure.height = kHeading + kSpace + rows * (kText + kSide + kSpace);
  figure.rgb.assign(std::size_t(figure.width) * std::size_t(figure.height) * 3, 255);
  draw_text(figure, title, {22, true, kText1, 1, false},
            {kSpace, 18, figure.width - 2 * kSpace, 40});
  for (std::size_t n = 0; n < count; ++n) {
    const PhrasePointing& phrase = *things[(2 * n + 1) * things.size() / (2 * count)];
    const int x = kSpace + int(n) % kColumns * (kSide + kSpace);
    const int y = kHeading + int(n) / kColumns * (kText + kSide + kSpace);
    char figures[96];
    std::snprintf(figures, sizeof figures, "peak %s, mass %.0f %%, area %.0f %%",
                  phrase.peak_inside ? "inside" : "outside", 100 * phrase.mass, 100 * phrase.area);
    draw_text(figure, phrases.of[phrase.image][phrase.caption][phrase.phrase].text,
              {18, true, kText1, 1, false}, {x, y, kSide, 26});
    draw_text(figure, figures, {14, false, kText1, 1, false}, {x, y + 26, kSide, 22});
    const Image picture = panel(bundle, dataset, phrases, phrase, map);
    for (int row = 0; row < std::min(picture.height, kSide); ++row) {
      std::copy(picture.row(row), picture.row(row) + std::min(picture.width, kSide) * 3,
                figure.rgb.begin() + (std::ptrdiff_t(y + kText + row) * figure.width + x) * 3);
    }
  }
  return figure;
}

}  // namespace saccade
