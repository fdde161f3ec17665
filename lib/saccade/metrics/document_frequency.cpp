#include "saccade/metrics/document_frequency.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "saccade/io/durable_file.h"
#include "saccade/io/json.h"
#include "saccade/metrics/ngrams.h"

namespace saccade {
namespace {

constexpr const char* kFormat = "saccade-document-frequency";

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw std::runtime_error("document frequency file " + path.string() + ": " + what);
}

struct Header {
  std::int64_t images;
  std::size_t ngrams;
};

Header read_header(const std::filesystem::path& path, const std::string& line,
                   const std::string& tokenizer) {
  try {
    const auto header = nlohmann::json::parse(line);
    if (header.at("format") != kFormat || header.at("version") != 1) {
      refuse(path, "not a " + std::string(kFormat) + " file of version 1");
    }
    const auto made_with = header.at("tokenizer").get<std::string>();
    if (made_with != tokenizer) {
      refuse(path, "made with the tokenizer \"" + made_with +
                       "\", but the captions are tokenized with \"" + tokenizer +
                       "\"; create the file again with --tokenize " + tokenizer);
    }
    const Header result{header.at("images").get<std::int64_t>(),
                        header.at("ngrams").get<std::size_t>()};
    if (result.images < 1) refuse(path, "counts no images");
    return result;
  } catch (const nlohmann::json::exception& error) {
    refuse(path, "line 1 is not a valid header: " + json_reason(error));
  }
}

}  // namespace

DocumentFrequency::DocumentFrequency(const std::vector<References>& references)
    : images_(static_cast<std::int64_t>(references.size())) {
  std::unordered_set<std::string> seen;
  for (const References& image : references) {
    seen.clear();
    for (const Tokens& tokens : image) {
      for (std::size_t start = 0; start < tokens.size(); ++start) {
        std::string ngram;
        for (std::size_t n = 0; n < kMaxOrder && start + n < tokens.size(); ++n) {
          if (n > 0) ngram += ' ';
          ngram += tokens[start + n];
          seen.insert(ngram);
        }
      }
    }
    for (const std::string& ngram : seen) ++counts_[ngram];
  }
}

void DocumentFrequency::save(const std::filesystem::path& path,
                             const std::string& tokenizer) const {
  std::vector<const std::pair<const std::string, std::int64_t>*> sorted;
  sorted.reserve(counts_.size());
  for (const auto& entry : counts_) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->first < b->first; });
  const nlohmann::json header = {{"format", kFormat},
                                 {"version", 1},
                                 {"images", images_},
                                 {"ngrams", counts_.size()},
                                 {"tokenizer", tokenizer}};
  std::string text = header.dump() + '\n';
  for (const auto* entry : sorted) {
    text += std::to_string(entry->second) + '\t' + entry->first + '\n';
  }
  DurableFile file(path);
  file.write(text);
  file.commit();
}

DocumentFrequency DocumentFrequency::load(const std::filesystem::path& path,
                                          const std::string& tokenizer) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!file || !std::getline(file, line)) refuse(path, "cannot be read or is empty");
  const Header header = read_header(path, line, tokenizer);
  DocumentFrequency result;
  result.images_ = header.images;
  for (std::size_t number = 2; std::getline(file, line); ++number) {
    const std::size_t tab = line.find('\t');
    std::int64_t count = 0;
    const auto [end, error] =
        std::from_chars(line.data(), line.data() + std::min(tab, line.size()), count);
    if (tab == std::string::npos || error != std::errc() || end != line.data() + tab || count < 1 ||
        count > header.images || !result.counts_.emplace(line.substr(tab + 1), count).second) {
      refuse(path, "line " + std::to_string(number) +
                       " is not a count from 1 to the number of images, a tab and a new n-gram");
    }
  }
  if (result.counts_.size() != header.ngrams) {
    refuse(path, "contains " + std::to_string(result.counts_.size()) +
                     " n-grams, but its header says " + std::to_string(header.ngrams) +
                     "; it may be truncated");
  }
  return result;
}

}  // namespace saccade
