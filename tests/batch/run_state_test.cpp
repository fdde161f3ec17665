#include "saccade/batch/run_state.h"

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::write_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RunStateFile : public ::testing::Test {
 protected:
  static RunManifest manifest() {
    RunManifest manifest;
    manifest.program = "1.0";
    manifest.command = {"saccade", "batch", "photos"};
    manifest.options = {{"SOURCE", "photos"}, {"--beam", 3}};
    manifest.model = "default";
    manifest.model_sha256 = "00ff";
    manifest.cpu = "AVX2";
    manifest.precision = "float32";
    return manifest;
  }
  /// Opens the state of a run. @return whether it continues the output
  bool resumes(const RunManifest& now, RunState::Permission permission = {}) const {
    return RunState(file_, output_, now, permission).resumes();
  }
  /// Expects a refusal that changes nothing. @return its message
  std::string refusal(const RunManifest& now) const {
    const std::string before = read_file(file_);
    const bool there = fs::exists(file_);
    try {
      resumes(now);
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(read_file(file_), before);
      EXPECT_EQ(fs::exists(file_), there);
      return error.what();
    }
    ADD_FAILURE() << "expected a refusal";
    return "";
  }

  test::TemporaryFolder folder_;
  const fs::path output_ = folder_ / "out.jsonl";
  const fs::path file_ = folder_ / "out.jsonl.saccade.json";
};

TEST_F(RunStateFile, IsReadAsItWasWritten) {
  RunManifest one = manifest();
  one.complete = true;
  one.captioned = 7;
  one.failed = 2;
  const RunManifest two = parse_manifest(manifest_text(one), "x");
  EXPECT_EQ(manifest_text(two), manifest_text(one));
  EXPECT_THAT(two.command, ElementsAre("saccade", "batch", "photos"));
  EXPECT_TRUE(two.complete);
  EXPECT_EQ(two.captioned, 7);
  for (const char* text : {"", "{}", "[]", "{\"format\": \"saccade-batch\", \"version\": 9}"}) {
    EXPECT_THROW(parse_manifest(text, "x"), std::runtime_error) << text;
  }
}

TEST_F(RunStateFile, HasTheShard) {
  RunManifest one = manifest();
  one.shard.index = 1;
  one.shard.count = 3;
  one.shard.images = 9;
  one.shard.listing_sha256 = "00ff";
  one.shard.positions = {0, 4, 5};
  const RunManifest two = parse_manifest(manifest_text(one), "x");
  EXPECT_EQ(manifest_text(two), manifest_text(one));
  EXPECT_THAT(two.shard.positions, ElementsAre(0, 4, 5));
  one.shard.index = 3;
  EXPECT_THROW(parse_manifest(manifest_text(one), "x"), std::runtime_error);
}

TEST_F(RunStateFile, ContinuesTheOutputOfTheSameRun) {
  EXPECT_FALSE(resumes(manifest())) << "there is no output yet";
  write_file(output_, "a row");
  RunManifest now = manifest();
  now.command = {"saccade", "batch", "photos", "--threads", "2"};
  EXPECT_TRUE(resumes(now));
}

TEST_F(RunStateFile, StartsAnewWithOverwriteUnlessTheSameCommandWasInterrupted) {
  RunManifest now = manifest();
  now.command.emplace_back("--overwrite");
  resumes(manifest());
  write_file(output_, "a row");
  EXPECT_FALSE(resumes(now, {false, true})) << "the earlier run was another command";
  EXPECT_TRUE(resumes(now, {false, true})) << "it was interrupted";
  RunState(file_, output_, now, {false, true}).complete(1, 0);
  EXPECT_FALSE(resumes(now, {false, true})) << "it was complete";
}

TEST_F(RunStateFile, RefusesAnOutputWithoutAState) {
  write_file(output_, "a row");
  EXPECT_THAT(refusal(manifest()), HasSubstr("--overwrite"));
  write_file(file_, "{\"format\":");
  EXPECT_THAT(refusal(manifest()), HasSubstr("is not the state of a batch run"));
  EXPECT_TRUE(resumes(manifest(), {true, false})) << "--force continues it";
}

TEST_F(RunStateFile, RefusesAnotherModelOptionsCpuOrProgram) {
  resumes(manifest());
  write_file(output_, "a row");
  RunManifest now = manifest();
  now.options["--beam"] = 5;
  now.options["--hidden"] = true;
  EXPECT_THAT(refusal(now), ::testing::AllOf(HasSubstr("--beam was 3 and is now 5"),
                                             HasSubstr("--hidden was not given and is now true"),
                                             HasSubstr("--force"), HasSubstr("--overwrite")));
  now = manifest();
  now.options.erase("--beam");
  EXPECT_THAT(refusal(now), HasSubstr("--beam was 3 and is now not given"));
  now = manifest();
  now.model_sha256 = "00fe";
  EXPECT_THAT(refusal(now), HasSubstr("the model was"));
  now = manifest();
  now.cpu = "AVX-512";
  EXPECT_THAT(refusal(now), HasSubstr("CPU"));
  now = manifest();
  now.program = "1.1";
  EXPECT_THAT(refusal(now), HasSubstr("version"));
  EXPECT_TRUE(resumes(now, {true, false}));
}

TEST_F(RunStateFile, BelongsToOneRunAtATime) {
  {
    const RunState first(file_, output_, manifest(), {});
    EXPECT_THROW(resumes(manifest()), std::runtime_error);
  }
  EXPECT_FALSE(resumes(manifest())) << "no lock stays behind";
}

TEST_F(RunStateFile, IsLockedAlsoAfterItWasRewritten) {
  RunState first(file_, output_, manifest(), {});
  first.complete(3, 1);
  EXPECT_THROW(resumes(manifest()), std::runtime_error);
  const RunManifest read = parse_manifest(read_file(file_), file_);
  EXPECT_TRUE(read.complete);
  EXPECT_EQ(read.captioned, 3);
  EXPECT_EQ(read.failed, 1);
}

}  // namespace
}  // namespace saccade
