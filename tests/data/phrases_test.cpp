#include "saccade/data/phrases.h"

#include "data/data_folder.h"

namespace saccade::test {
namespace {

class Phrases : public DataFolder {
 protected:
  std::string refusal_of(const std::string& line) const {
    const auto path =
        put("phrases.jsonl", "{\"image\":\"a.jpg\",\"caption\":0,\"phrases\":[]}\n" + line + "\n");
    return refusal([&] { read_phrases(path); });
  }
  std::string refusal_of_phrase(const std::string& phrase) const {
    return refusal_of(R"({"image":"a.jpg","caption":0,"phrases":[)" + phrase + "]}");
  }
};

TEST_F(Phrases, AreReadWithTheirBoxesAndScores) {
  const auto path =
      put("phrases.jsonl", R"({"image":"dog.jpg","caption":2,"split":"dev","phrases":[)"
                           R"({"first":1,"words":2,"text":"big dog","type":"animals/scene",)"
                           R"("boxes":[[0,0.1,0.5,1],[0.25,0.5,0.75,1,0.4]]}],"note":1})"
                           "\n\n"
                           R"({"image":"b.jpg","caption_text":"a cat","phrases":[]})");
  const PhraseFile file = read_phrases(path);
  ASSERT_EQ(file.captions.size(), 2U);
  const CaptionPhrases& first = file.captions[0];
  EXPECT_EQ(first.image, "dog.jpg");
  EXPECT_EQ(first.caption, 2U);
  EXPECT_FALSE(first.caption_text);
  EXPECT_EQ(first.split, "dev");
  ASSERT_EQ(first.phrases.size(), 1U);
  const Phrase& phrase = first.phrases[0];
  EXPECT_EQ(phrase.first, 1U);
  EXPECT_EQ(phrase.words, 2U);
  EXPECT_EQ(phrase.text, "big dog");
  EXPECT_TRUE(phrase.is("animals") && phrase.is("scene"));
  EXPECT_FALSE(phrase.is("animal") || phrase.is("people"));
  ASSERT_EQ(phrase.boxes.size(), 2U);
  EXPECT_EQ(phrase.boxes[0].bottom, 1);
  EXPECT_EQ(phrase.boxes[0].score, 1);
  EXPECT_EQ(phrase.boxes[1].left, 0.25);
  EXPECT_EQ(phrase.boxes[1].score, 0.4);
  EXPECT_EQ(file.captions[1].caption_text, "a cat");
  EXPECT_EQ(file.captions[1].line, 3U);
}

TEST_F(Phrases, RoundTripThroughJson) {
  CaptionPhrases caption;
  caption.image = "dog.jpg";
  caption.caption_text = "a \"dog\"";
  caption.phrases = {{1, 1, "\"dog\"", "dog", {{0.1, 0.2, 0.3, 0.4}, {0, 0, 1, 1, 0.25}}}};
  const auto path = put("phrases.jsonl", to_json_line(caption) + "\n");
  const CaptionPhrases read = read_phrases(path).captions.at(0);
  EXPECT_EQ(read.image, caption.image);
  EXPECT_EQ(read.caption_text, caption.caption_text);
  EXPECT_FALSE(read.caption);
  ASSERT_EQ(read.phrases.size(), 1U);
  EXPECT_EQ(read.phrases[0].text, "\"dog\"");
  EXPECT_EQ(read.phrases[0].boxes[0].right, 0.3);
  EXPECT_EQ(read.phrases[0].boxes[1].score, 0.25);
  EXPECT_EQ(to_json_line(read), to_json_line(caption));
}

TEST_F(Phrases, RoundTripSmallBoxesAndScores) {
  CaptionPhrases caption;
  caption.image = "dog.jpg";
  caption.caption = 0;
  const Box small{0.50001, 0.2, 0.50002, 0.4}, doubtful{0.1, 0.2, 0.3, 0.4, 0.00004};
  caption.phrases = {{1, 1, "dog", "dog", {small, doubtful}}};
  const auto path = put("phrases.jsonl", to_json_line(caption) + "\n");
  const CaptionPhrases read = read_phrases(path).captions.at(0);
  ASSERT_EQ(read.phrases.at(0).boxes.size(), 2U);
  EXPECT_EQ(read.phrases[0].boxes[0].right, small.right);
  EXPECT_EQ(read.phrases[0].boxes[1].score, doubtful.score);
}

TEST_F(Phrases, RefuseALineWithItsNumberAndTheExpectedForm) {
  EXPECT_NE(refusal_of("[1]").find("line 2: is not a JSON object; expected {\"image\""),
            std::string::npos);
  EXPECT_NE(refusal_of("{").find("line 2: is not JSON"), std::string::npos);
  EXPECT_NE(refusal_of(R"({"caption":0,"phrases":[]})").find("has no image name"),
            std::string::npos);
  EXPECT_NE(refusal_of(R"({"image":"a.jpg","phrases":[]})").find("neither \"caption\" nor"),
            std::string::npos);
  EXPECT_NE(refusal_of(R"({"image":"a.jpg","caption":-1,"phrases":[]})")
                .find("\"caption\" is -1, expected a whole number from 0"),
            std::string::npos);
  EXPECT_NE(refusal_of(R"({"image":"a.jpg","caption":0})").find("no list \"phrases\""),
            std::string::npos);
}

TEST_F(Phrases, RefuseAPhraseWithoutWordsOrBoxes) {
  EXPECT_NE(refusal_of_phrase(R"({"first":0,"words":0,"boxes":[]})")
                .find("\"words\" is 0, expected a whole number from 1"),
            std::string::npos);
  EXPECT_NE(refusal_of_phrase(R"({"words":1,"boxes":[]})").find("\"first\" is missing"),
            std::string::npos);
  EXPECT_NE(refusal_of_phrase(R"({"first":0,"words":1})").find("no list \"boxes\""),
            std::string::npos);
}

TEST_F(Phrases, RefuseAnInvalidBox) {
  for (const char* box : {"[0,0,1]", "[0,0,1,1,1,1]", "[0,0,0,1]", "[0.5,0,0.2,1]", "[0,0,1,1.2]",
                          "[-0.1,0,1,1]", "[0,0,1,1,0]", "[0,0,1,1,2]", "[0,0,1,\"1\"]", "7"}) {
    const std::string said =
        refusal_of_phrase(std::string(R"({"first":0,"words":1,"boxes":[)") + box + "]}");
    EXPECT_NE(said.find("line 2: the box " + std::string(box) + " is invalid; expected [left, top"),
              std::string::npos)
        << said;
  }
}

}  // namespace
}  // namespace saccade::test
