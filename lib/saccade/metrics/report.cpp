#include "saccade/metrics/report.h"

#include <cstdarg>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "saccade/io/unicode.h"

namespace saccade {
namespace {

using nlohmann::ordered_json;

#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
std::string
format(const char* pattern, ...) {
  char buffer[256];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(buffer, sizeof buffer, pattern, arguments);
  va_end(arguments);
  return buffer;
}

std::string describe_source(const Report& report) {
  std::string text = "saccade " SACCADE_VERSION "\n";
  if (!report.hypotheses.empty()) text += "captions    " + report.hypotheses + '\n';
  if (!report.references.empty()) text += "references  " + report.references + '\n';
  for (const auto& [name, value] : report.settings) {
    text += name + std::string(name.size() < 11 ? 12 - name.size() : 1, ' ') + value + '\n';
  }
  text += "count       " + std::to_string(report.images) + " images, " +
          std::to_string(report.reference_count) + " references";
  if (report.without_reference + report.without_hypothesis > 0) {
    text += "; left out: " + std::to_string(report.without_reference) + " captions, " +
            std::to_string(report.without_hypothesis) + " images without caption";
  }
  text += "\ntokenizer   " + report.tokenizer + '\n';
  text += "CIDEr idf   from " +
          std::string(report.cider_from_file ? "a file over " : "the references of ") +
          std::to_string(report.cider_images) + " images\n";
  return text;
}

std::string describe_scores(const Report& report) {
  std::string text = format("%-32s %8s", "", "score");
  if (report.intervals) {
    text += format("   95 %% interval (bootstrap %zu, seed %llu)", report.resamples,
                   static_cast<unsigned long long>(report.seed));
  }
  text += '\n';
  for (std::size_t i = 0; i < kScoreCount; ++i) {
    if (i == kMeteorWn && !report.has_meteor) continue;
    text += format("%-32s %8.4f", kScoreNames[i], report.scores[i]);
    if (report.intervals) {
      text += format("   %.4f … %.4f", (*report.intervals)[i].low, (*report.intervals)[i].high);
    }
    text += '\n';
  }
  text += format("%-32s %8.4f\n", "brevity penalty", report.brevity_penalty);
  if (report.has_meteor) {
    text += "METEOR-wn has no paraphrase table: not comparable with published METEOR.\n";
  }
  return text;
}

std::string describe_diversity(const Diversity& diversity) {
  std::string text = format("%-32s %8lld of %lld\n", "distinct captions",
                            static_cast<long long>(diversity.distinct),
                            static_cast<long long>(diversity.captions));
  text += format("%-32s %8lld\n", "words used", static_cast<long long>(diversity.vocabulary));
  text += format("%-32s %8.2f\n", "mean length", diversity.mean_length);
  text += format("%-32s %8.4f\n", "self-BLEU-4", diversity.self_bleu);
  text += format("%-32s %7.2f%%\n", "end in a dangling word", 100 * diversity.dangling);
  text += format("%-32s %7.2f%%\n", "say a content word twice", 100 * diversity.repeating);
  if (diversity.in_training_set) {
    text +=
        format("%-32s %7.2f%%\n", "word for word in training", 100 * *diversity.in_training_set);
  }
  return text;
}

std::string describe_versus(const Report& report) {
  const Versus& versus = *report.versus;
  std::string text = "against " + versus.hypotheses + '\n';
  text += format("%-32s %8s %10s   %-20s %s\n", "", "its", "difference", "95 % interval", "p");
  for (std::size_t i = 0; i < kScoreCount; ++i) {
    if (i == kMeteorWn && !report.has_meteor) continue;
    const Interval& interval = versus.comparison.interval[i];
    text += format("%-32s %8.4f %+10.4f   %+.4f … %+.4f    %.4f\n", kScoreNames[i],
                   versus.scores[i], versus.comparison.difference[i], interval.low, interval.high,
                   versus.comparison.p_value[i]);
  }
  return text;
}

/// Scores, intervals or p-values as an object with one key per score.
template <typename Value>
ordered_json by_name(bool has_meteor, const Value& value) {
  const auto four = [&](std::size_t first) {
    ordered_json list = ordered_json::array();
    for (std::size_t i = first; i < first + kMaxOrder; ++i) list.push_back(value(i));
    return list;
  };
  return {{"bleu", four(kBleu1)},
          {"bleu_without_brevity_penalty", four(kBleu1WithoutPenalty)},
          {"rouge_l", value(kRougeL)},
          {"cider", value(kCider)},
          {"meteor_wn", has_meteor ? value(kMeteorWn) : ordered_json()}};
}

ordered_json diversity_json(const Diversity& diversity) {
  ordered_json json = {{"distinct", diversity.distinct},       {"vocabulary", diversity.vocabulary},
                       {"mean_length", diversity.mean_length}, {"self_bleu", diversity.self_bleu},
                       {"dangling", diversity.dangling},       {"repeating", diversity.repeating}};
  json["in_training_set"] =
      diversity.in_training_set ? ordered_json(*diversity.in_training_set) : ordered_json();
  return json;
}

}  // namespace

std::string render_text(const Report& report) {
  std::string text = describe_source(report) + '\n' + describe_scores(report) + '\n' +
                     describe_diversity(report.diversity);
  if (report.versus) text += '\n' + describe_versus(report);
  return text;
}

ordered_json render_json(const Report& report) {
  const auto interval_json = [](const Interval& interval) {
    return ordered_json::array({interval.low, interval.high});
  };
  ordered_json json =
      by_name(report.has_meteor, [&](std::size_t i) { return ordered_json(report.scores[i]); });
  json["count"] = report.images;
  json["reference_count"] = report.reference_count;
  json["without_reference"] = report.without_reference;
  json["without_hypothesis"] = report.without_hypothesis;
  json["brevity_penalty"] = report.brevity_penalty;
  json["version"] = SACCADE_VERSION;
  json["tokenizer"] = report.tokenizer;
  json["hypotheses"] = path_text(report.hypotheses);
  json["references"] = path_text(report.references);
  json["cider_document_frequency"] = {{"images", report.cider_images},
                                      {"from_file", report.cider_from_file}};
  if (!report.settings.empty()) {
    ordered_json& settings = json["settings"] = ordered_json::object();
    for (const auto& [name, value] : report.settings) settings[name] = valid_utf8(value);
  }
  json["diversity"] = diversity_json(report.diversity);
  if (report.intervals) {
    json["bootstrap"] = {{"resamples", report.resamples}, {"seed", report.seed}, {"level", 0.95}};
    json["interval"] = by_name(
        report.has_meteor, [&](std::size_t i) { return interval_json((*report.intervals)[i]); });
  }
  if (report.versus) {
    const Versus& versus = *report.versus;
    const auto scores = [&](const Scores& values) {
      return by_name(report.has_meteor, [&](std::size_t i) { return ordered_json(values[i]); });
    };
    json["versus"] = {{"hypotheses", path_text(versus.hypotheses)},
                      {"scores", scores(versus.scores)},
                      {"difference", scores(versus.comparison.difference)},
                      {"interval", by_name(report.has_meteor,
                                           [&](std::size_t i) {
                                             return interval_json(versus.comparison.interval[i]);
                                           })},
                      {"p_value", scores(versus.comparison.p_value)}};
  }
  json["warnings"] = ordered_json::array();
  for (const std::string& warning : report.warnings) {
    json["warnings"].push_back(valid_utf8(warning));
  }
  return json;
}

}  // namespace saccade
