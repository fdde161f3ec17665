// Measures how well `saccade diagnose` finds planted mistakes, and whether its verdicts are valid:
//   verdicts_bench MODEL FLICKR8K [--every N] [--without-kinds] [--wordnet DIR]
// Mistakes are planted in dev captions (one noun or colour replaced, see planted_mistakes.h). The
// fit uses the images at even positions, and the tables those at odd positions.

#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>

#include <ATen/ATen.h>

#include "saccade/data/dataset_listing.h"
#include "saccade/explain/diagnose/suspicion.h"
#include "saccade/explain/diagnose/verdict_fit.h"
#include "saccade/model/bundle/bundle.h"

namespace {

using namespace saccade;

struct Half {
  Dataset images;
  std::vector<PlantedMistake> planted;
  std::vector<Diagnosis> diagnoses;
  EvidenceTable table;
};

Half ask_half(const WordAnalyzer& analyzer, const Captioner& captioner, const Dataset& dev,
              bool odd, std::size_t every) {
  Half half;
  half.images = half_of(dev, odd);
  for (const auto& mistake : plant_mistakes(half.images, captioner.bundle().vocabulary, 1, 1)) {
    if (mistake.image % every == 0) half.planted.push_back(mistake);
  }
  DiagnosisOptions options;
  options.blur = odd;
  const auto begin = std::chrono::steady_clock::now();
  half.diagnoses = analyze_planted(analyzer, captioner, half.images, half.planted, options,
                                   [&](std::size_t done, std::size_t of) {
                                     if (done % 50 == 0)
                                       std::fprintf(stderr, "%zu of %zu\n", done, of);
                                   });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%.2f s per sentence%s\n", took.count() / double(half.diagnoses.size()),
              odd ? "" : " without blurred pixels");
  half.table = evidence_table(half.planted, half.diagnoses);
  return half;
}

void print_row(const char* name, const std::vector<double>& scores, const EvidenceTable& table) {
  std::printf("| %-46s | %.3f | %4.1f %% |\n", name, auroc(scores, table.planted),
              100 * ranked_first(scores, table));
}

/// Prints the scores of one evidence feature by itself.
void print_alone(const char* name, const char* evidence, const Half& test) {
  const auto& names = evidence_names();
  const auto at = std::size_t(std::find(names.begin(), names.end(), evidence) - names.begin());
  std::vector<double> scores;
  for (const auto& row : test.table.rows) scores.push_back(row.at(at));
  print_row(name, scores, test.table);
}

/// Prints the scores of a regression over some evidence features, fitted on `fit`.
void print_fit(const char* name, const std::function<bool(const std::string&)>& takes,
               const Half& fit, const Half& test) {
  const auto cut = [&](const EvidenceTable& table) {
    std::vector<std::vector<double>> rows;
    for (const auto& row : table.rows) {
      rows.emplace_back();
      for (std::size_t f = 0; f < row.size(); ++f) {
        if (takes(evidence_names()[f])) rows.back().push_back(row[f]);
      }
    }
    return rows;
  };
  const auto regression = fit_logistic(cut(fit.table), fit.table.planted, 2);
  std::vector<double> scores;
  for (const auto& row : cut(test.table)) scores.push_back(regression.probability(row));
  print_row(name, scores, test.table);
}

void print_planted(const Half& fit, const Half& test, bool with_kinds) {
  std::printf(
      "\nPlanted mistakes: %zu sentences, %zu words analyzed; fitted on %zu others\n\n"
      "| evidence | AUROC per word | planted word first |\n| --- | --- | --- |\n",
      test.planted.size(), test.table.rows.size(), fit.planted.size());
  print_alone("log p alone", "surprise", test);
  print_alone("attention entropy alone", "entropy", test);
  print_alone("gain over no image alone", "loss_by_image", test);
  print_alone("margin to the best other word at the position", "any_place", test);
  if (with_kinds) {
    print_alone("the sentence with the best word of the kind", "kind_sentence", test);
    print_fit(
        "all but comparisons of words of one kind",
        [](const std::string& name) { return name.find("kind") == std::string::npos; }, fit, test);
  }
  print_fit(
      with_kinds ? "all: suspicion, as in diagnose" : "all, contrast words without kinds",
      [](const std::string&) { return true; }, fit, test);
}

void print_verdicts(const Half& fit, Half& test, const at::Tensor& mean) {
  const VerdictModel model = fit_verdict_model(fit.planted, fit.diagnoses, mean);
  std::printf(
      "\nVerdicts of original (not planted) words; decrease of log p in nats\n\n"
      "| verdict | words | region masked | another region masked | difference, 95 %% "
      "interval | region blurred |\n| --- | --- | --- | --- | --- | --- |\n");
  for (Diagnosis& diagnosis : test.diagnoses) classify(diagnosis, model);
  for (const Verdict verdict :
       {Verdict::seen, Verdict::language_prior, Verdict::misrecognised, Verdict::unsure}) {
    std::vector<const WordDiagnosis*> words;
    double blurred = 0;
    for (std::size_t s = 0; s < test.diagnoses.size(); ++s) {
      const auto& of_sentence = test.diagnoses[s].words;
      for (std::size_t t = 0; t < of_sentence.size(); ++t) {
        const WordDiagnosis& word = of_sentence[t];
        if (!was_analyzed(word) || t == test.planted[s].position || word.verdict != verdict)
          continue;
        words.push_back(&word);
        blurred += word.counterfactuals.log_p - word.counterfactuals.region_blurred;
      }
    }
    const MeanFall fall = mean_fall(words);
    std::printf("| %s | %zu | %.3f | %.3f | %.3f ± %.3f | %.3f |\n", to_string(verdict), fall.words,
                fall.region, fall.elsewhere, fall.difference, fall.half_width,
                words.empty() ? 0 : blurred / double(words.size()));
  }
  std::size_t planted_found = 0, planted_seen = 0;
  for (std::size_t s = 0; s < test.diagnoses.size(); ++s) {
    const WordDiagnosis& word = test.diagnoses[s].words[test.planted[s].position];
    planted_found += word.verdict == Verdict::misrecognised ? 1 : 0;
    planted_seen += word.verdict == Verdict::seen ? 1 : 0;
  }
  std::printf("\nOf the planted words, %.1f %% are misrecognised and %.1f %% seen.\n",
              100.0 * double(planted_found) / double(test.planted.size()),
              100.0 * double(planted_seen) / double(test.planted.size()));
  std::printf("Thresholds: misrecognised %.3f, seen %.3f, language prior %.3f\n",
              model.thresholds.misrecognised, model.thresholds.seen,
              model.thresholds.language_prior);
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t every = 1;
  bool with_kinds = true;
  std::string wordnet = "/usr/share/wordnet";
  for (int i = 3; i < argc; ++i) {
    if (std::strcmp(argv[i], "--without-kinds") == 0) with_kinds = false;
    if (std::strcmp(argv[i], "--every") == 0 && i + 1 < argc) every = std::stoul(argv[i + 1]);
    if (std::strcmp(argv[i], "--wordnet") == 0 && i + 1 < argc) wordnet = argv[i + 1];
  }
  if (argc < 3) {
    std::fprintf(stderr,
                 "usage: verdicts_bench MODEL FLICKR8K [--every N] [--without-kinds] "
                 "[--wordnet DIR]\n");
    return 2;
  }
  const Captioner captioner = Captioner::load(argv[1]);
  const Dataset dev = read_dataset({argv[2], {}, {}}, "dev");
  const at::Tensor mean = mean_annotation(captioner, read_dataset({argv[2], {}, {}}, "train"), 200);
  std::shared_ptr<const WordKinds> kinds;
  if (with_kinds) {
    kinds = std::make_shared<const WordKinds>(wordnet, captioner.bundle().vocabulary.words());
  }
  const WordAnalyzer analyzer(captioner, kinds, mean);
  const Half fit = ask_half(analyzer, captioner, dev, false, every);
  Half test = ask_half(analyzer, captioner, dev, true, every);
  print_planted(fit, test, with_kinds);
  print_verdicts(fit, test, mean);
  return 0;
}
