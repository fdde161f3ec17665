// Runs `saccade metrics` from the command line.
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "temporary_folder.h"

namespace saccade {
namespace {

using test::read_file;
using test::write_file;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

struct Outcome {
  int code;
  std::string output, errors;
};

class MetricsCommand : public testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_ / "refs.txt",
               "x.jpg#0\tA dog runs .\nx.jpg#1\tThe dog is running .\n"
               "y.jpg#0\tA man sits .\ny.jpg#1\tThe man is on a couch .\n");
    write_file(folder_ / "h.jsonl",
               "{\"image\": \"photos/x.jpg\", \"caption\": \"A dog runs.\"}\n"
               "{\"image\": \"photos/y.jpg\", \"caption\": \"a man on a couch\"}\n");
    write_file(folder_ / "h2.csv", "image,caption\nx.jpg,a cat\ny.jpg,\"a man, sitting\"\n");
  }
  /// Runs `saccade metrics` in the folder.
  Outcome run(const std::string& arguments) {
    const std::string command = "cd '" + folder_.path().string() +
                                "' && '" SACCADE_PROGRAM "' metrics " + arguments + " 2>errors";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    Outcome outcome{-1, "", ""};
    std::array<char, 4096> buffer{};
    for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
      outcome.output.append(buffer.data(), n);
    }
    outcome.code = WEXITSTATUS(::pclose(pipe));
    outcome.errors = read_file(folder_ / "errors");
    return outcome;
  }
  test::TemporaryFolder folder_;
};

const std::string kBoth = "--hypotheses h.jsonl --references refs.txt --no-meteor ";

TEST_F(MetricsCommand, PrintsATableWithFilesAndCounts) {
  const Outcome outcome = run(kBoth);
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("h.jsonl"), HasSubstr("2 images, 4 references"),
                                    HasSubstr("ptb"), HasSubstr("CIDEr-D")));
  EXPECT_THAT(outcome.errors, HasSubstr("only 2 images"));
}

TEST_F(MetricsCommand, PrintsOnlyJson) {
  const Outcome outcome = run(kBoth + "--json --bootstrap 10 --versus h2.csv --seed 3");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const auto json = nlohmann::json::parse(outcome.output);
  EXPECT_EQ(json.at("bleu").size(), 4u);
  EXPECT_EQ(json.at("count"), 2);
  EXPECT_EQ(json.at("bootstrap").at("seed"), 3);
  EXPECT_GT(json.at("versus").at("difference").at("rouge_l").get<double>(), 0);
}

TEST_F(MetricsCommand, WritesEachImagesScores) {
  ASSERT_EQ(run(kBoth + "--per-image scores.jsonl").code, 0);
  const std::string lines = read_file(folder_ / "scores.jsonl");
  const auto first = nlohmann::json::parse(lines.substr(0, lines.find('\n')));
  EXPECT_EQ(first.at("image"), "x.jpg");
  EXPECT_NEAR(first.at("bleu")[0].get<double>(), 1, 1e-6);
}

TEST_F(MetricsCommand, MatchesImagesByTheFoldersThatBothFilesGive) {
  write_file(folder_ / "h.jsonl",
             "{\"image\": \"cats/1.jpg\", \"caption\": \"a cat sleeps\"}\n"
             "{\"image\": \"dogs/1.jpg\", \"caption\": \"a dog runs\"}\n");
  write_file(folder_ / "refs.json",
             R"({"dogs/1.jpg": ["a dog runs"], "cats/1.jpg": ["a cat sleeps"]})");
  write_file(folder_ / "list.txt", "dogs/1.jpg\n");
  const std::string files = "--hypotheses h.jsonl --references refs.json --no-meteor --json ";
  const Outcome outcome = run(files + "--per-image scores.jsonl");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_NEAR(nlohmann::json::parse(outcome.output).at("bleu")[0].get<double>(), 1, 1e-6);
  EXPECT_THAT(read_file(folder_ / "scores.jsonl"), HasSubstr("\"image\":\"cats/1.jpg\""));
  const Outcome one = run(files + "--images list.txt --allow-missing");
  ASSERT_EQ(one.code, 0) << one.errors;
  EXPECT_EQ(nlohmann::json::parse(one.output).at("count"), 1);
  write_file(folder_ / "refs.json", R"({"1.jpg": ["a dog runs"]})");
  const Outcome ambiguous = run(files);
  EXPECT_EQ(ambiguous.code, 1);
  EXPECT_THAT(ambiguous.errors,
              HasSubstr("\"1.jpg\" matches both \"cats/1.jpg\" and \"dogs/1.jpg\""));
}

TEST_F(MetricsCommand, SavesAndUsesADocumentFrequency) {
  const Outcome saved = run("--references refs.txt --save-document-frequency df");
  EXPECT_EQ(saved.code, 0) << saved.errors;
  const Outcome used = run(kBoth + "--document-frequency df --json");
  ASSERT_EQ(used.code, 0) << used.errors;
  EXPECT_TRUE(nlohmann::json::parse(used.output).at("cider_document_frequency").at("from_file"));
  EXPECT_EQ(run(kBoth + "--document-frequency df --tokenize none").code, 1);
}

TEST_F(MetricsCommand, CountsCopiesOfTheTrainingSet) {
  write_file(folder_ / "train.txt", "t.jpg#0\ta dog runs\n");
  const Outcome outcome = run(kBoth + "--training train.txt --json");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_EQ(nlohmann::json::parse(outcome.output).at("diversity").at("in_training_set"), 0.5);
}

TEST_F(MetricsCommand, NamesMissingImages) {
  write_file(folder_ / "one.jsonl", "{\"image\": \"x.jpg\", \"caption\": \"a dog\"}\n");
  const std::string one = "--hypotheses one.jsonl --references refs.txt --no-meteor ";
  const Outcome refused = run(one);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.output, IsEmpty());
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("y.jpg"), HasSubstr("--allow-missing")));
  EXPECT_EQ(run(one + "--allow-missing").code, 0);
  write_file(folder_ / "list.txt", "x.jpg\n");
  EXPECT_EQ(run(one + "--images list.txt").code, 0);
}

TEST_F(MetricsCommand, NamesAMissingWordNetFolder) {
  const Outcome outcome = run("--hypotheses h.jsonl --references refs.txt --wordnet nowhere");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("nowhere"), HasSubstr("wordnet-base")));
}

TEST_F(MetricsCommand, RejectsWrongUsage) {
  EXPECT_EQ(run("--references refs.txt").code, 2);
  EXPECT_EQ(run("--hypotheses h.jsonl").code, 2);
  EXPECT_EQ(run(kBoth + "--tokenize moses").code, 2);
  EXPECT_EQ(run(kBoth + "--bootstrap 0").code, 2);
  EXPECT_EQ(run(kBoth + "--no-such-option").code, 2);
}

TEST_F(MetricsCommand, NamesTheInvalidLine) {
  write_file(folder_ / "h.jsonl", "{\"image\": \"x.jpg\", \"caption\": \"a\"}\n{\"image\": }\n");
  const Outcome outcome = run(kBoth);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("line 2"));
}

TEST_F(MetricsCommand, PrintsHelpWithAnExample) {
  const Outcome outcome = run("--help");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("--hypotheses"), HasSubstr("saccade metrics --")));
}

}  // namespace
}  // namespace saccade
