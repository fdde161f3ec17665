#include "saccade/metrics/caption_files.h"

#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

using test::write_file;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CaptionFiles : public testing::Test {
 protected:
  HypothesisFile hypotheses(const std::string& text) {
    write_file(folder_ / "h", text);
    return read_hypotheses(folder_ / "h");
  }
  ReferenceFile references(const std::string& text, const ReferenceFileOptions& options = {}) {
    write_file(folder_ / "r", text);
    return read_references(folder_ / "r", options);
  }
  std::string refusal(const std::function<void()>& read) {
    try {
      read();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "nothing was refused";
  }
  std::string hypothesis_refusal(const std::string& text) {
    return refusal([&] { hypotheses(text); });
  }
  std::string reference_refusal(const std::string& text) {
    return refusal([&] { references(text); });
  }
  test::TemporaryFolder folder_;
};

TEST_F(CaptionFiles, ReadsHypothesesFromJsonLines) {
  const auto file = hypotheses(
      "{\"image\": \"a/x.jpg\", \"caption\": \"A dog.\", \"score\": 1}\r\n\n{\"image\": 7, "
      "\"caption\": \"\"}\n");
  ASSERT_EQ(file.hypotheses.size(), 2u);
  EXPECT_EQ(file.hypotheses[0].image, "a/x.jpg");
  EXPECT_EQ(file.hypotheses[0].caption, "A dog.");
  EXPECT_EQ(file.hypotheses[1].image, "7");
  EXPECT_THAT(file.warnings, ElementsAre(HasSubstr("1 of 2 captions are empty")));
}

TEST_F(CaptionFiles, ReadsHypothesesFromCocoResults) {
  const auto file = hypotheses("[\n {\"image_id\": 42, \"caption\": \"a dog\"}]");
  ASSERT_EQ(file.hypotheses.size(), 1u);
  EXPECT_EQ(file.hypotheses[0].image, "42");
}

TEST_F(CaptionFiles, ReadsHypothesesFromCsv) {
  const auto file = hypotheses(
      "score,image,caption\r\n1,x.jpg,\"a dog, a \"\"cat\"\"\nand more\"\r\n2,y.jpg,a man\r\n");
  ASSERT_EQ(file.hypotheses.size(), 2u);
  EXPECT_EQ(file.hypotheses[0].caption, "a dog, a \"cat\"\nand more");
  EXPECT_EQ(file.hypotheses[1].caption, "a man");
  EXPECT_EQ(hypotheses("x.jpg,a dog").hypotheses[0].image, "x.jpg") << "two columns need no header";
}

TEST_F(CaptionFiles, ReadsHypothesesFromADictionaryAsForPycocoevalcap) {
  for (const char* text : {R"({"x.jpg": ["a dog"], "7": ["a cat"]})",
                           R"({"x.jpg": [{"caption": "a dog"}], "7": [{"caption": "a cat"}]})",
                           "{\n \"x.jpg\": [\"a dog\"],\n \"7\": [\"a cat\"]\n}\n"}) {
    const auto file = hypotheses(text);
    ASSERT_EQ(file.hypotheses.size(), 2u) << text;
    EXPECT_EQ(file.hypotheses[0].image, "7");
    EXPECT_EQ(file.hypotheses[1].caption, "a dog");
  }
  EXPECT_THAT(hypothesis_refusal(R"({"x.jpg": ["a dog", "dogs"]})"),
              AllOf(HasSubstr("entry 1"), HasSubstr("\"x.jpg\" has 2 captions")));
  EXPECT_THAT(hypothesis_refusal(R"({"x.jpg": [3]})"), HasSubstr("entry 1 (x.jpg)"));
}

TEST_F(CaptionFiles, ReadsHypothesesFromFormatsOfReferences) {
  EXPECT_EQ(hypotheses("x.jpg#0\ta dog\n").hypotheses[0].image, "x.jpg");
  EXPECT_EQ(
      hypotheses(R"({"annotations": [{"image_id": 4, "caption": "a dog"}]})").hypotheses[0].caption,
      "a dog");
}

TEST_F(CaptionFiles, ReadsReferencesFromADictionaryAndFromCocoResults) {
  const auto dictionary =
      references(R"({"x.jpg": ["a dog", "dogs"], "y.jpg": [{"caption": "a"}]})");
  EXPECT_EQ(dictionary.format, "JSON of captions by image");
  ASSERT_EQ(dictionary.entries.size(), 2u);
  EXPECT_THAT(dictionary.entries[0].captions, ElementsAre("a dog", "dogs"));
  const auto results =
      references(R"([{"image_id": 7, "caption": "a dog"}, {"image_id": 7, "caption": "dogs"}])");
  EXPECT_EQ(results.format, "COCO results JSON");
  ASSERT_EQ(results.entries.size(), 1u);
  EXPECT_THAT(results.entries[0].captions, ElementsAre("a dog", "dogs"));
}

TEST_F(CaptionFiles, ReadsReferencesFromFlickr30ksTableWithBars) {
  const auto file = references(
      "image_name| comment_number| comment\n1.jpg| 0| Two \"dogs\", wet .\n"
      "1.jpg| 4   A dog runs across the grass .\n");
  ASSERT_EQ(file.entries.size(), 1u);
  EXPECT_THAT(file.entries[0].captions,
              ElementsAre("Two \"dogs\", wet .", "A dog runs across the grass ."));
  EXPECT_THAT(file.warnings, ElementsAre(AllOf(HasSubstr("line 3"), HasSubstr("no bar"))));
  EXPECT_THAT(reference_refusal("image_name| comment_number| comment\n1.jpg| no number\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("2 fields between bars, not 3")));
}

TEST_F(CaptionFiles, CountsFailedAndUnsureImagesInAWarning) {
  const auto file = hypotheses(
      "{\"image\": \"x\", \"error\": \"truncated\"}\n{\"image\": \"y\", \"caption\": \"a\"}\n"
      "{\"image\": \"z\", \"caption\": null, \"unsure\": true}\n");
  EXPECT_EQ(file.hypotheses.size(), 1u);
  EXPECT_THAT(file.warnings, ElementsAre(HasSubstr("2 lines record an error or no caption")));
}

TEST_F(CaptionFiles, RefusesMalformedHypothesesWithTheirLine) {
  const std::string good = "{\"image\": \"x\", \"caption\": \"a\"}\n";
  EXPECT_THAT(hypothesis_refusal(good + "{\"image\": \"y\",\n"), HasSubstr("line 2"));
  EXPECT_THAT(hypothesis_refusal(good + "{\"image\": \"y\"}\n"), HasSubstr("line 2"));
  EXPECT_THAT(hypothesis_refusal(good + "{\"image\": \"y\", \"caption\": 3.5}\n"),
              HasSubstr("line 2"));
  EXPECT_THAT(hypothesis_refusal(good + "{\"image\": \"\", \"caption\": \"a\"}\n"),
              HasSubstr("no image"));
  EXPECT_THAT(hypothesis_refusal("[{\"image_id\": 1,\n\"caption\"]"), HasSubstr("line 2"));
  EXPECT_THAT(hypothesis_refusal("[{\"image_id\": 1}]"), HasSubstr("entry 1"));
  EXPECT_THAT(hypothesis_refusal("image,caption\nx,a,b\n"), HasSubstr("line 2"));
  EXPECT_THAT(hypothesis_refusal("image,caption\nx,\"a\n"), HasSubstr("line 2"));
  EXPECT_THAT(hypothesis_refusal("just text\n"), HasSubstr("line 1"));
  EXPECT_THAT(hypothesis_refusal("  \n"), HasSubstr("empty"));
  EXPECT_THAT(hypothesis_refusal("[]"), HasSubstr("no captions"));
  EXPECT_THAT(refusal([&] { read_hypotheses(folder_ / "absent"); }), HasSubstr("cannot be read"));
}

TEST_F(CaptionFiles, RefusesTablesWithoutRows) {
  for (const char* text : {"\"\"", "\"\"\n", "\"\"\r\n\n\"\"\n", "\xEF\xBB\xBF\"\""}) {
    EXPECT_THAT(hypothesis_refusal(text), HasSubstr("no rows")) << text;
    EXPECT_THAT(reference_refusal(text), HasSubstr("no rows")) << text;
  }
}

/// Random short texts made of the syntax elements of the formats.
TEST_F(CaptionFiles, AreReadOrRefusedWithoutCrashing) {
  const std::vector<std::string> marks{"\"",
                                       ",",
                                       "\n",
                                       "\r\n",
                                       "\t",
                                       "#0\t",
                                       "{",
                                       "}",
                                       "[",
                                       "]",
                                       ":",
                                       "\"image\"",
                                       "\"caption\"",
                                       "\"captions\"",
                                       "\"id\"",
                                       "\"split\"",
                                       "\"images\"",
                                       "\"annotations\"",
                                       "image,caption",
                                       "x.jpg",
                                       "1",
                                       "null",
                                       "-",
                                       "\xEF\xBB\xBF",
                                       "é",
                                       "\\",
                                       " "};
  std::mt19937 random(5);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (std::size_t length = 1 + random() % 12; length > 0; --length) {
      text += marks[random() % marks.size()];
    }
    for (const bool as_references : {false, true}) {
      try {
        if (as_references) {
          references(text);
        } else {
          hypotheses(text);
        }
      } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr(folder_.path().string())) << text;
      }
    }
  }
}

TEST_F(CaptionFiles, RefusesAnImageThatAppearsTwice) {
  EXPECT_THAT(hypothesis_refusal("{\"image\": \"a/x.jpg\", \"caption\": \"a\"}\n"
                                 "{\"image\": \"./a//x.jpg\", \"caption\": \"b\"}\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("x.jpg"), HasSubstr("line 1")));
}

TEST_F(CaptionFiles, KeepImagesOfTheSameNameInDifferentFoldersApart) {
  const std::string lines =
      "{\"image\": \"cats/1.jpg\", \"caption\": \"a\"}\n{\"image\": \"dogs/1.jpg\", \"caption\": "
      "\"b\"}\n";
  EXPECT_EQ(hypotheses(lines).hypotheses.size(), 2u);
  EXPECT_EQ(references(lines).entries.size(), 2u);
}

TEST_F(CaptionFiles, RefusesInvalidUtf8WithItsLine) {
  EXPECT_THAT(
      hypothesis_refusal(
          "{\"image\": \"x\", \"caption\": \"a\"}\n{\"image\": \"y\", \"caption\": \"\xe9\"}\n"),
      AllOf(HasSubstr("line 2"), HasSubstr("UTF-8")));
  EXPECT_THAT(reference_refusal("x.jpg#0\tcaf\xe9\n"), HasSubstr("line 1"));
}

TEST_F(CaptionFiles, SkipsAByteOrderMark) {
  EXPECT_EQ(hypotheses("\xEF\xBB\xBFx.jpg,a dog\n").hypotheses[0].image, "x.jpg");
}

TEST_F(CaptionFiles, ReadsReferencesFromAFlickr8kTokenFile) {
  const auto file = references(
      "x.jpg#0\tA dog .\nx.jpg#1\tThe dog # 1 .\ny.jpg.1#0\tA cat .\ny.jpg#1\t \nx.jpg#2\tDogs "
      ".\n");
  EXPECT_EQ(file.format, "Flickr8k token file");
  ASSERT_EQ(file.entries.size(), 2u);
  EXPECT_THAT(file.entries[0].captions, ElementsAre("A dog .", "The dog # 1 .", "Dogs ."));
  EXPECT_EQ(file.entries[1].image, "y.jpg");
  EXPECT_THAT(file.warnings, ElementsAre(AllOf(HasSubstr("line 3"), HasSubstr("y.jpg.1")),
                                         HasSubstr("1 references")));
}

TEST_F(CaptionFiles, ReadsReferencesFromKarpathyJson) {
  const std::string text = R"({"images": [
    {"filename": "x.jpg", "imgid": 5, "split": "test", "sentences": [
      {"raw": "A dog.", "tokens": ["a", "dog"]}, {"raw": "Dogs", "tokens": ["dogs"]}]},
    {"filename": "y.jpg", "cocoid": 9, "split": "train", "sentences": [{"raw": "A cat"}]}]})";
  const auto all = references(text);
  EXPECT_EQ(all.format, "Karpathy JSON");
  ASSERT_EQ(all.entries.size(), 2u);
  EXPECT_EQ(all.entries[0].captions[0], "A dog.");
  EXPECT_EQ(all.entries[1].id, "9");
  EXPECT_EQ(references(text, {"test", true}).entries.size(), 1u);
  EXPECT_EQ(references(text, {"test", true}).entries[0].captions[0], "a dog ");
  EXPECT_THAT(refusal([&] { references(text, {"val", false}); }), HasSubstr("no references"));
}

TEST_F(CaptionFiles, ReadsReferencesFromCocoCaptions) {
  const auto file = references(R"({"info": {}, "images": [{"id": 1, "file_name": "x.jpg"},
    {"id": 2, "file_name": "y.jpg"}], "annotations": [{"image_id": 1, "id": 7, "caption": "a dog"},
    {"image_id": 1, "id": 8, "caption": "the dog"}]})");
  EXPECT_EQ(file.format, "COCO captions JSON");
  ASSERT_EQ(file.entries.size(), 1u);
  EXPECT_EQ(file.entries[0].image, "x.jpg");
  EXPECT_EQ(file.entries[0].id, "1");
  EXPECT_EQ(file.entries[0].captions.size(), 2u);
  EXPECT_THAT(file.warnings, ElementsAre(AllOf(HasSubstr("1 images"), HasSubstr("y.jpg"))));
}

TEST_F(CaptionFiles, ReadsReferencesFromJsonLines) {
  const auto file = references(
      "{\"image\": \"x.jpg\", \"captions\": [\"a\", \"b\"]}\n{\"image\": \"y.jpg\", "
      "\"references\": [\"c\"]}\n");
  EXPECT_EQ(file.format, "JSONL");
  ASSERT_EQ(file.entries.size(), 2u);
  EXPECT_THAT(file.entries[1].captions, ElementsAre("c"));
  EXPECT_THAT(file.warnings, IsEmpty());
}

TEST_F(CaptionFiles, ReadsReferencesFromCsvAndJsonLinesWithOneCaption) {
  const auto csv = references("image,caption\nx.jpg,a dog\nx.jpg,\"dogs, wet\"\ny.jpg,a cat\n");
  EXPECT_EQ(csv.format, "CSV");
  ASSERT_EQ(csv.entries.size(), 2u);
  EXPECT_THAT(csv.entries[0].captions, ElementsAre("a dog", "dogs, wet"));
  const auto lines = references(
      "{\"image\": \"x.jpg\", \"caption\": \"a dog\"}\n{\"image\": \"x.jpg\", \"caption\": "
      "\"dogs\"}\n");
  ASSERT_EQ(lines.entries.size(), 1u);
  EXPECT_THAT(lines.entries[0].captions, ElementsAre("a dog", "dogs"));
  EXPECT_THAT(reference_refusal("image,caption\nx.jpg,a dog\nx.jpg\n"),
              AllOf(HasSubstr("line 3"), HasSubstr("1 fields, not 2")));
}

TEST_F(CaptionFiles, RefusesMalformedReferences) {
  EXPECT_THAT(reference_refusal("x.jpg#0\ta\nx.jpg b\n"), HasSubstr("line 2"));
  EXPECT_THAT(reference_refusal("x.jpg#0\ta\nx.jpg#0\tb\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("line 1")));
  EXPECT_THAT(reference_refusal("x.jpg#one\ta\n"), HasSubstr("number"));
  EXPECT_THAT(
      reference_refusal(
          "{\"image\": \"x\", \"captions\": [\"a\"]}\n{\"image\": \"x\", \"captions\": [\"b\"]}\n"),
      HasSubstr("line 2"));
  EXPECT_THAT(reference_refusal("{\"image\": \"x\", \"captions\": [\"a\"}\n{\"image\": \"y\"}\n"),
              HasSubstr("line 1"));
  EXPECT_THAT(reference_refusal("{\"image\": \"x\", \"captions\": [\"a\"]}\n{\"image\": \"y\"}\n"),
              HasSubstr("line 2"));
  EXPECT_THAT(reference_refusal("{\"images\": [\n{\"filename\": ]}"), HasSubstr("line 2"));
  EXPECT_THAT(reference_refusal("{\"images\": [{\"filename\": \"x\"}]}"), HasSubstr("sentences"));
  EXPECT_THAT(
      reference_refusal(
          "{\"annotations\": [{\"image_id\": 1, \"caption\": \"a\"}], \"images\": [{\"id\": 2}]}"),
      HasSubstr("image 1"));
  EXPECT_THAT(reference_refusal("[{\"image_id\": 1, \"caption\": 2.5}]"), HasSubstr("entry 1"));
  EXPECT_THAT(reference_refusal("{\"a\":\n 1}"), HasSubstr("neither"));
  EXPECT_THAT(reference_refusal("x.jpg#0\t \n"), HasSubstr("no references"));
}

}  // namespace
}  // namespace saccade
