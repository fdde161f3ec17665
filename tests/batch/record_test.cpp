#include "saccade/batch/record.h"

#include <cmath>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace saccade {
namespace {

using ::testing::HasSubstr;

BatchRecord captioned(const std::string& path) {
  BatchRecord record;
  record.path = path;
  record.captions.resize(1);
  record.captions[0].text = "a dog";
  record.captions[0].log_prob = -1.5;
  return record;
}

RecordOptions least(double confidence) {
  RecordOptions options;
  options.min_confidence = confidence;
  return options;
}

TEST(BatchRecord, OmitsCaptionsBelowTheMinimumConfidence) {
  BatchRecord record = captioned("a/1.jpg");
  EXPECT_THAT(to_json_line(record, least(0.9)), HasSubstr("\"a dog\"")) << "without confidence";
  record.captions[0].confidence = 0.25;
  EXPECT_EQ(to_json_line(record, least(0.25)),
            R"({"image":"a/1.jpg","caption":"a dog","log_prob":-1.5,"confidence":0.25})");
  EXPECT_EQ(to_json_line(record, least(0.5)),
            R"({"image":"a/1.jpg","caption":null,"unsure":true,"confidence":0.25})");
}

TEST(BatchRecord, IsALineOfJson) {
  EXPECT_EQ(to_json_line(captioned("a/1.jpg")),
            R"({"image":"a/1.jpg","caption":"a dog","log_prob":-1.5,"confidence":null})");
  BatchRecord failed;
  failed.path = "a/2.jpg";
  failed.error = "a/2.jpg: not an image";
  EXPECT_EQ(to_json_line(failed), R"({"image":"a/2.jpg","error":"a/2.jpg: not an image"})");
  const std::string odd = "b \"quoted\" ü\n.png";
  const std::string line = to_json_line(captioned(odd));
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(line)["image"], odd);
}

TEST(BatchRecord, HasNumbersWithFourDecimals) {
  BatchRecord record = captioned("x");
  record.captions[0].log_prob = -12.345678901;
  record.captions[0].confidence = 0.00004;
  EXPECT_THAT(to_json_line(record), HasSubstr(R"("log_prob":-12.3457,"confidence":0.0)"));
  EXPECT_FALSE(std::signbit(rounded(-0.00001)));
}

TEST(BatchRecord, HasAWarningWithTheCaption) {
  BatchRecord record = captioned("a/1.jpg");
  record.warning = "image \"a/1.jpg\" is damaged inside";
  EXPECT_EQ(nlohmann::json::parse(to_json_line(record))["warning"], record.warning);
}

TEST(BatchRecord, KeepsTheBytesOfAPathThatIsNotUtf8) {
  const std::string path = "caf\xe9\n.jpg";
  const std::string line = to_json_line(captioned(path));
  EXPECT_EQ(nlohmann::json::parse(line)["image"], "caf\xef\xbf\xbd\n.jpg");
  EXPECT_EQ(nlohmann::json::parse(line)["image_bytes"], "Y2Fm6QouanBn");
  EXPECT_EQ(parse_json_line(line).path, path);
  EXPECT_EQ(nlohmann::json::parse(to_json_line(captioned("ü"))).count("image_bytes"), 0);
}

TEST(BatchRecord, IsReadBack) {
  BatchRecord failed;
  failed.path = "a \"b\".jpg";
  failed.error = "why";
  EXPECT_TRUE(parse_json_line(to_json_line(failed)).failed);
  EXPECT_EQ(parse_json_line(to_json_line(failed)).path, failed.path);
  EXPECT_FALSE(parse_json_line(to_json_line(captioned("x"))).failed);
  for (const char* line :
       {"", "[]", R"({"image":"x"})", R"({"caption":"x"})", R"({"image":1,"caption":"x"})",
        R"({"image":"x","image_bytes":"?","caption":"x"})"}) {
    EXPECT_THROW(parse_json_line(line), std::invalid_argument) << line;
  }
}

TEST(BatchRecord, HasTheCaptionInItsTemplate) {
  RecordOptions options;
  options.text = "<{caption}|{name}|{stem}|{other}>";
  BatchRecord record = captioned("d/b.c.jpg");
  record.captions[0].text = "a {name}";
  EXPECT_EQ(nlohmann::json::parse(to_json_line(record, options))["caption"],
            "<a {name}|b.c.jpg|b.c|{other}>");
}

TEST(BatchRecord, HasTheFieldsThatAreAskedFor) {
  BatchRecord record = captioned("x");
  Caption& best = record.captions[0];
  best.grid = {1, 2};
  best.words.resize(2);
  best.words[0].word = "a";
  best.words[0].calibrated_p = 0.5;
  best.words[0].attention = {0.25F, 0.75F};
  best.words[1].word = "dog";
  best.words[1].calibrated_p = 0.12345;
  best.words[1].attention = {0, 1};
  record.captions.push_back(best);
  record.captions[1].text = "a cat";
  RecordOptions options;
  set_fields(options, "caption,words,p,maps,n_best");
  const auto json = nlohmann::json::parse(to_json_line(record, options));
  EXPECT_EQ(json["words"], nlohmann::json({"a", "dog"}));
  EXPECT_EQ(json["p"], nlohmann::json({0.5, 0.1235}));
  EXPECT_EQ(json["grid"], nlohmann::json({1, 2}));
  EXPECT_EQ(json["maps"], nlohmann::json({{0.25, 0.75}, {0.0, 1.0}}));
  EXPECT_EQ(json["n_best"][1]["caption"], "a cat");
  EXPECT_FALSE(json.contains("verdicts"));
  EXPECT_EQ(nlohmann::json::parse(to_json_line(record)).size(), 4);
  EXPECT_THROW(set_fields(options, "words,colour"), std::invalid_argument);
}

TEST(BatchRecord, HasTheVerdictsOfItsWords) {
  BatchRecord record = captioned("x");
  record.verdicts = {{"", 0}, {"language prior", 0.12345}};
  RecordOptions options;
  set_fields(options, "verdicts");
  const auto json = nlohmann::json::parse(to_json_line(record, options));
  EXPECT_EQ(json["verdicts"], nlohmann::json({nullptr, "language prior"}));
  EXPECT_EQ(json["suspicion"], nlohmann::json({nullptr, 0.1235}));
}

TEST(BatchRecord, IsARowOfCsv) {
  BatchRecord record = captioned("a, \"b\"\nc.jpg");
  record.captions[0].confidence = 0.25;
  record.warning = "damaged";
  EXPECT_EQ(to_csv_row(record), "\"a, \"\"b\"\"\nc.jpg\",a dog,-1.5,0.25,damaged,,");
  EXPECT_EQ(to_csv_row(record, least(0.5)), "\"a, \"\"b\"\"\nc.jpg\",,,0.25,damaged,,");
  EXPECT_EQ(parse_csv_row(to_csv_row(record)).path, record.path);
  EXPECT_FALSE(parse_csv_row(to_csv_row(record)).failed);
  BatchRecord failed;
  failed.path = "caf\xe9.jpg";
  failed.error = "why";
  EXPECT_TRUE(parse_csv_row(to_csv_row(failed)).failed);
  EXPECT_EQ(parse_csv_row(to_csv_row(failed)).path, failed.path);
  for (const char* row : {"", "a", "a,b,c,d,e,f", "a,b,c,d,e,f,?", "\"a"}) {
    EXPECT_THROW(parse_csv_row(row), std::invalid_argument) << row;
  }
}

}  // namespace
}  // namespace saccade
