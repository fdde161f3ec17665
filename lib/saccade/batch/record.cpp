#include "saccade/batch/record.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

#include "saccade/io/base64.h"
#include "saccade/io/csv.h"
#include "saccade/io/unicode.h"

namespace saccade {

namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void refuse_row() { throw std::invalid_argument("it is not a record of batch"); }

Json rounded_confidence(const Caption& caption) {
  return caption.confidence ? Json(rounded(*caption.confidence)) : Json();
}

/// The text of RecordOptions with the names replaced by what they stand for.
std::string filled_in(const std::string& text, const std::string& caption,
                      const std::filesystem::path& path) {
  const std::pair<const char*, std::string> values[] = {{"{caption}", caption},
                                                        {"{name}", path_text(path.filename())},
                                                        {"{stem}", path_text(path.stem())}};
  std::string filled;
  for (std::size_t at = 0; at < text.size();) {
    bool found = false;
    for (const auto& [name, value] : values) {
      if (found || text.compare(at, std::string(name).size(), name) != 0) continue;
      filled += value;
      at += std::string(name).size();
      found = true;
    }
    if (!found) filled += text[at++];
  }
  return filled;
}

void add_fields(const BatchRecord& record, const RecordOptions& options, Json& json) {
  const Caption& best = record.captions.front();
  const auto per_word = [&](auto value) {
    Json list = Json::array();
    for (const CaptionWord& word : best.words) list.push_back(value(word));
    return list;
  };
  if (options.words) json["words"] = per_word([](const CaptionWord& word) { return word.word; });
  if (options.p) json["p"] = per_word([](const CaptionWord& word) { return rounded(word.p()); });
  if (options.maps) {
    json["grid"] = {best.grid.rows, best.grid.cols};
    json["maps"] = per_word([](const CaptionWord& word) {
      Json map = Json::array();
      for (const float alpha : word.attention) map.push_back(rounded(alpha));
      return map;
    });
  }
  if (options.verdicts) {
    Json verdicts = Json::array(), suspicion = Json::array();
    for (const WordVerdict& word : record.verdicts) {
      const bool none = word.verdict.empty();
      verdicts.push_back(none ? Json() : Json(word.verdict));
      suspicion.push_back(none ? Json() : Json(rounded(word.suspicion)));
    }
    json["verdicts"] = std::move(verdicts);
    json["suspicion"] = std::move(suspicion);
  }
  if (!options.n_best) return;
  Json list = Json::array();
  for (const Caption& caption : record.captions) {
    list.push_back({{"caption", filled_in(options.text, caption.text, record.path)},
                    {"log_prob", rounded(caption.log_prob)},
                    {"confidence", rounded_confidence(caption)}});
  }
  json["n_best"] = std::move(list);
}

}  // namespace

bool is_unsure(const Caption& caption, double min_confidence) {
  return caption.confidence && *caption.confidence < min_confidence;
}

nlohmann::ordered_json confidence_json(const Caption& caption) {
  return caption.confidence ? Json(*caption.confidence) : Json();
}

double rounded(double value) {
  constexpr double kParts = 1e4;
  return std::round(value * kParts) / kParts + 0.0;  // -0 becomes 0
}

void set_fields(RecordOptions& options, const std::string& names) {
  for (std::size_t start = 0; start <= names.size();) {
    const std::size_t stop = std::min(names.find(',', start), names.size());
    const std::string name = names.substr(start, stop - start);
    start = stop + 1;
    if (name == "words") {
      options.words = true;
    } else if (name == "p") {
      options.p = true;
    } else if (name == "maps") {
      options.maps = true;
    } else if (name == "verdicts") {
      options.verdicts = true;
    } else if (name == "n_best") {
      options.n_best = true;
    } else if (name != "caption") {
      throw std::invalid_argument("unknown field \"" + name +
                                  "\"; expected caption, words, p, maps, verdicts and n_best, "
                                  "separated by commas");
    }
  }
}

std::string to_json_line(const BatchRecord& record, const RecordOptions& options) {
  Json json;
  json["image"] = path_text(record.path);
  if (json["image"] != record.path) json["image_bytes"] = encode_base64(record.path);
  if (!record.error.empty()) {
    json["error"] = valid_utf8(record.error);
    return json.dump();
  }
  const Caption& best = record.captions.at(0);
  const bool unsure = is_unsure(best, options.min_confidence);
  if (unsure) {
    json["caption"] = nullptr;
    json["unsure"] = true;
  } else {
    json["caption"] = filled_in(options.text, best.text, record.path);
    json["log_prob"] = rounded(best.log_prob);
  }
  json["confidence"] = rounded_confidence(best);
  if (!unsure) add_fields(record, options, json);
  if (!record.warning.empty()) json["warning"] = valid_utf8(record.warning);
  return json.dump();
}

std::string to_csv_row(const BatchRecord& record, const RecordOptions& options) {
  std::string caption, log_prob, confidence;
  if (record.error.empty()) {
    const Caption& best = record.captions.at(0);
    if (!is_unsure(best, options.min_confidence)) {
      caption = filled_in(options.text, best.text, record.path);
      log_prob = Json(rounded(best.log_prob)).dump();
    }
    if (best.confidence) confidence = Json(rounded(*best.confidence)).dump();
  }
  const std::string name = path_text(record.path);
  return csv_row({name, caption, log_prob, confidence, valid_utf8(record.warning),
                  valid_utf8(record.error), name == record.path ? "" : encode_base64(record.path)});
}

WrittenRow parse_json_line(const std::string& line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object() || !(json.contains("caption") || json.contains("error"))) refuse_row();
  const auto name = json.find("image"), bytes = json.find("image_bytes");
  if (name == json.end() || !name->is_string()) refuse_row();
  WrittenRow row{name->get<std::string>(), json.contains("error")};
  if (bytes == json.end()) return row;
  const auto path = bytes->is_string() ? decode_base64(bytes->get<std::string>()) : std::nullopt;
  if (!path) refuse_row();
  row.path = *path;
  return row;
}

WrittenRow parse_csv_row(const std::string& row) {
  constexpr std::size_t kColumns = 7, kError = 5, kBytes = 6;
  std::vector<std::string> fields;
  try {
    fields = parse_csv(row, "").front().fields;
  } catch (const std::runtime_error&) {
    refuse_row();
  }
  if (fields.size() != kColumns) refuse_row();
  const auto path = decode_base64(fields[kBytes]);
  if (!path) refuse_row();
  return {path->empty() ? fields.front() : *path, !fields[kError].empty()};
}

}  // namespace saccade
