#include "saccade/data/phrases.h"
#include "saccade/text/ptb_tokenizer.h"

#include "data/data_folder.h"

namespace saccade::test {
namespace {

using Strings = std::vector<std::string>;
const Box kBox{0, 0, 0.5, 0.5};

/// The tokens of the words first … first + words − 1 of a caption.
Strings tokens_of(const std::string& caption, std::size_t first, std::size_t words) {
  const auto found = token_phrases(caption, {{first, words, "", "", {kBox}}});
  if (found.empty()) return {};
  const Strings all = ptb_tokenize(caption);
  return {all.begin() + std::ptrdiff_t(found[0].first), all.begin() + std::ptrdiff_t(found[0].end)};
}

CaptionPhrases line(const std::string& image, std::size_t number, const std::string& text,
                    std::size_t first) {
  CaptionPhrases caption;
  caption.image = image;
  caption.caption = number;
  caption.phrases = {{first, split_at_white_space(text).size(), text, "people", {kBox}}};
  return caption;
}

Dataset dataset() {
  Dataset data;
  data.images.push_back({"one.jpg", "", {"A man runs .", "A dog barks .", "a dog , a cat"}});
  data.images.push_back({"folder/two.jpg", "", {"A red car ."}});
  return data;
}

TEST(TokenPhrases, CountPastDroppedPunctuation) {
  const std::string caption =
      "A man in a black t-shirt , who 's wearing \" shades \" , walks his dog .";
  EXPECT_EQ(tokens_of(caption, 3, 3), (Strings{"a", "black", "t-shirt"}));
  EXPECT_EQ(tokens_of(caption, 11, 1), (Strings{"shades"}));
  EXPECT_EQ(tokens_of(caption, 15, 2), (Strings{"his", "dog"}));
  EXPECT_EQ(tokens_of("Two dogs: one black, one (very) white.", 3, 1), (Strings{"black"}));
}

TEST(TokenPhrases, CountPastSplitContractions) {
  const std::string caption = "He doesn't see John's dog, which can't bark at U.S. soldiers.";
  EXPECT_EQ(tokens_of(caption, 3, 2), (Strings{"john", "'s", "dog"}));
  EXPECT_EQ(tokens_of(caption, 9, 2), (Strings{"u.s.", "soldiers"}));
}

TEST(TokenPhrases, AssignEachTokenAWordInOrder) {
  for (const char* caption :
       {"A girl , in a colourful dress , can't find her mother 's bag .", "( 2 dogs ) ... play !",
        "The child's toy costs $5.50 at 10 a.m. or 1 / 2 of it", "  spaces   everywhere \t here"}) {
    const auto words = words_of_tokens(caption);
    const auto tokens = ptb_tokenize(caption);
    ASSERT_EQ(words.size(), tokens.size()) << caption;
    EXPECT_TRUE(std::is_sorted(words.begin(), words.end())) << caption;
    EXPECT_LT(words.back(), split_at_white_space(caption).size());
  }
}

TEST(TokenPhrases, OmitPhrasesWithoutTokens) {
  EXPECT_TRUE(token_phrases("a dog , barks", {{2, 1, ",", "", {kBox}}}).empty());
}

TEST(DatasetPhrases, MatchByNumberAndText) {
  const auto matched =
      match_phrases({{"p.jsonl",
                      {line("one.jpg", 1, "A dog", 0), line("two.jpg", 0, "red car", 1),
                       line("other.jpg", 0, "A cat", 0)}}},
                    dataset());
  EXPECT_EQ(matched.captions, 2U);
  EXPECT_EQ(matched.boxes, 2U);
  EXPECT_TRUE(matched.warnings.empty());
  EXPECT_TRUE(matched.of[0][0].empty());
  ASSERT_EQ(matched.of[0][1].size(), 1U);
  EXPECT_EQ(matched.of[0][1][0].end, 2U);
  EXPECT_EQ(matched.of[0][1][0].type, "people");
  ASSERT_EQ(matched.of[1][0].size(), 1U) << "by the file name only";
  EXPECT_EQ(matched.of[1][0][0].first, 1U);
}

TEST(DatasetPhrases, MatchByTextIfNumbersHaveShifted) {
  const auto matched = match_phrases(
      {{"p.jsonl", {line("one.jpg", 2, "A man", 0), line("one.jpg", 0, "A dog", 0)}}}, dataset());
  EXPECT_EQ(matched.of[0][0].size(), 1U);
  EXPECT_EQ(matched.of[0][1].size(), 1U);
}

TEST(DatasetPhrases, MatchByTheCaptionText) {
  CaptionPhrases caption = line("one.jpg", 0, "dog", 1);
  caption.caption.reset();
  caption.caption_text = "A  dog barks .";
  const auto matched = match_phrases({{"p.jsonl", {caption}}}, dataset());
  EXPECT_EQ(matched.of[0][1].size(), 1U);
}

TEST(DatasetPhrases, AddUpOverFiles) {
  const PhraseFile file{"p.jsonl", {line("one.jpg", 0, "A man", 0)}};
  EXPECT_EQ(match_phrases({file, file}, dataset()).of[0][0].size(), 2U);
}

TEST(DatasetPhrases, WarnAboutALineWithoutAMatchingCaption) {
  const auto matched = match_phrases(
      {{"p.jsonl", {line("one.jpg", 0, "A man", 0), line("one.jpg", 0, "A zebra", 0)}}}, dataset());
  ASSERT_EQ(matched.warnings.size(), 1U);
  EXPECT_NE(matched.warnings[0].find("one.jpg has no caption that matches these phrases"),
            std::string::npos);
}

TEST(DatasetPhrases, RefuseAFileForAnotherDataSet) {
  const std::vector<PhraseFile> files{{"p.jsonl", {line("x.jpg", 0, "A man", 0)}}};
  try {
    require_use(files, match_phrases(files, dataset()));
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("p.jsonl: none of its 1 lines matches a caption"),
              std::string::npos);
  }
}

class PhrasesWithCaptions : public DataFolder {
 protected:
  PhrasesWithCaptions() {
    put("images/a.jpg");
    put("images/b.jpg");
    file_ = put("phrases.jsonl",
                R"({"image":"a.jpg","caption_text":"a cat","split":"val","phrases":[]})"
                "\n"
                R"({"image":"b.jpg","caption_text":"a dog","split":"train","phrases":[]})"
                "\n"
                R"({"image":"a.jpg","caption_text":"a dog","phrases":[]})"
                "\n");
  }
  std::filesystem::path file_;
};

TEST_F(PhrasesWithCaptions, FormADataSet) {
  const Dataset dev = dataset_of_phrases({read_phrases(file_)}, "", "dev");
  ASSERT_EQ(dev.images.size(), 1U);
  EXPECT_EQ(dev.images[0].file, folder_ / "images/a.jpg");
  EXPECT_EQ(dev.images[0].captions, (Strings{"a cat", "a dog"}))
      << "a line without a split belongs to all splits";
  EXPECT_EQ(dataset_of_phrases({read_phrases(file_)}, folder_ / "images", "all").images.size(), 2U);
}

TEST_F(PhrasesWithCaptions, NameWhatIsMissing) {
  const auto refused = [&](const std::string& line) {
    const auto path = put("bad.jsonl", line);
    return refusal([&] { dataset_of_phrases({read_phrases(path)}, "", "dev"); });
  };
  EXPECT_NE(refused(R"({"image":"a.jpg","caption":0,"phrases":[]})").find("no \"caption_text\""),
            std::string::npos);
  EXPECT_NE(refused(R"({"image":"c.jpg","caption_text":"a","phrases":[]})").find("does not exist"),
            std::string::npos);
  EXPECT_NE(refused(R"({"image":"a.jpg","caption_text":"a","split":"test","phrases":[]})")
                .find("no caption of the split \"dev\""),
            std::string::npos);
}

}  // namespace
}  // namespace saccade::test
