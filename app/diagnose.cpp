#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>

#include <ATen/ATen.h>

#include "saccade/explain/diagnosis_json.h"
#include "saccade/explain/interrogator.h"
#include "saccade/explain/page_index.h"
#include "saccade/explain/page_of_caption.h"
#include "saccade/explain/suspicion.h"
#include "saccade/explain/verdict_model.h"
#include "saccade/image/image.h"
#include "saccade/model/bundle.h"

#include "arguments.h"
#include "command.h"
#include "default_model.h"
#include "diagnose_pages.h"
#include "map_option.h"
#include "photograph.h"
#include "word_kinds.h"

namespace saccade::app {
namespace {

using Json = nlohmann::ordered_json;

/// --instead-of "bird=dog": a word of the sentence and another to be compared with it.
struct Comparison {
  std::string word, other;
};

Comparison parse_comparison(const std::string& text) {
  const auto equals = text.find('=');
  Comparison comparison{text.substr(0, equals),
                        equals == std::string::npos ? "" : text.substr(equals + 1)};
  if (comparison.word.empty() || comparison.other.empty()) {
    throw UsageError("option --instead-of is \"" + text +
                     "\", expected WORD=OTHER, e.g. \"bird=dog\"");
  }
  return comparison;
}

/// Both words' rows of the diagnosis: the given one, and the other as its rival.
const Rival& find_rival(const WordDiagnosis& word, const std::string& other) {
  const auto found = std::find_if(word.rivals.begin(), word.rivals.end(),
                                  [&](const Rival& rival) { return rival.word == other; });
  if (found == word.rivals.end()) throw std::logic_error("the asked rival was not followed");
  return *found;
}

void print_counterfactuals(const std::string& word, const Counterfactuals& asked, double sentence,
                           double sentence_no_image) {
  double elsewhere = 0;
  for (const double one : asked.elsewhere_masked) elsewhere += one;
  elsewhere /= double(std::max<std::size_t>(1, asked.elsewhere_masked.size()));
  std::printf("  %-14s %8.2f %8.2f %8.2f %8.2f %8.2f   %9.2f %9.2f\n", word.c_str(), asked.log_p,
              asked.region_masked, asked.region_blurred, elsewhere, asked.no_image, sentence,
              sentence_no_image);
}

void print_comparison(const Diagnosis& diagnosis, std::size_t place, const std::string& other) {
  const WordDiagnosis& word = diagnosis.words[place];
  const Rival& rival = find_rival(word, other);
  std::printf(
      "\n\"%s\" instead of \"%s\": log p of the word, and of the whole sentence\n"
      "  %-14s %8s %8s %8s %8s %8s   %9s %9s\n",
      other.c_str(), word.word.c_str(), "", "as it is", "hidden", "blurred", "others", "no image",
      "sentence", "no image");
  print_counterfactuals(word.word, word.asked, diagnosis.caption.log_prob,
                        diagnosis.log_prob_no_image);
  print_counterfactuals(other, rival.asked, rival.sentence_log_prob,
                        rival.sentence_log_prob_no_image);
}

void print_table(const Diagnosis& diagnosis) {
  std::printf("%s   (log p %.2f)\n\n%-14s %-14s %9s %7s   %s\n", diagnosis.caption.text.c_str(),
              diagnosis.caption.log_prob, "word", "verdict", "suspicion", "log p",
              "evidence (nats)");
  for (const WordDiagnosis& word : diagnosis.words) {
    if (!word.known) {
      std::printf("%-14s %-14s %9s %7.2f   unknown to this model: it cannot be asked\n",
                  word.word.c_str(), "unknown", "", word.asked.log_p);
    } else if (was_asked(word)) {
      std::printf("%-14s %-14s %9.2f %7.2f   %s\n", word.word.c_str(), to_string(word.verdict),
                  word.suspicion, word.asked.log_p,
                  reason_of(word, diagnosis.caption.log_prob).c_str());
    }
  }
  std::printf("\n%s\n", kEvidenceNote);
  if (!diagnosis.fitted) {
    std::printf(
        "This model brings no verdicts fitted to it; general weights were used. "
        "`saccade model fit-verdicts` fits them.\n");
  }
}

/// Every word's map under another light, and how it agrees with attention.
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

/// Both words' maps at the place they compete for. α is there before the word is chosen, so it is
/// the same for both; what their log p hangs on is not.
Json comparison_json(const Captioner& captioner, const Image& photograph,
                     const Diagnosis& diagnosis, std::size_t place, const std::string& other,
                     MapKind kind) {
  if (kind == MapKind::alpha) kind = MapKind::gradient_input;
  Caption with_other = diagnosis.caption;
  with_other.words[place].word = other;
  const auto own = word_maps(captioner, photograph, diagnosis.caption, kind);
  const auto others = word_maps(captioner, photograph, with_other, kind);
  return {{"place", place},
          {"word", diagnosis.words[place].word},
          {"other", other},
          {"attention", diagnosis.caption.words[place].attention},
          {"map", to_string(kind)},
          {"word_map", own[place]},
          {"other_map", others[place]}};
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

void declare_diagnose(Arguments& arguments) {
  arguments.add()("image", "the photograph, or with --output a folder of them",
                  cxxopts::value<std::string>())(
      "o,output",
      "write the interactive page index.html into this folder; of a folder, a page for each "
      "photograph and a list, the most suspicious first",
      cxxopts::value<std::string>())("c,caption",
                                     "judge this sentence, not the model's own caption",
                                     cxxopts::value<std::string>())(
      "instead-of", "compare two words at the same place: WORD=OTHER, e.g. \"bird=dog\"",
      cxxopts::value<std::string>())("json", "one JSON object with every counterfactual's log p")(
      "draws", "regions elsewhere that are hidden for comparison",
      cxxopts::value<std::int64_t>()->default_value("4"))(
      "seed", "of these draws", cxxopts::value<std::uint64_t>()->default_value("1"));
  arguments.positional("image");
  add_map_option(arguments);
  add_word_kinds_options(arguments);
  arguments.add_model_options();
  arguments.add_search_options();
}

/// The other word's own map on the page, where two are compared: what its log p hangs on.
void add_comparison(Page& page, const Captioner& captioner, const Image& photograph,
                    const Diagnosis& diagnosis, std::size_t place, const std::string& other,
                    MapKind kind) {
  if (kind == MapKind::alpha) kind = MapKind::gradient_input;
  Caption with_other = diagnosis.caption;
  with_other.words[place].word = other;
  for (PageAlternative& alternative : page.words[place].alternatives) {
    if (alternative.word != other) continue;
    alternative.map = word_maps(captioner, photograph, with_other, kind)[place];
    alternative.map_meaning = std::string("what its log p hangs on (") + to_string(kind) + ")";
  }
}

void require_pages_alone(const Arguments& arguments) {
  if (!arguments.has("output")) {
    throw UsageError(
        "diagnose: the photographs of a folder are explained on pages; name a folder "
        "for them with --output");
  }
  for (const char* option : {"caption", "instead-of", "json"}) {
    if (arguments.has(option)) {
      throw UsageError(std::string("diagnose: --") + option +
                       " is about one photograph, not a folder of them");
    }
  }
}

}  // namespace

int run_diagnose(int argc, const char* const* argv) {
  Arguments arguments(
      "diagnose", "diagnose IMAGE",
      "Asks the model again about every word of a caption: with the place it looked at hidden, "
      "with other places hidden, without the image, and with other words in its place. Says of "
      "each whether it was seen, is a language prior (said whatever the image shows) or is "
      "probably misrecognised.",
      "saccade diagnose photo.jpg --caption \"a large white bird in a forest\"");
  declare_diagnose(arguments);
  if (!arguments.parse(argc, argv)) return 0;
  if (!arguments.has("image")) throw UsageError("diagnose: name a photograph");
  const auto path = arguments.get<std::string>("image");
  DiagnosisOptions options;
  options.draws = arguments.get<std::int64_t>("draws");
  options.seed = arguments.get<std::uint64_t>("seed");
  Arguments::require_range("draws", static_cast<double>(options.draws), 1, 100);
  const MapKind kind = map_option(arguments);
  std::optional<Comparison> comparison;
  if (arguments.has("instead-of")) {
    comparison = parse_comparison(arguments.get<std::string>("instead-of"));
  }

  const bool many = std::filesystem::is_directory(path);
  if (many) require_pages_alone(arguments);
  if (!many && arguments.has("output")) {
    require_page_folder(arguments.get<std::string>("output"), path);
  }
  const Image photograph = many ? Image{} : load_photograph(path);
  const auto folder = find_model(arguments.get<std::string>("model"));
  const VerdictModel verdicts = load_verdict_model(folder).value_or(default_verdict_model());
  const Captioner captioner = arguments.load_captioner();
  const Vocabulary& vocabulary = captioner.bundle().vocabulary;
  const Interrogator interrogator(captioner, load_word_kinds(arguments, vocabulary.words()),
                                  mean_annotation_of(verdicts));
  const auto enrich = [&](Page& page, const Image& image, const Diagnosis& found) {
    if (kind != MapKind::alpha && !found.caption.words.empty()) {
      add_light(page, to_string(kind), word_maps(captioner, image, found.caption, kind));
    }
  };
  if (many) {
    const CaptionOptions search = arguments.caption_options(captioner.bundle());
    const auto diagnose = [&](const Image& image) {
      const Caption caption = captioner.caption({image}, search).front().front();
      Diagnosis found = interrogator.ask(image, read_sentence(caption, vocabulary), options);
      judge(found, verdicts);
      return found;
    };
    return diagnose_folder(path, arguments.get<std::string>("output"), diagnose, enrich);
  }
  const GivenSentence sentence =
      arguments.has("caption")
          ? read_sentence(arguments.get<std::string>("caption"), vocabulary)
          : read_sentence(
                captioner.caption({photograph}, arguments.caption_options(captioner.bundle()))
                    .front()
                    .front(),
                vocabulary);
  if (comparison) options.also_ask = {{comparison->word, comparison->other}};
  Diagnosis diagnosis = interrogator.ask(photograph, sentence, options);
  judge(diagnosis, verdicts);

  std::size_t place = 0;
  if (comparison) {
    const auto found = std::find(sentence.words.begin(), sentence.words.end(), comparison->word);
    place = std::size_t(found - sentence.words.begin());
  }
  if (arguments.has("output")) {
    const auto enrich_one = [&](Page& page, const Image& image, const Diagnosis& found) {
      enrich(page, image, found);
      if (comparison) {
        add_comparison(page, captioner, image, found, place, comparison->other, kind);
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
          comparison_json(captioner, photograph, diagnosis, place, comparison->other, kind);
    }
    std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    return 0;
  }
  print_table(diagnosis);
  if (comparison) print_comparison(diagnosis, place, comparison->other);
  if (kind != MapKind::alpha) print_correlations(captioner, photograph, diagnosis, kind);
  return 0;
}

}  // namespace saccade::app
