#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "model/tiny_bundle.h"
#include "run_program.h"
#include "temporary_folder.h"

namespace saccade {
namespace {

using test::ProgramResult;
using test::write_file;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A valid bundle with random weights.
class ModelCommand : public ::testing::Test {
 protected:
  ModelCommand() { save_bundle(model_, test::tiny_bundle(), Storage::fp16, "# Random weights\n"); }

  ProgramResult run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "model");
    return test::run_program(folder_.path(), arguments);
  }

  test::TemporaryFolder folder_;
  const std::string model_ = folder_ / "a,model";  // a comma does not separate paths
};

TEST_F(ModelCommand, ListsItsSubCommands) {
  const auto result = run({"--help"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("inspect"), HasSubstr("verify"), HasSubstr("import-encoder")));
}

TEST_F(ModelCommand, RejectsInvalidCommandLines) {
  using Lines = std::vector<std::vector<std::string>>;
  for (const auto& line : Lines{{},
                                {"convert"},
                                {"inspect"},
                                {"verify"},
                                {"verify", model_, model_},
                                {"inspect", model_, "--jsno"}}) {
    const auto result = run(line);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("--help"));
  }
}

TEST_F(ModelCommand, AveragesModelsIntoAValidModel) {
  const std::string mean = folder_ / "mean";
  const auto result = run({"average", model_, model_, "--share", "1", "--share", "2", "--output",
                           mean, "--beam", "2", "--max-length", "12"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr(mean), HasSubstr("2 models")));
  EXPECT_EQ(run({"verify", mean}).code, 0);
  const Bundle bundle = load_bundle(mean);
  EXPECT_EQ(bundle.decoding,
            (nlohmann::json{{"beam", 2}, {"length_penalty", 0.7}, {"max_length", 12}}));
}

TEST_F(ModelCommand, RejectsInvalidAverages) {
  const std::string mean = folder_ / "mean";
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"average", "--output", mean},
        {"average", model_},
        {"average", model_, "--share", "1", "--share", "2", "--output", mean},
        {"average", model_, "--share", "0", "--output", mean},
        {"average", model_, "--beam", "0", "--output", mean}}) {
    const auto result = run(line);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_FALSE(std::filesystem::exists(mean));
  }
}

TEST_F(ModelCommand, InspectsABundleAsJson) {
  const auto result = run({"inspect", "--json", model_});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report["kind"], "bundle");
  EXPECT_EQ(report["path"], model_);
  EXPECT_EQ(report["stored"], nlohmann::json({"F16"}));
  EXPECT_EQ(report["vocabulary"], 7);
  EXPECT_EQ(report["config"]["decoder"]["hidden"], 4);
  EXPECT_EQ(report["config"]["provenance"]["nested"]["bleu_4"], 12.5);
  const auto bundle = test::tiny_bundle();
  std::int64_t decoder = 0;
  for (const auto& parameter : bundle.decoder->parameters()) decoder += parameter.numel();
  EXPECT_EQ(report["parameters"]["decoder"], decoder);
}

TEST_F(ModelCommand, InspectsABundleAsText) {
  const auto result = run({"inspect", model_});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("7 words"), HasSubstr("mobilenet_v2"), HasSubstr("F16"),
                                HasSubstr("hidden 4"), HasSubstr("bleu_4"), HasSubstr("sha256")));
}

TEST_F(ModelCommand, ListsTheTensorsOfAFile) {
  const std::string file = SACCADE_FIXTURES "/safetensors/small.safetensors";
  const auto text = run({"inspect", file});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("matrix"), HasSubstr("[2,3]"), HasSubstr("naïve")));
  const auto report = nlohmann::json::parse(run({"inspect", "--json", file}).out);
  EXPECT_EQ(report["tensors"].size(), 12u);
  EXPECT_EQ(report["tensors"][6],
            nlohmann::json({{"name", "half"}, {"type", "F16"}, {"shape", {3}}}));
  EXPECT_EQ(report["metadata"]["made by"], "make.py");
}

TEST_F(ModelCommand, AcceptsAValidBundle) {
  const auto result = run({"verify", model_});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, model_ + ": valid\n");
  EXPECT_EQ(result.err, "");
}

TEST_F(ModelCommand, ReportsADamagedBundle) {
  write_file(model_ + "/vocab.json", Vocabulary({"a", "cat", "runs"}).to_json());
  for (const char* command : {"verify", "inspect"}) {
    const auto result = run({command, model_});
    EXPECT_EQ(result.code, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, AllOf(HasSubstr("vocab.json"), HasSubstr("SHA-256")));
  }
  EXPECT_EQ(run({"verify", folder_ / "absent"}).code, 1);
  EXPECT_EQ(run({"verify", SACCADE_FIXTURES "/safetensors/small.safetensors"}).code, 1);
}

}  // namespace
}  // namespace saccade
