#include "saccade/data/label_phrases.h"

#include "data/data_folder.h"
#include "text/made_up_wordnet.h"

namespace saccade::test {
namespace {

class LabelPhrases : public DataFolder {
 protected:
  LabelPhrases() {
    write_part(
        folder_, "noun",
        {{{"person"}, 18, ""}, {{"boy"}, 18, "person"}, {{"dog"}, 5, ""}, {{"puppy"}, 5, "dog"}},
        "");
    write_part(folder_, "adj", {}, "");
    options_.wordnet = folder_.path();
    boxes_ = put("boxes.jsonl", R"({"image":"a.jpg","split":"dev","boxes":[["dog",0.5,0,0,0.5,1],)"
                                R"(["dog",0.1,0,0,1,1],["person",0.5,0.5,1,1]]})"
                                "\n"
                                R"({"image":"b.jpg","labels":["dog"]})"
                                "\n");
  }
  LabelPhraseOptions options_;
  std::filesystem::path boxes_;
};

TEST_F(LabelPhrases, MarkOnlyWordsOfTheCaption) {
  const auto captions =
      put("captions.jsonl", R"({"image":"a.jpg","caption":"A boy, alone.","split":"train"})"
                            "\n"
                            R"({"image":"a.jpg","caption":"a big puppy and a boy","split":"dev"})"
                            "\n"
                            R"({"image":"a.jpg","caption":"a tree","split":"dev"})"
                            "\n"
                            R"({"image":"b.jpg","caption":"a dog","split":"dev"})"
                            "\n");
  const auto all = phrases_of_captions(captions, read_labelled_boxes(boxes_), options_);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].caption_text, "A boy, alone.");
  ASSERT_EQ(all[0].phrases.size(), 1U);
  EXPECT_EQ(all[0].phrases[0].text, "boy,");
  EXPECT_EQ(all[0].phrases[0].type, "person");
  EXPECT_EQ(all[0].phrases[0].boxes.at(0).score, 1);
  ASSERT_EQ(all[1].phrases.size(), 2U);
  EXPECT_EQ(all[1].phrases[0].first, 2U);
  ASSERT_EQ(all[1].phrases[0].boxes.size(), 1U) << "one of the dogs has a score below 0.2";
  EXPECT_EQ(all[1].phrases[0].boxes[0].score, 0.5);

  options_.split = "train";
  EXPECT_EQ(phrases_of_captions(captions, read_labelled_boxes(boxes_), options_).size(), 1U);
  options_.split = "test";
  EXPECT_NE(refusal([&] {
              phrases_of_captions(captions, read_labelled_boxes(boxes_), options_);
            }).find("none of its captions names an object with a box"),
            std::string::npos);
}

TEST_F(LabelPhrases, CreateACaptionForEachLabel) {
  const auto all = phrases_of_labels(read_labelled_boxes(boxes_), options_);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].caption_text, "a dog");
  EXPECT_EQ(all[0].split, "dev");
  EXPECT_EQ(all[0].phrases.at(0).first, 1U);
  EXPECT_EQ(all[1].caption_text, "a person");
  options_.split = "train";
  EXPECT_NE(refusal([&] {
              phrases_of_labels(read_labelled_boxes(boxes_), options_);
            }).find("no image with a box in the split train"),
            std::string::npos);
}

TEST_F(LabelPhrases, RefuseABoxWithoutALabel) {
  const auto path = put("bad.jsonl", R"({"image":"a.jpg","boxes":[[0,0,1,1]]})");
  EXPECT_NE(refusal([&] {
              read_labelled_boxes(path);
            }).find("line 1: the box [0,0,1,1] is invalid; expected [label, left"),
            std::string::npos);
}

}  // namespace
}  // namespace saccade::test
