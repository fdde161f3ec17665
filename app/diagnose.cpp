#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "saccade/batch/source.h"
#include "saccade/explain/diagnose/diagnosis.h"
#include "saccade/explain/diagnose/suspicion.h"
#include "saccade/explain/diagnose/verdict_model.h"
#include "saccade/explain/diagnose/word_analyzer.h"
#include "saccade/explain/page/page_contents.h"
#include "saccade/explain/page/page_index.h"
#include "saccade/image/image.h"
#include "saccade/io/error_text.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "engine_options.h"
#include "map_options.h"
#include "word_options.h"

namespace saccade::app {
namespace {

using Json = nlohmann::ordered_json;

/// The contrast word `other` in the diagnosis of `word`.
const ContrastWord& find_contrast(const WordDiagnosis& word, const std::string& other) {
  const auto found =
      std::find_if(word.contrasts.begin(), word.contrasts.end(),
                   [&](const ContrastWord& contrast) { return contrast.word == other; });
  if (found == word.contrasts.end()) throw std::logic_error("the contrast word was not analyzed");
  return *found;
}

void print_counterfactuals(const std::string& word, const Counterfactuals& counterfactuals,
                           double sentence, double sentence_no_image) {
  double elsewhere = 0;
  for (const double one : counterfactuals.elsewhere_masked) elsewhere += one;
  elsewhere /= double(std::max<std::size_t>(1, counterfactuals.elsewhere_masked.size()));
  std::printf("  %-14s %8.2f %8.2f %8.2f %8.2f %8.2f   %9.2f %9.2f\n", word.c_str(),
              counterfactuals.log_p, counterfactuals.region_masked, counterfactuals.region_blurred,
              elsewhere, counterfactuals.no_image, sentence, sentence_no_image);
}

void print_comparison(const Diagnosis& diagnosis, std::size_t position, const std::string& other) {
  const WordDiagnosis& word = diagnosis.words[position];
  const ContrastWord& contrast = find_contrast(word, other);
  std::printf(
      "\n\"%s\" instead of \"%s\": log p of the word and of the sentence\n"
      "  %-14s %8s %8s %8s %8s %8s   %9s %9s\n",
      other.c_str(), word.word.c_str(), "", "original", "masked", "blurred", "others", "no image",
      "sentence", "no image");
  print_counterfactuals(word.word, word.counterfactuals, diagnosis.caption.log_prob,
                        diagnosis.log_prob_no_image);
  print_counterfactuals(other, contrast.counterfactuals, contrast.sentence_log_prob,
                        contrast.sentence_log_prob_no_image);
}

void print_table(const Diagnosis& diagnosis) {
  std::printf("%s   (log p %.2f)\n\n%-14s %-14s %9s %7s   %s\n", diagnosis.caption.text.c_str(),
              diagnosis.caption.log_prob, "word", "verdict", "suspicion", "log p",
              "evidence (nats)");
  for (const WordDiagnosis& word : diagnosis.words) {
    if (!word.known) {
      std::printf("%-14s %-14s %9s %7.2f   not in the vocabulary, so not analyzed\n",
                  word.word.c_str(), "unknown", "", word.counterfactuals.log_p);
    } else if (was_analyzed(word)) {
      std::printf("%-14s %-14s %9.2f %7.2f   %s\n", word.word.c_str(), to_string(word.verdict),
                  word.suspicion, word.counterfactuals.log_p,
                  reason_of(word, diagnosis.caption.log_prob).c_str());
    }
  }
  std::printf("\n%s\n", kEvidenceNote);
  if (!diagnosis.fitted) {
    std::printf(
        "This model has no fitted verdicts; default weights were used. "
        "`saccade model fit-verdicts` fits them.\n");
  }
}

/// Adds each word's map of `kind` and its rank correlation with attention.
void add_maps(Json& json, const Captioner& captioner, const Image& photograph,
              const Diagnosis& diagnosis, MapKind kind) {
  Caption caption = diagnosis.caption;
  const auto correlations = show_maps(captioner, photograph, caption, kind);
  json["map"] = to_string(kind);
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    json["words"][t]["map"] = caption.words[t].attention;
    if (kind != MapKind::alpha) {
      json["words"][t]["rank_correlation_with_alpha"] = correlations[t];
    }
  }
}

/// The maps of both words at their position. α is computed before the word is chosen, so it is the
/// same for both; the saliency of their log p is not.
Json comparison_json(const Captioner& captioner, const Image& photograph,
                     const Diagnosis& diagnosis, std::size_t position, const std::string& other,
                     MapKind kind) {
  if (kind == MapKind::alpha) kind = MapKind::gradient_input;
  Caption with_other = diagnosis.caption;
  with_other.words[position].word = other;
  const auto own = word_maps(captioner, photograph, diagnosis.caption, kind);
  const auto others = word_maps(captioner, photograph, with_other, kind);
  return {{"place", position},
          {"word", diagnosis.words[position].word},
          {"other", other},
          {"attention", diagnosis.caption.words[position].attention},
          {"map", to_string(kind)},
          {"word_map", own[position]},
          {"other_map", others[position]}};
}

void print_correlations(const Captioner& captioner, const Image& photograph,
                        const Diagnosis& diagnosis, MapKind kind) {
  Caption caption = diagnosis.caption;
  const auto correlations = show_maps(captioner, photograph, caption, kind);
  std::printf("\nRank correlation of each word's %s map with its attention:\n", to_string(kind));
  for (std::size_t t = 0; t < correlations.size(); ++t) {
    std::printf("  %-14s %6.2f\n", caption.words[t].word.c_str(), correlations[t]);
  }
}

/// Adds the other word's saliency map to the page, if two words are compared.
void add_comparison(Page& page, const Captioner& captioner, const Image& photograph,
                    const Diagnosis& diagnosis, std::size_t position, const std::string& other,
                    MapKind kind) {
  if (kind == MapKind::alpha) kind = MapKind::gradient_input;
  Caption with_other = diagnosis.caption;
  with_other.words[position].word = other;
  for (PageAlternative& alternative : page.words[position].alternatives) {
    if (alternative.word != other) continue;
    alternative.map = word_maps(captioner, photograph, with_other, kind)[position];
    alternative.map_meaning = std::string("saliency of its log p (") + to_string(kind) + ")";
  }
}

void require_pages_alone(const Arguments& arguments) {
  if (!arguments.has("output")) {
    throw UsageError("diagnose: a folder of images needs --output DIR, the folder for their pages");
  }
  for (const char* option : {"caption", "instead-of", "json"}) {
    if (arguments.has(option)) {
      throw UsageError(std::string("diagnose: --") + option +
                       " needs a single image, not a folder of images");
    }
  }
}

using Diagnose = std::function<Diagnosis(const Image& photograph)>;
/// Adds to the page of a diagnosis: another map layer, the map of an alternative.
using Enrich = std::function<void(Page& page, const Image& photograph, const Diagnosis&)>;

Page enriched(const std::string& path, const Image& photograph, const Diagnosis& diagnosis,
              const Enrich& enrich) {
  Page page = page_of(diagnosis, path, OverlayOptions{});
  enrich(page, photograph, diagnosis);
  return page;
}

/// Writes the page of one image's diagnosis.
void write_diagnosis_page(const std::string& path, const Image& photograph,
                          const Diagnosis& diagnosis, const std::string& output,
                          const Enrich& enrich) {
  const auto file = write_page(enriched(path, photograph, diagnosis, enrich), photograph, output);
  std::cerr << "saccade: wrote " << one_line(file.string()) << '\n';
}

/// Diagnoses every image of a folder and writes their pages and an index. An image that cannot be
/// read is listed with the reason and does not stop the others.
/// @return the exit code, see exit_code
/// @throws std::runtime_error if the folder has no images
int diagnose_folder(const Arguments& arguments, const LoadOptions& reading,
                    const Diagnose& diagnose, const Enrich& enrich) {
  const auto source = arguments.get<std::string>("image");
  const auto output = arguments.get<std::string>("output");
  const std::vector<std::string> paths = list_images(source);
  if (paths.empty()) throw std::runtime_error("no images in \"" + source + "\"");
  PageIndex index(output, source, {paths.begin(), paths.end()});
  std::size_t failed = 0;
  for (const std::string& path : paths) {
    try {
      const Image photograph = load_photograph(path, reading);
      const Diagnosis diagnosis = diagnose(photograph);
      index.add(enriched(path, photograph, diagnosis, enrich), photograph);
      std::cout << one_line(path) << '\t' << diagnosis.caption.text << std::endl;
    } catch (...) {  // an unreadable image does not stop the others
      const std::string reason = current_error_text(path);
      std::cerr << "saccade: " << reason << '\n';
      index.add_failure(path, reason);
      ++failed;
    }
  }
  const auto file = index.finish();
  std::cerr << "saccade: wrote " << one_line(file.string()) << " with " << paths.size() - failed
            << " images";
  if (failed > 0) std::cerr << "; " << failed << " could not be diagnosed";
  std::cerr << '\n';
  return exit_code(arguments, static_cast<std::int64_t>(paths.size() - failed),
                   static_cast<std::int64_t>(failed));
}

}  // namespace

int run_diagnose(const Arguments& arguments) {
  const auto path = arguments.get<std::string>("image");
  DiagnosisOptions options;
  options.draws = arguments.get<std::int64_t>("draws");
  options.seed = arguments.get<std::uint64_t>("seed");
  const MapKind kind = map_option(arguments);
  const std::optional<Comparison> comparison = comparison_option(arguments);

  const LoadOptions reading = load_options(arguments);
  const bool many = std::filesystem::is_directory(path);
  if (many) require_pages_alone(arguments);
  if (!many && arguments.has("output")) {
    require_page_folder(arguments.get<std::string>("output"), path);
  }
  const Image photograph = many ? Image{} : load_photograph(path, reading);
  const auto folder = find_model(arguments.get<std::string>("model"));
  const VerdictModel verdicts = verdict_model_of(folder);
  const Captioner captioner = load_captioner(arguments);
  const Vocabulary& vocabulary = captioner.bundle().vocabulary;
  const WordAnalyzer analyzer(captioner, load_word_kinds(arguments, vocabulary.words()),
                              mean_annotation_of(verdicts));
  const auto enrich = [&](Page& page, const Image& image, const Diagnosis& found) {
    if (kind != MapKind::alpha && !found.caption.words.empty()) {
      add_map_layer(page, to_string(kind), word_maps(captioner, image, found.caption, kind));
    }
  };
  if (many) {
    const CaptionOptions search = caption_options(arguments, captioner.bundle());
    const auto diagnose = [&](const Image& image) {
      const Caption caption = captioner.caption({image}, search).front().front();
      Diagnosis found = analyzer.analyze(image, read_sentence(caption, vocabulary), options);
      classify(found, verdicts);
      return found;
    };
    return diagnose_folder(arguments, reading, diagnose, enrich);
  }
  const TokenizedSentence sentence =
      arguments.has("caption")
          ? read_sentence(arguments.get<std::string>("caption"), vocabulary)
          : read_sentence(
                captioner.caption({photograph}, caption_options(arguments, captioner.bundle()))
                    .front()
                    .front(),
                vocabulary);
  if (comparison) options.requested = {{comparison->word, comparison->other}};
  Diagnosis diagnosis = analyzer.analyze(photograph, sentence, options);
  classify(diagnosis, verdicts);

  std::size_t position = 0;
  if (comparison) {
    const auto found = std::find(sentence.words.begin(), sentence.words.end(), comparison->word);
    position = std::size_t(found - sentence.words.begin());
  }
  if (arguments.has("output")) {
    const auto enrich_one = [&](Page& page, const Image& image, const Diagnosis& found) {
      enrich(page, image, found);
      if (comparison) {
        add_comparison(page, captioner, image, found, position, comparison->other, kind);
      }
    };
    write_diagnosis_page(path, photograph, diagnosis, arguments.get<std::string>("output"),
                         enrich_one);
  }
  if (arguments.has("json")) {
    Json json = diagnosis_json(diagnosis, path);
    if (arguments.has("map")) add_maps(json, captioner, photograph, diagnosis, kind);
    if (comparison) {
      json["comparison"] =
          comparison_json(captioner, photograph, diagnosis, position, comparison->other, kind);
    }
    std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    return 0;
  }
  print_table(diagnosis);
  if (comparison) print_comparison(diagnosis, position, comparison->other);
  if (kind != MapKind::alpha) print_correlations(captioner, photograph, diagnosis, kind);
  return 0;
}

}  // namespace saccade::app
