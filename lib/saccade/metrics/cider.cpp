#include "saccade/metrics/cider.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
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

namespace {

constexpr double kSigma = 6;

}  // namespace

CiderScorer::CiderScorer(const std::vector<References>& references) {
  read(references);
  set_idf(count_images(), static_cast<std::int64_t>(images()));
}

CiderScorer::CiderScorer(const std::vector<References>& references,
                         const DocumentFrequency& frequency) {
  if (frequency.images() < 1)
    throw std::invalid_argument("CIDEr: the document frequency counts no images");
  read(references);
  set_idf(look_up(frequency), frequency.images());
}

void CiderScorer::read(const std::vector<References>& references) {
  if (references.empty())
    throw std::invalid_argument("CIDEr needs references of at least one image");
  for (const References& image : references) {
    if (image.empty()) throw std::invalid_argument("CIDEr needs at least one reference per image");
    first_reference_.push_back(static_cast<std::uint32_t>(sentences_.size()));
    for (const Tokens& tokens : image) {
      for (auto& order : by_order_) order.clear();
      ngrams_.add_all(words_.add_all(tokens), [this](std::size_t n, std::uint32_t number) {
        by_order_[n].push_back(number);
      });
      sentences_.push_back(append_counts(entries_));
    }
  }
  first_reference_.push_back(static_cast<std::uint32_t>(sentences_.size()));
}

std::vector<std::int64_t> CiderScorer::count_images() const {
  std::vector<std::int64_t> counts(ngrams_.size(), 0);
  std::vector<std::uint32_t> last_image(ngrams_.size(), FlatMap::kMissing);
  for (std::uint32_t image = 0; image < images(); ++image) {
    const std::uint32_t begin = sentences_[first_reference_[image]].first[0];
    const std::uint32_t end = sentences_[first_reference_[image + 1] - 1].first[kMaxOrder];
    for (std::uint32_t i = begin; i < end; ++i) {
      if (last_image[entries_[i].ngram] == image) continue;
      last_image[entries_[i].ngram] = image;
      ++counts[entries_[i].ngram];
    }
  }
  return counts;
}

std::vector<std::int64_t> CiderScorer::look_up(const DocumentFrequency& frequency) {
  std::vector<std::int64_t> counts(ngrams_.size(), 0);
  for (const auto& [ngram, count] : frequency.counts()) {
    std::istringstream words(ngram);
    std::string word;
    std::uint32_t number = FlatMap::kMissing;
    while (words >> word) number = ngrams_.add(number, words_.add(word));
    counts.resize(ngrams_.size(), 0);
    if (number != FlatMap::kMissing) counts[number] = count;
  }
  return counts;
}

void CiderScorer::set_idf(const std::vector<std::int64_t>& counts, std::int64_t images) {
  log_images_ = std::log(static_cast<double>(images));
  idf_.reserve(counts.size());
  for (const std::int64_t count : counts) {
    idf_.push_back(log_images_ - std::log(std::max(1.0, static_cast<double>(count))));
  }
  for (Sentence& sentence : sentences_) weigh(sentence, entries_);
}

CiderScorer::Sentence CiderScorer::append_counts(std::vector<Entry>& entries) {
  Sentence sentence;
  sentence.length = static_cast<double>(by_order_[1].size());
  for (std::size_t n = 0; n < kMaxOrder; ++n) {
    sentence.first[n] = static_cast<std::uint32_t>(entries.size());
    std::sort(by_order_[n].begin(), by_order_[n].end());
    for (const std::uint32_t ngram : by_order_[n]) {
      if (entries.size() > sentence.first[n] && entries.back().ngram == ngram) {
        ++entries.back().count;
      } else {
        entries.push_back({ngram, 1, 0});
      }
    }
  }
  sentence.first[kMaxOrder] = static_cast<std::uint32_t>(entries.size());
  return sentence;
}

void CiderScorer::weigh(Sentence& sentence, std::vector<Entry>& entries) const {
  for (std::size_t n = 0; n < kMaxOrder; ++n) {
    double squares = 0;
    for (std::uint32_t i = sentence.first[n]; i < sentence.first[n + 1]; ++i) {
      // An n-gram that is not in the references has document frequency 0.
      const double idf = entries[i].ngram < idf_.size() ? idf_[entries[i].ngram] : log_images_;
      entries[i].weight = static_cast<double>(entries[i].count) * idf;
      squares += entries[i].weight * entries[i].weight;
    }
    sentence.norm[n] = std::sqrt(squares);
  }
}

CiderScorer::Sentence CiderScorer::encode_hypothesis(const Tokens& hypothesis) {
  encoded_.clear();
  for (const std::string& token : hypothesis) {
    std::uint32_t word = words_.find(token);
    if (word == FlatMap::kMissing) {
      const auto next = static_cast<std::uint32_t>(words_.size() + unseen_words_.size());
      word = unseen_words_.emplace(token, next).first->second;
    }
    encoded_.push_back(word);
  }
  for (auto& order : by_order_) order.clear();
  for (std::size_t start = 0; start < encoded_.size(); ++start) {
    std::uint32_t number = FlatMap::kMissing;
    for (std::size_t n = 0; n < kMaxOrder && start + n < encoded_.size(); ++n) {
      const std::uint32_t prefix = number, word = encoded_[start + n];
      number = ngrams_.find(prefix, word);
      if (number == FlatMap::kMissing) {
        const auto next = static_cast<std::uint32_t>(ngrams_.size() + unseen_ngrams_.size());
        number = unseen_ngrams_.at_or_insert(NgramNumbers::key(prefix, word), next);
      }
      by_order_[n].push_back(number);
    }
  }
  scratch_.clear();
  Sentence sentence = append_counts(scratch_);
  if (!unseen_words_.empty()) unseen_words_.clear();
  unseen_ngrams_.clear();
  weigh(sentence, scratch_);
  return sentence;
}

double CiderScorer::similarity(const Sentence& hypothesis, const Sentence& reference) const {
  const double difference = hypothesis.length - reference.length;
  const double penalty = std::exp(-difference * difference / (2 * kSigma * kSigma));
  double sum = 0;
  for (std::size_t n = 0; n < kMaxOrder; ++n) {
    double dot = 0;
    std::uint32_t i = hypothesis.first[n], j = reference.first[n];
    while (i < hypothesis.first[n + 1] && j < reference.first[n + 1]) {
      const Entry& ours = scratch_[i];
      const Entry& theirs = entries_[j];
      if (ours.ngram == theirs.ngram) {
        dot += std::min(ours.weight, theirs.weight) * theirs.weight;
        ++i, ++j;
      } else if (ours.ngram < theirs.ngram) {
        ++i;
      } else {
        ++j;
      }
    }
    if (hypothesis.norm[n] != 0 && reference.norm[n] != 0) {
      dot /= hypothesis.norm[n] * reference.norm[n];
    }
    sum += dot * penalty;
  }
  return sum / kMaxOrder;
}

double CiderScorer::score(const Tokens& hypothesis, std::size_t image) {
  if (image >= images()) {
    throw std::out_of_range("CIDEr: image " + std::to_string(image) + " of " +
                            std::to_string(images()));
  }
  const Sentence ours = encode_hypothesis(hypothesis);
  const std::uint32_t begin = first_reference_[image], end = first_reference_[image + 1];
  double sum = 0;
  for (std::uint32_t i = begin; i < end; ++i) sum += similarity(ours, sentences_[i]);
  return 10 * sum / static_cast<double>(end - begin);
}

std::vector<double> cider_d(const std::vector<Tokens>& hypotheses,
                            const std::vector<References>& references,
                            const DocumentFrequency* frequency) {
  if (hypotheses.size() != references.size()) {
    throw std::invalid_argument("CIDEr needs one list of references per hypothesis; got " +
                                std::to_string(hypotheses.size()) + " hypotheses and " +
                                std::to_string(references.size()) + " lists");
  }
  CiderScorer scorer =
      frequency == nullptr ? CiderScorer(references) : CiderScorer(references, *frequency);
  std::vector<double> scores;
  scores.reserve(hypotheses.size());
  for (std::size_t i = 0; i < hypotheses.size(); ++i)
    scores.push_back(scorer.score(hypotheses[i], i));
  return scores;
}

std::string cider_warning(std::size_t images) {
  if (images <= 1) {
    return "CIDEr is 0 for every caption: with the references of one image, every idf is log 1 = "
           "0; "
           "score more images together or give a document-frequency file";
  }
  if (images < kFewImagesForCider) {
    return "CIDEr is based on the references of only " + std::to_string(images) +
           " images: its idf is coarse and the score is not comparable with other sets; with fewer "
           "than " +
           std::to_string(kFewImagesForCider) + " images, give a document-frequency file";
  }
  return "";
}

}  // namespace saccade
