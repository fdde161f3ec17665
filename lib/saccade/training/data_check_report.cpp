#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "saccade/io/unicode.h"
#include "saccade/training/data_check.h"

namespace saccade {
namespace {

constexpr std::size_t kShown = 5;

struct Finding {
  const char* key;    ///< in JSON
  const char* title;  ///< for people
  const std::vector<std::string>& messages;
};

std::vector<Finding> findings(const DataCheck& check) {
  return {{"malformed", "malformed lines or entries, skipped", check.malformed},
          {"empty_captions", "captions without a word, skipped", check.empty_captions},
          {"repeated", "repeated names in a list, skipped", check.repeated},
          {"no_caption", "images without a caption", check.no_caption},
          {"absent", "photographs that do not exist", check.absent},
          {"broken", "photographs that cannot be decoded", check.broken},
          {"overlaps", "photographs in two splits", check.overlaps},
          {"duplicates", "photographs twice in a split", check.duplicates}};
}

std::string formatted(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// 1234567 → 1,234,567
std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

using Row = std::vector<std::string>;

/// Prints aligned columns, the first left-aligned and the others right-aligned.
void print_table(std::ostream& out, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size(), ' ');
      out << (i == 0 ? row[i] + space : "   " + space + row[i]);
    }
    out << '\n';
  }
}

}  // namespace

std::string render_text(const DataCheck& check) {
  std::ostringstream out;
  std::vector<Row> rows{{"split", "images", "absent", "broken", "captions", "words: min", "median",
                         "max", "over " + std::to_string(check.options.max_words), "known"}};
  for (const SourceCheck& source : check.sources) {
    out << source.data << ": " << describe(source.format);
    if (check.sources.size() > 1) {
      out << ", \"" << source.name << "\", share " << formatted("%g", source.share);
    }
    out << '\n';
    for (const SplitCheck& split : source.splits) {
      const std::string name = split.name.empty() ? "(none)" : split.name;
      rows.push_back({check.sources.size() > 1 ? source.name + ", " + name : name,
                      grouped(split.images), grouped(split.absent), grouped(split.broken),
                      grouped(split.captions), grouped(split.shortest),
                      formatted("%g", split.median), grouped(split.longest),
                      formatted("%.2f %%", 100 * split.over_max_words),
                      formatted("%.2f %%", 100 * split.known)});
    }
  }
  out << '\n';
  print_table(out, rows);
  out << "\nVocabulary: " << grouped(static_cast<std::size_t>(check.vocabulary)) << " of "
      << grouped(static_cast<std::size_t>(check.distinct_words))
      << " words of the training captions occur at least "
      << std::to_string(check.options.min_count) << " times; \"known\" is their share of a split's "
      << "words.\n";
  for (const Finding& finding : findings(check)) {
    out << '\n' << grouped(finding.messages.size()) << ' ' << finding.title;
    out << (finding.messages.empty() ? "" : ":");
    for (std::size_t i = 0; i < std::min(kShown, finding.messages.size()); ++i) {
      out << "\n  " << finding.messages[i];
    }
    if (finding.messages.size() > kShown) {
      out << "\n  and " << grouped(finding.messages.size() - kShown)
          << " more; --json lists them all";
    }
  }
  out << "\n\n" << (check.can_train() ? "Training can start." : "Training cannot start:") << '\n';
  for (const std::string& obstacle : check.obstacles) out << "  " << obstacle << '\n';
  return out.str();
}

namespace {

nlohmann::ordered_json splits_json(const SourceCheck& source) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const SplitCheck& split : source.splits) {
    json[split.name] = {{"images", split.images},     {"absent", split.absent},
                        {"broken", split.broken},     {"captions", split.captions},
                        {"shortest", split.shortest}, {"median", split.median},
                        {"longest", split.longest},   {"over_max_words", split.over_max_words},
                        {"words", split.words},       {"known", split.known}};
  }
  return json;
}

}  // namespace

nlohmann::ordered_json render_json(const DataCheck& check) {
  const auto texts = [](const std::vector<std::string>& messages) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const std::string& message : messages) list.push_back(valid_utf8(message));
    return list;
  };
  nlohmann::ordered_json json;
  const SourceCheck& first = check.sources.front();
  if (check.sources.size() == 1) {
    json = {{"data", path_text(first.data)}, {"format", to_string(first.format)}};
  }
  json.update({{"can_train", check.can_train()},
               {"obstacles", texts(check.obstacles)},
               {"min_count", check.options.min_count},
               {"max_words", check.options.max_words},
               {"distinct_words", check.distinct_words},
               {"vocabulary", check.vocabulary}});
  if (check.sources.size() == 1) {
    json["splits"] = splits_json(first);
  } else {
    for (const SourceCheck& source : check.sources) {
      json["sources"].push_back({{"name", path_text(source.name)},
                                 {"data", path_text(source.data)},
                                 {"format", to_string(source.format)},
                                 {"share", source.share},
                                 {"splits", splits_json(source)}});
    }
  }
  for (const Finding& finding : findings(check)) json[finding.key] = texts(finding.messages);
  return json;
}

}  // namespace saccade
