// The commands that the launcher runs itself, and how it finds the engine for the others.

#include <cstdio>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_program.h"
#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::ProgramResult;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Launcher : public ::testing::Test {
 protected:
  ProgramResult run(const std::vector<std::string>& arguments,
                    const fs::path& program = SACCADE_PROGRAM) const {
    return test::run_program(folder_.path(), arguments, "", program);
  }
  /// A copy of the launcher without an engine.
  fs::path launcher_alone() const {
    const fs::path program = folder_ / "bin" / "saccade";
    fs::create_directories(program.parent_path());
    fs::copy_file(SACCADE_PROGRAM, program);
    return program;
  }
  test::TemporaryFolder folder_;
};

/// The commands that `saccade --help` and `saccade model --help` list.
std::vector<std::string> listed(const std::string& help, const std::string& before) {
  std::vector<std::string> names;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("  ", 0) == 0) names.push_back(before + line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words;
  std::istringstream in(command);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

#ifndef SACCADE_WITH_EXIV2
TEST_F(Launcher, SaysHowToBuildAProgramThatWritesIntoImages) {
  const ProgramResult result = run({"batch", folder_.path(), "--embed"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("-DSACCADE_WITH_EXIV2=ON"));
}
#endif

TEST_F(Launcher, NeedsNeitherLibTorchNorTheImageCodecs) {
  std::string libraries;
  FILE* ldd = ::popen(("ldd '" + std::string(SACCADE_PROGRAM) + "'").c_str(), "r");
  ASSERT_NE(ldd, nullptr);
  char line[4096];
  while (std::fgets(line, sizeof line, ldd) != nullptr) libraries += line;
  ASSERT_EQ(::pclose(ldd), 0);
  EXPECT_THAT(libraries, HasSubstr("libc.so"));
  for (const char* heavy : {"torch", "libc10", "opencv", "pango", "gomp"}) {
    EXPECT_THAT(libraries, Not(HasSubstr(heavy)));
  }
}

TEST_F(Launcher, PrintsTheSameHelpAsTheEngine) {
  const ProgramResult help = run({"--help"});
  EXPECT_EQ(help.out, run({"--help"}, SACCADE_ENGINE).out);
  std::vector<std::string> commands = listed(help.out, "");
  for (std::string& command : listed(run({"model", "--help"}).out, "model ")) {
    commands.push_back(std::move(command));
  }
  ASSERT_GE(commands.size(), 15U);
  for (const std::string& command : commands) {
    std::vector<std::string> line = words_of(command);
    line.emplace_back("--help");
    const ProgramResult own = run(line);
    EXPECT_EQ(own.code, 0) << command;
    if (command == "model") continue;
    EXPECT_THAT(own.out, AllOf(HasSubstr("saccade " + command), HasSubstr("Example:")));
    EXPECT_EQ(own.out, run(line, SACCADE_ENGINE).out) << command;
  }
}

TEST_F(Launcher, RunsModelFreeCommandsWithoutTheEngine) {
  const fs::path program = launcher_alone();
  test::write_file(folder_ / "h.jsonl", R"({"image": "a.jpg", "caption": "a cat on a mat"})"
                                        "\n");
  test::write_file(folder_ / "r.jsonl", R"({"image": "a.jpg", "caption": "a cat on a mat"})"
                                        "\n");
  const ProgramResult scored = run({"metrics", "--hypotheses", folder_ / "h.jsonl", "--references",
                                    folder_ / "r.jsonl", "--no-meteor"},
                                   program);
  EXPECT_EQ(scored.code, 0) << scored.err;
  EXPECT_THAT(scored.out, HasSubstr("BLEU"));
  EXPECT_EQ(run({"--version"}, program).code, 0);
  EXPECT_THAT(run({"train", "--settings"}, program).out, HasSubstr("learning_rate"));

  using Line = std::vector<std::string>;
  for (const Line& wrong :
       {Line{"caption"}, Line{"caption", "a.jpg", "--beam", "0"},
        Line{"caption", "a.jpg", "--threads", "many"}, Line{"score", "a.jpg"},
        Line{"heatmap", "a.jpg", "--output", "out", "--format", "bmp"},
        Line{"heatmap", "a.jpg", "--output", "out", "--color-map", "jet"},
        Line{"heatmap", "a.jpg", "--output", "out", "--map", "beta"},
        Line{"diagnose", "a.jpg", "--instead-of", "bird"}, Line{"batch", "a", "--batch-size", "0"},
        Line{"batch", "a", "--output", "b", "--shard", "2/2"},
        Line{"batch", "a", "--sidecar", "doc"}, Line{"merge", "a"},
        Line{"train", "--data", "a", "--set", "epochz=3"}, Line{"model", "inspekt"},
        Line{"model", "average", "a", "b", "--output", "c", "--share", "1"}, Line{"docter"}}) {
    const ProgramResult refused = run(wrong, program);
    EXPECT_EQ(refused.code, 2) << ::testing::PrintToString(wrong);
    EXPECT_THAT(refused.err, AllOf(StartsWith("saccade: "), Not(HasSubstr("cmake --install"))));
  }
}

TEST_F(Launcher, ReportsAMissingEngine) {
  const ProgramResult result = run({"caption", "a.jpg"}, launcher_alone());
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, AllOf(StartsWith("saccade: "), HasSubstr("saccade-engine"),
                                HasSubstr("cmake --install")));
}

TEST_F(Launcher, FindsTheEngineThroughASymlinkToItself) {
  const fs::path link = folder_ / "scribe";
  fs::create_symlink(SACCADE_PROGRAM, link);
  const ProgramResult result = run({"model", "verify", "none"}, link);
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(StartsWith("saccade: model none"), HasSubstr("no such folder")));
}

}  // namespace
}  // namespace saccade
