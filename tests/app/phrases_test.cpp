#include <gtest/gtest.h>

#include "app/run_program.h"
#include "text/made_up_wordnet.h"

namespace saccade::test {
namespace {

class PhrasesCommand : public ::testing::Test {
 protected:
  PhrasesCommand() {
    write_part(folder_, "noun", {{{"dog"}, 5, ""}, {{"puppy"}, 5, "dog"}}, "");
    write_part(folder_, "adj", {}, "");
    write_file(folder_ / "boxes.jsonl", R"({"image":"a.jpg","boxes":[["dog",0,0,0.5,1]]})");
    write_file(folder_ / "captions.jsonl", R"({"image":"a.jpg","caption":"one puppy"})");
  }
  ProgramResult run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"phrases", "--boxes", folder_ / "boxes.jsonl", "--output",
                                         out(), "--wordnet", folder_.path()});
    return run_program(folder_.path(), arguments);
  }
  std::string out() const { return folder_ / "phrases.jsonl"; }
  TemporaryFolder folder_;
};

TEST_F(PhrasesCommand, WritesTheBoxesOfNamedObjects) {
  const auto result = run({"--captions", folder_ / "captions.jsonl"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.err.find("1 captions with 1 phrases and 1 boxes"), std::string::npos);
  EXPECT_EQ(read_file(out()),
            R"({"image":"a.jpg","caption_text":"one puppy","phrases":[{"first":1,"words":1,)"
            R"("text":"puppy","type":"dog","boxes":[[0.0,0.0,0.5,1.0]]}]})"
            "\n");
}

TEST_F(PhrasesCommand, FailsWithoutWritingWhenNothingIsNamed) {
  write_file(folder_ / "captions.jsonl", R"({"image":"a.jpg","caption":"one tree"})");
  write_file(out(), "old");
  const auto result = run({"--captions", folder_ / "captions.jsonl"});
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("none of its captions names an object with a box"), std::string::npos);
  EXPECT_EQ(read_file(out()), "old");
}

TEST_F(PhrasesCommand, KeepsNamesOfImages) {
  const std::string names[] = {R"(two\nlines.jpg)", R"(a\ttab.jpg)", R"(\"quotes\".jpg)",
                               R"(back\\slash.jpg)", R"( space, comma.jpg)"};  // as in JSON
  std::string boxes, captions;
  for (const std::string& name : names) {
    boxes += R"({"image":")" + name + R"(","boxes":[["dog",0,0,0.5,1]]})" + "\n";
    captions += R"({"image":")" + name + R"(","caption":"one puppy"})" + "\n";
  }
  write_file(folder_ / "boxes.jsonl", boxes);
  write_file(folder_ / "captions.jsonl", captions);
  const auto result = run({"--captions", folder_ / "captions.jsonl"});
  EXPECT_EQ(result.code, 0) << result.err;
  const std::string written = read_file(out());
  for (const std::string& name : names) {
    EXPECT_NE(written.find(R"({"image":")" + name + R"(","caption_text":)"), std::string::npos)
        << name << '\n'
        << written;
  }
}

TEST_F(PhrasesCommand, MakesSentencesFromLabelsWithoutCaptions) {
  EXPECT_EQ(run({}).code, 0);
  EXPECT_NE(read_file(out()).find("\"caption_text\":\"a dog\""), std::string::npos);
}

}  // namespace
}  // namespace saccade::test
