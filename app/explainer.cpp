#include "explainer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "saccade/caption/forced_decoding.h"
#include "saccade/explain/figure/figure.h"
#include "saccade/explain/figure/picture_file.h"
#include "saccade/explain/maps/word_maps.h"
#include "saccade/explain/page/page.h"
#include "saccade/explain/page/page_contents.h"
#include "saccade/image/image.h"
#include "saccade/io/base64.h"
#include "saccade/model/bundle/bundle.h"

#include "caption_lane.h"
#include "engine_options.h"
#include "result_json.h"

namespace saccade::app {
namespace {

using nlohmann::ordered_json;

constexpr int kShownSide = 1600;   // pixels of the photograph in an answer
constexpr int kShownQuality = 85;  // of its JPEG
constexpr std::int64_t kMostDraws = 16;

/// An image in a request, as the model and as a person see it.
class Subject {
 public:
  Subject(HttpRequest& http, const InputConfig& input)
      : request(read_image_request(http.content_type, std::move(http.body),
                                   parse_target(http.target).parameters)),
        parameters(request.parameters),
        input_(input),
        hidden_(parameters.numbers("hide", 4, 0, 1)) {
    if (!hidden_.empty() && (hidden_[0] >= hidden_[2] || hidden_[1] >= hidden_[3])) {
      throw RequestError(400, "bad_parameter",
                         "the parameter \"hide\" is an empty rectangle; expected x0,y0,x1,y1 with "
                         "x0 < x1 and y0 < y1");
    }
  }

  Image for_model() const { return covered(decode_request(request, &input_)); }
  Image for_people() const { return shrink_to(covered(decode_request(request)), kShownSide); }
  const std::vector<double>& hidden() const { return hidden_; }

  ImageRequest request;
  ParameterReader parameters;

 private:
  /// The image with the hidden rectangle in the mean color, which the encoder reads as 0.
  Image covered(Image image) const {
    if (hidden_.empty()) return image;
    const auto pixel = [](double share, int size) {
      return std::clamp(int(std::lround(share * size)), 0, size);
    };
    const int x0 = pixel(hidden_[0], image.width), x1 = pixel(hidden_[2], image.width);
    const int y0 = pixel(hidden_[1], image.height), y1 = pixel(hidden_[3], image.height);
    for (int y = y0; y < y1; ++y) {
      std::uint8_t* row = image.rgb.data() + std::size_t(y) * std::size_t(image.width) * 3;
      for (int x = x0; x < x1; ++x) {
        for (int c = 0; c < 3; ++c) {
          row[3 * x + c] =
              static_cast<std::uint8_t>(std::lround(255 * input_.mean[std::size_t(c)]));
        }
      }
    }
    return image;
  }

  const InputConfig& input_;
  const std::vector<double> hidden_;
};

TokenizedSentence sentence_of(const std::string& text, const Captioner& captioner) {
  try {
    return read_sentence(text, captioner.bundle().vocabulary);
  } catch (const std::invalid_argument& error) {
    throw RequestError(400, "bad_caption", error.what());
  }
}

MapKind map_parameter(ParameterReader& parameters) {
  return map_kind_from_string(parameters.choice("map", map_kind_names(), "alpha"));
}

/// What a page shows, without its settings.
ordered_json shown_json(const Page& page) {
  ordered_json json = page_json(page);
  for (const char* key : {"options", "colors", "index"}) json.erase(key);
  return json;
}

std::string picture_uri(const Image& photograph) {
  return "data:image/jpeg;base64," +
         encode_base64(encode_picture(photograph, PictureFormat::jpeg, kShownQuality));
}

}  // namespace

Explainer::Explainer(const Captioner& captioner, std::shared_ptr<const WordKinds> kinds,
                     VerdictModel verdicts)
    : captioner_(captioner),
      verdicts_(std::move(verdicts)),
      analyzer_(captioner, std::move(kinds), mean_annotation_of(verdicts_)) {}

HttpResponse Explainer::explain(HttpRequest& http) const {
  Subject subject(http, captioner_.bundle().config.input);
  ParameterReader& parameters = subject.parameters;
  const CaptionOptions search = read_caption_parameters(parameters, captioner_).options;
  const std::string text = parameters.text("caption");
  const MapKind kind = map_parameter(parameters);
  const std::string format = parameters.choice("format", {"json", "page", "figure"}, "json");
  const bool photograph = parameters.flag("photograph");
  const bool verdicts = parameters.flag("verdicts");
  FigureOptions figure;
  figure.overlay.color_map =
      color_map_from_string(parameters.choice("color_map", color_map_names(), "inferno"));
  parameters.finish();

  const Image image = subject.for_model();
  Caption caption;
  TokenizedSentence sentence;
  if (text.empty()) {
    caption = captioner_.caption({image}, search).front().front();
    sentence = read_sentence(caption, captioner_.bundle().vocabulary);
  } else {
    sentence = sentence_of(text, captioner_);
    ScoreOptions options;
    options.alternatives = kListedAlternatives;
    caption = score_sentence(captioner_, image, sentence, options);
  }
  Page page = page_of(caption, subject.request.name, figure.overlay);
  if (verdicts) {
    Diagnosis diagnosis = analyzer_.analyze(image, sentence);
    classify(diagnosis, verdicts_);
    page = page_of(diagnosis, subject.request.name, figure.overlay);
  }
  const bool mapped = kind != MapKind::alpha && !caption.words.empty();
  if (format == "figure") {
    if (mapped) {
      show_maps(captioner_, image, caption, kind);
      figure.map_name = to_string(kind);
    }
    return {200,
            encode_picture(draw_figure(subject.for_people(), caption, figure), PictureFormat::png),
            "image/png",
            {}};
  }
  if (mapped) {
    add_map_layer(page, to_string(kind), word_maps(captioner_, image, caption, kind));
  }
  if (format == "page") {
    return {200, page_html(page, subject.for_people()), "text/html; charset=utf-8", {}};
  }
  ordered_json json{
      {"image", subject.request.name},
      {"caption", caption.text},
      {"log_prob", caption.log_prob},
      {"finished", caption.finished},
      {"confidence", caption.confidence ? ordered_json(*caption.confidence) : ordered_json()}};
  json.update(shown_json(page));
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    json["words"][t]["log_p"] = caption.words[t].log_p;
    json["words"][t]["known"] = sentence.known(t);
  }
  json["hidden"] = subject.hidden();
  if (photograph) json["photograph"] = picture_uri(subject.for_people());
  return {200, json_line(json), "application/json", {}};
}

HttpResponse Explainer::diagnose(HttpRequest& http) const {
  Subject subject(http, captioner_.bundle().config.input);
  ParameterReader& parameters = subject.parameters;
  const CaptionOptions search = read_caption_parameters(parameters, captioner_).options;
  const std::string text = parameters.text("caption");
  DiagnosisOptions options;
  options.draws = parameters.integer("draws", 1, kMostDraws, options.draws);
  options.seed = static_cast<std::uint64_t>(parameters.integer("seed", 0, 1'000'000'000, 1));
  parameters.finish();

  const Image image = subject.for_model();
  const TokenizedSentence sentence =
      text.empty() ? read_sentence(captioner_.caption({image}, search).front().front(),
                                   captioner_.bundle().vocabulary)
                   : sentence_of(text, captioner_);
  Diagnosis diagnosis = analyzer_.analyze(image, sentence, options);
  classify(diagnosis, verdicts_);
  return {200, json_line(diagnosis_json(diagnosis, subject.request.name)), "application/json", {}};
}

HttpResponse Explainer::score(HttpRequest& http) const {
  Subject subject(http, captioner_.bundle().config.input);
  ParameterReader& parameters = subject.parameters;
  const TokenizedSentence sentence = sentence_of(parameters.text("caption"), captioner_);
  const MapKind kind = map_parameter(parameters);
  parameters.finish();

  const Image image = subject.for_model();
  Caption caption = score_sentence(captioner_, image, sentence);
  std::vector<double> correlations;
  if (kind != MapKind::alpha) correlations = show_maps(captioner_, image, caption, kind);
  return {200,
          json_line(score_json(subject.request.name, sentence, caption, kind, correlations)),
          "application/json",
          {}};
}

}  // namespace saccade::app
