#include "saccade/training/data_check.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "saccade/image/image.h"
#include "saccade/io/error_text.h"
#include "saccade/io/sha256.h"
#include "saccade/io/unicode.h"
#include "saccade/text/ptb_tokenizer.h"
#include "saccade/text/vocabulary.h"
#include "saccade/training/training_vocabulary.h"

namespace saccade {
namespace {

/// The digest of an image file, and the reason if it cannot be decoded.
struct ImageCheck {
  std::string digest, error;
};

ImageCheck check_image(const std::filesystem::path& path) {
  ImageCheck check;
  try {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("it cannot be opened for reading");
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
    check.digest =
        sha256(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    decode_image(bytes, path.string());
  } catch (...) {
    check.error = current_error_text(path.string());
  }
  return check;
}

/// Checks all existing images, in threads. Absent images get an empty digest.
std::vector<ImageCheck> check_images(const std::vector<ListedImage>& images,
                                     const DataCheckOptions& options) {
  std::vector<ImageCheck> checks(images.size());
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::size_t done = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < images.size() && !stop; i = next++) {
      if (images[i].present) checks[i] = check_image(images[i].image.file);
      const std::lock_guard lock(mutex);
      ++done;
      if (options.progress) options.progress(done, images.size());
      if (options.should_stop && options.should_stop()) stop = true;
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min(options.threads, images.size()); ++i) {
    threads.emplace_back(work);
  }
  work();
  for (std::thread& thread : threads) thread.join();
  if (stop) throw std::runtime_error("the check was stopped");
  return checks;
}

using Tokens = std::vector<std::string>;

/// The images of all sources, concatenated.
std::vector<ListedImage> images_of(const std::vector<MixtureSource>& sources) {
  std::vector<ListedImage> images;
  for (const MixtureSource& source : sources) {
    images.insert(images.end(), source.listing.images.begin(), source.listing.images.end());
  }
  return images;
}

/// Tokenizes the captions of each image. Captions without a word are dropped and reported.
std::vector<std::vector<Tokens>> tokenize(const std::vector<ListedImage>& images,
                                          DataCheck& check) {
  std::vector<std::vector<Tokens>> captions;
  for (const ListedImage& listed : images) {
    auto& words = captions.emplace_back();
    for (const std::string& text : listed.image.captions) {
      Tokens tokens = ptb_tokenize(text);
      if (tokens.empty()) {
        check.empty_captions.push_back(listed.where + ": a caption of " + listed.image.name +
                                       " contains no word");
      } else {
        words.push_back(std::move(tokens));
      }
    }
    if (words.empty() && !listed.image.captions.empty()) {
      check.no_caption.push_back(listed.where + ": none of the captions of " + listed.image.name +
                                 " contains a word");
    }
  }
  return captions;
}

void sort_faults(const DatasetListing& listing, DataCheck& check) {
  for (const DatasetFault& fault : listing.faults) {
    switch (fault.kind) {
      case DatasetFaultKind::malformed:
        check.malformed.push_back(fault.message);
        break;
      case DatasetFaultKind::empty_caption:
        check.empty_captions.push_back(fault.message);
        break;
      case DatasetFaultKind::repeated:
        check.repeated.push_back(fault.message);
        break;
      case DatasetFaultKind::no_caption:
        check.no_caption.push_back(fault.message);
        break;
      case DatasetFaultKind::absent_image:
        check.absent.push_back(fault.message);
        break;
    }
  }
}

/// @param first  the index of the listing's first image in `captions` and `images`
SplitCheck measure_split(const std::string& name, const DatasetListing& listing, std::size_t first,
                         const std::vector<std::vector<Tokens>>& captions,
                         const std::vector<ImageCheck>& images, const Vocabulary& vocabulary,
                         std::int64_t max_words) {
  SplitCheck split;
  split.name = name;
  std::vector<std::size_t> lengths;
  std::size_t over = 0, known = 0;
  for (std::size_t i = 0; i < listing.images.size(); ++i) {
    if (listing.images[i].split != name) continue;
    ++split.images;
    if (!listing.images[i].present) ++split.absent;
    if (listing.images[i].has_only_labels()) ++split.labelled;
    if (!images[first + i].error.empty()) ++split.broken;
    for (const Tokens& words : captions[first + i]) {
      lengths.push_back(words.size());
      if (static_cast<std::int64_t>(words.size()) > max_words) ++over;
      for (const std::string& word : words) known += vocabulary.contains(word) ? 1 : 0;
      split.words += words.size();
    }
  }
  split.captions = lengths.size();
  if (lengths.empty()) return split;
  std::sort(lengths.begin(), lengths.end());
  const std::size_t n = lengths.size();
  split.shortest = lengths.front();
  split.longest = lengths.back();
  split.median = 0.5 * static_cast<double>(lengths[(n - 1) / 2] + lengths[n / 2]);
  split.over_max_words = static_cast<double>(over) / static_cast<double>(n);
  split.known = static_cast<double>(known) / static_cast<double>(split.words);
  return split;
}

/// An image as a message names it.
std::string named(const ListedImage& listed) {
  return listed.image.name + (listed.split.empty() ? "" : " of " + listed.split) + " (" +
         listed.where + ")";
}

void compare(const ListedImage& first, const ListedImage& second, const char* what,
             DataCheck& check) {
  const std::string message = named(first) + " and " + named(second) + " " + what;
  (first.split == second.split ? check.duplicates : check.overlaps).push_back(message);
}

/// Finds images that occur more than once, by file and by content.
void find_repetitions(const std::vector<ListedImage>& listed, const std::vector<ImageCheck>& images,
                      DataCheck& check) {
  std::unordered_map<std::string, std::vector<std::size_t>> by_file, by_digest;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    std::vector<std::size_t>& of_file = by_file[listed[i].image.file.string()];
    for (const std::size_t other : of_file) {
      compare(listed[other], listed[i], "are the same photograph", check);
    }
    const bool same_file = !of_file.empty();
    of_file.push_back(i);
    if (images[i].digest.empty() || same_file) continue;
    std::vector<std::size_t>& of_digest = by_digest[images[i].digest];
    if (!of_digest.empty()) {
      compare(listed[of_digest.front()], listed[i], "have the same content", check);
    }
    of_digest.push_back(i);
  }
}

void find_obstacles(const std::vector<MixtureSource>& sources, DataCheck& check) {
  bool trains = false, validates = false;
  for (const MixtureSource& source : sources) {
    try {
      trains = !training_split(source).images.empty() || trains;
    } catch (const std::runtime_error& error) {
      check.obstacles.emplace_back(error.what());
    }
    try {
      validates = !dev_split(source).images.empty() || validates;
    } catch (const std::runtime_error& error) {
      check.obstacles.emplace_back(error.what());
      validates = true;  // there is a dev split, although it cannot be used
    }
  }
  const std::string no_dev = validates ? "" : no_dev_message(sources);
  const auto& known = check.obstacles;
  if (!validates && std::find(known.begin(), known.end(), no_dev) == known.end()) {
    check.obstacles.push_back(no_dev);
  }
  for (const SourceCheck& source : check.sources) {
    for (const SplitCheck& split : source.splits) {
      if ((split.name == "train" || split.name == "dev") && split.broken > 0) {
        check.obstacles.push_back((check.sources.size() > 1 ? source.data + ": " : "") +
                                  std::to_string(split.broken) + " photographs of the split " +
                                  split.name + " cannot be decoded; fix or remove them");
      }
    }
  }
  if (trains && check.vocabulary == 0) {
    check.obstacles.push_back(check.sources.front().data + ": " +
                              empty_vocabulary_message(check.options.min_count));
  }
}

}  // namespace

void require_photographs(const std::vector<MixtureSource>& sources,
                         const DataCheckOptions& options) {
  std::vector<ListedImage> images;
  for (const ListedImage& listed : images_of(sources)) {
    if (listed.split == "train" || listed.split == "dev") images.push_back(listed);
  }
  const std::vector<ImageCheck> checks = check_images(images, options);
  std::string first;
  std::size_t broken = 0;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (checks[i].error.empty()) continue;
    if (broken++ == 0) first = images[i].where + ": " + checks[i].error;
  }
  if (broken == 0) return;
  throw std::runtime_error(
      first +
      (broken > 1 ? "; the same applies to " + std::to_string(broken - 1) + " more images" : "") +
      "; `saccade train --check` lists all problems");
}

DataCheck check_data(const std::vector<MixtureSource>& sources, const DataCheckOptions& options) {
  DataCheck check;
  check.options = options;
  for (const MixtureSource& source : sources) sort_faults(source.listing, check);
  const std::size_t without_before = check.no_caption.size();
  const std::vector<ListedImage> listed = images_of(sources);
  const auto captions = tokenize(listed, check);

  std::vector<Tokens> training;
  std::unordered_set<std::string> distinct;
  std::size_t place = 0;
  for (const MixtureSource& source : sources) {
    for (const ListedImage& image : source.listing.images) {
      const std::vector<Tokens>& own = captions[place++];
      if (image.split != "train" || source.share <= 0) continue;
      training.insert(training.end(), own.begin(), own.end());
      for (const CountedLabel& label : image.image.labels) {
        training.push_back(ptb_tokenize(label.label));
      }
    }
  }
  for (const Tokens& words : training) distinct.insert(words.begin(), words.end());
  const Vocabulary vocabulary = Vocabulary::build(training, options.min_count);
  check.distinct_words = static_cast<std::int64_t>(distinct.size());
  check.vocabulary = vocabulary.size() - Vocabulary::kSpecials;

  const std::vector<ImageCheck> images = check_images(listed, options);
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (!images[i].error.empty()) check.broken.push_back(listed[i].where + ": " + images[i].error);
  }
  const std::vector<std::string> names = source_names(sources);
  std::size_t first = 0;
  for (std::size_t k = 0; k < sources.size(); ++k) {
    const DatasetListing& listing = sources[k].listing;
    SourceCheck source{names[k], listing.path.string(), listing.format, sources[k].share, {}};
    for (const std::string& name : listing.splits()) {
      source.splits.push_back(
          measure_split(name, listing, first, captions, images, vocabulary, options.max_words));
    }
    first += listing.images.size();
    check.sources.push_back(std::move(source));
  }
  find_repetitions(listed, images, check);
  find_obstacles(sources, check);
  if (check.no_caption.size() > without_before) {
    check.obstacles.push_back(check.no_caption[without_before]);
  }
  return check;
}

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
  std::size_t labelled = 0;
  for (const SourceCheck& source : check.sources) {
    out << one_line(source.data) << ": " << describe(source.format);
    if (check.sources.size() > 1) {
      out << ", \"" << source.name << "\", share " << formatted("%g", source.share);
    }
    out << '\n';
    for (const SplitCheck& split : source.splits) {
      if (split.name == "train") labelled += split.labelled;
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
      << " words of the training captions" << (labelled > 0 ? " and labels" : "")
      << " occur at least " << std::to_string(check.options.min_count)
      << " times; \"known\" is their share of a split's "
      << "words.\n";
  if (labelled > 0) out << grouped(labelled) << " training images have labels, not captions.\n";
  for (const Finding& finding : findings(check)) {
    out << '\n' << grouped(finding.messages.size()) << ' ' << finding.title;
    out << (finding.messages.empty() ? "" : ":");
    for (std::size_t i = 0; i < std::min(kShown, finding.messages.size()); ++i) {
      out << "\n  " << one_line(finding.messages[i]);
    }
    if (finding.messages.size() > kShown) {
      out << "\n  and " << grouped(finding.messages.size() - kShown)
          << " more; --json lists them all";
    }
  }
  out << "\n\n" << (check.can_train() ? "Training can start." : "Training cannot start:") << '\n';
  for (const std::string& obstacle : check.obstacles) out << "  " << one_line(obstacle) << '\n';
  return out.str();
}

namespace {

nlohmann::ordered_json splits_json(const SourceCheck& source) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const SplitCheck& split : source.splits) {
    json[split.name] = {{"images", split.images},
                        {"absent", split.absent},
                        {"broken", split.broken},
                        {"captions", split.captions},
                        {"labelled", split.labelled},
                        {"shortest", split.shortest},
                        {"median", split.median},
                        {"longest", split.longest},
                        {"over_max_words", split.over_max_words},
                        {"words", split.words},
                        {"known", split.known}};
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
