#include "saccade/metrics/cider.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <new>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sentences.h"
#include "temporary_folder.h"

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

// Counts all allocations of this program. Not inlined, so that the compiler sees new and delete
// instead of malloc and free.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { std::free(block); }

namespace saccade {
namespace {

using test::random_sentence;
using test::read_file;
using test::words;
using test::write_file;
using testing::HasSubstr;

using Vector = std::map<Tokens, double>;

Vector count(const Tokens& tokens, std::size_t n) {
  Vector counts;
  for (std::size_t i = 0; i + n <= tokens.size(); ++i) {
    ++counts[Tokens(tokens.begin() + static_cast<std::ptrdiff_t>(i),
                    tokens.begin() + static_cast<std::ptrdiff_t>(i + n))];
  }
  return counts;
}

/// A direct implementation of the definition of CIDEr-D.
double cider_by_definition(const Tokens& hypothesis, const References& own,
                           const std::vector<References>& all) {
  const double log_images = std::log(static_cast<double>(all.size()));
  const auto weigh = [&](Vector vector) {
    for (auto& [ngram, value] : vector) {
      double images = 0;
      for (const References& image : all) {
        images += std::any_of(image.begin(), image.end(), [&words = ngram](const Tokens& tokens) {
          return count(tokens, words.size()).count(words) != 0;
        });
      }
      value *= log_images - std::log(std::max(1.0, images));
    }
    return vector;
  };
  const auto norm = [](const Vector& vector) {
    double sum = 0;
    for (const auto& entry : vector) sum += entry.second * entry.second;
    return std::sqrt(sum);
  };
  const auto bigrams = [](const Tokens& tokens) {
    return tokens.empty() ? 0.0 : static_cast<double>(tokens.size() - 1);
  };
  double total = 0;
  for (const Tokens& reference : own) {
    const double difference = bigrams(hypothesis) - bigrams(reference);
    for (std::size_t n = 1; n <= 4; ++n) {
      const Vector ours = weigh(count(hypothesis, n)), theirs = weigh(count(reference, n));
      double dot = 0;
      for (const auto& [ngram, value] : ours) {
        const auto found = theirs.find(ngram);
        if (found != theirs.end()) dot += std::min(value, found->second) * found->second;
      }
      const double norms = norm(ours) * norm(theirs);
      if (norms != 0) total += dot / norms * std::exp(-difference * difference / 72) / 4;
    }
  }
  return 10 * total / static_cast<double>(own.size());
}

std::vector<References> random_references(std::mt19937& random, std::size_t images) {
  std::vector<References> all(images);
  for (References& image : all) {
    for (std::size_t i = 0; i <= random() % 3; ++i) image.push_back(random_sentence(random, 7, 5));
  }
  return all;
}

TEST(Cider, AgreesWithItsDefinition) {
  std::mt19937 random(17);
  for (int round = 0; round < 60; ++round) {
    const auto all = random_references(random, 1 + random() % 6);
    CiderScorer scorer(all);
    for (std::size_t image = 0; image < all.size(); ++image) {
      const Tokens hypothesis = random_sentence(random, 8, 7);  // some words are in no reference
      ASSERT_NEAR(scorer.score(hypothesis, image), cider_by_definition(hypothesis, all[image], all),
                  1e-9);
    }
  }
}

TEST(Cider, DoesNotDependOnEarlierCalls) {
  std::mt19937 random(23);
  const auto all = random_references(random, 5);
  CiderScorer used(all);
  for (int i = 0; i < 50; ++i) used.score(random_sentence(random, 9, 26), random() % all.size());
  const Tokens hypothesis = words("a b c a b zebra");
  EXPECT_EQ(used.score(hypothesis, 2), CiderScorer(all).score(hypothesis, 2));
}

TEST(Cider, AllocatesNothingForKnownNgrams) {
  std::mt19937 random(29);
  const auto all = random_references(random, 40);
  CiderScorer scorer(all);
  const auto score_all = [&] {
    for (std::size_t image = 0; image < all.size(); ++image) {
      for (const Tokens& tokens : all[image]) scorer.score(tokens, image);
    }
  };
  score_all();
  const std::size_t before = allocations.load();
  score_all();
  EXPECT_EQ(allocations.load(), before);
}

TEST(Cider, IsZeroForOneImageAndWarns) {
  const std::vector<References> one = {{words("a dog runs")}};
  EXPECT_EQ(CiderScorer(one).score(words("a dog runs"), 0), 0);
  EXPECT_THAT(cider_warning(1), HasSubstr("one image"));
  EXPECT_THAT(cider_warning(10), HasSubstr("only 10 images"));
  EXPECT_EQ(cider_warning(kFewImagesForCider), "");
}

TEST(Cider, RefusesMissingReferences) {
  EXPECT_THROW(CiderScorer(std::vector<References>{}), std::invalid_argument);
  EXPECT_THROW(CiderScorer({References{}}), std::invalid_argument);
  EXPECT_THROW(CiderScorer({{words("a")}}).score(words("a"), 1), std::out_of_range);
  EXPECT_THROW(cider_d({words("a")}, {}), std::invalid_argument);
}

TEST(DocumentFrequency, OfTheReferencesGivesTheSameScore) {
  std::mt19937 random(31);
  const auto all = random_references(random, 12);
  const DocumentFrequency frequency(all);
  CiderScorer own(all), given(all, frequency);
  for (std::size_t image = 0; image < all.size(); ++image) {
    const Tokens hypothesis = random_sentence(random, 8, 7);
    EXPECT_NEAR(own.score(hypothesis, image), given.score(hypothesis, image), 1e-12);
  }
}

TEST(DocumentFrequency, WeighsWordsThatOnlyTheCaptionHas) {
  const std::vector<References> evaluated = {{words("a dog")}};
  const std::vector<References> more = {{words("a dog")}, {words("the cat")}, {words("the cow")}};
  // "the" is in the references of two of three images, so it has less weight than "zebra".
  CiderScorer scorer(evaluated, DocumentFrequency(more));
  EXPECT_GT(scorer.score(words("dog the"), 0), scorer.score(words("dog zebra"), 0));
}

TEST(DocumentFrequency, RoundTripsThroughAFile) {
  const test::TemporaryFolder folder;
  const DocumentFrequency saved({{words("a dog runs"), words("a dog")}, {words("a cat")}});
  saved.save(folder / "df", "ptb");
  const DocumentFrequency loaded = DocumentFrequency::load(folder / "df", "ptb");
  EXPECT_EQ(loaded.images(), 2);
  EXPECT_EQ(loaded.counts(), saved.counts());
  EXPECT_EQ(loaded.counts().at("a"), 2);
  EXPECT_EQ(loaded.counts().at("a dog runs"), 1);
}

std::string refusal(const std::filesystem::path& path, const std::string& tokenizer = "ptb") {
  try {
    DocumentFrequency::load(path, tokenizer);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(DocumentFrequency, RefusesDamagedFilesAndOtherTokenizers) {
  const test::TemporaryFolder folder;
  DocumentFrequency({{words("a dog")}, {words("a cat")}}).save(folder / "df", "ptb");
  const std::string good = read_file(folder / "df");
  EXPECT_THAT(refusal(folder / "absent"), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal(folder / "df", "none"), HasSubstr("tokenizer"));
  const auto refused = [&](const std::string& text) {
    write_file(folder / "bad", text);
    return refusal(folder / "bad");
  };
  EXPECT_THAT(refused("hello\n"), HasSubstr("line 1"));
  EXPECT_THAT(refused(good.substr(0, good.rfind('\n', good.size() - 2) + 1)),
              HasSubstr("truncated"));
  EXPECT_THAT(refused(good + "x\tdog\n"), HasSubstr("line 7"));
  EXPECT_THAT(refused(good + "9\tzebra\n"), HasSubstr("line 7"));
}

}  // namespace
}  // namespace saccade
