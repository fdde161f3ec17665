#include "reference.h"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "commands.h"
#include "run_program.h"
#include "temporary_folder.h"

namespace saccade::app {
namespace {

using test::ProgramResult;
using test::TemporaryFolder;
using test::write_file;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

std::vector<std::string> lines_of_text(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// A page with - for \-.
std::string without_escapes(std::string page) {
  for (std::size_t at; (at = page.find("\\-")) != std::string::npos;) page.erase(at, 1);
  return page;
}

/// What bash offers for the last of these words.
std::vector<std::string> bash_offers(const std::vector<std::string>& words) {
  const TemporaryFolder folder;
  write_file(folder / "saccade.bash", completion_script("bash"));
  write_file(folder / "a photo.jpg", "");
  std::filesystem::create_directory(folder / "a folder");
  std::string script =
      "cd '" + folder.path().string() + "' && source ./saccade.bash && COMP_WORDS=(";
  for (const std::string& word : words) script += "'" + word + "' ";
  script += ") && COMP_CWORD=" + std::to_string(words.size() - 1) +
            " && _saccade && printf '%s\\n' \"${COMPREPLY[@]}\"";
  const ProgramResult result =
      test::run_program(folder.path(), {"--norc", "-c", script}, "", "/bin/bash");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  std::vector<std::string> offers = lines_of_text(result.out);
  if (offers == std::vector<std::string>{""}) offers.clear();
  return offers;
}

TEST(BashCompletion, OffersCommandsAndSubCommands) {
  EXPECT_THAT(bash_offers({"saccade", ""}), IsSupersetOf({"caption", "batch", "model", "--help"}));
  EXPECT_THAT(bash_offers({"saccade", "he"}), ElementsAre("heatmap"));
  EXPECT_THAT(bash_offers({"saccade", "model", "in"}), ElementsAre("inspect"));
}

TEST(BashCompletion, OffersTheOptionsOfTheCommand) {
  EXPECT_THAT(bash_offers({"saccade", "batch", "--sh"}), ElementsAre("--shard"));
  EXPECT_THAT(bash_offers({"saccade", "caption", "--sh"}), IsEmpty());
  EXPECT_THAT(bash_offers({"saccade", "model", "health", "--phr"}), ElementsAre("--phrases"));
}

TEST(BashCompletion, OffersValuesFilesAndFolders) {
  EXPECT_THAT(bash_offers({"saccade", "heatmap", "--color-map", "inf"}), ElementsAre("inferno"));
  EXPECT_THAT(bash_offers({"saccade", "heatmap", "--color-map", "=", "inf"}),
              ElementsAre("inferno"));
  EXPECT_THAT(bash_offers({"saccade", "completion", ""}), ElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(bash_offers({"saccade", "caption", "a"}),
              UnorderedElementsAre("a photo.jpg", "a folder"));
  EXPECT_THAT(bash_offers({"saccade", "heatmap", "x.jpg", "--output", "a"}),
              ElementsAre("a folder"));
  EXPECT_THAT(bash_offers({"saccade", "caption", "--beam", "a"}), IsEmpty());
}

TEST(Completion, HasEveryOptionForEveryShell) {
  for (const std::string& shell : shell_names()) {
    const std::string script = completion_script(shell);
    for (const Command& command : commands()) {
      for (const OptionEntry& option : command.options().entries()) {
        const std::string spelled =
            shell == "fish" && option.name.size() > 1 ? "-l " + option.name : "-" + option.name;
        if (option.positional || option.name.size() == 1) continue;
        EXPECT_THAT(script, HasSubstr(spelled)) << shell << " " << command.name;
      }
    }
  }
}

TEST(Completion, RefusesAnUnknownShell) {
  const TemporaryFolder folder;
  EXPECT_EQ(test::run_program(folder.path(), {"completion", "tcsh"}).code, 2);
  EXPECT_EQ(test::run_program(folder.path(), {"completion"}).code, 2);
  EXPECT_EQ(test::run_program(folder.path(), {"completion", "zsh"}).out, completion_script("zsh"));
}

TEST(ManualPage, HasEveryOptionWithItsDefault) {
  for (const Command& command : commands()) {
    const std::string plain = without_escapes(manual_page(command, "2026-01-31"));
    EXPECT_THAT(plain, HasSubstr(std::string("\n.B saccade ") + command.name + "\n"));
    for (const OptionEntry& option : command.options().entries()) {
      const std::string dashes = option.positional ? "" : "\\fB--" + option.name + "\\fR";
      EXPECT_THAT(plain, HasSubstr(dashes));
      if (option.default_value.empty()) continue;
      EXPECT_THAT(plain, HasSubstr("(default: " + option.default_value + ")"));
    }
  }
}

TEST(ManualPage, HasNoRequestsBesideItsOwnAndOnlyAscii) {
  for (const Command& command : commands()) {
    for (const std::string& line : lines_of_text(manual_page(command, "2026-01-31"))) {
      EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' '; })) << line;
      if (line.empty() || (line[0] != '.' && line[0] != '\'')) continue;
      EXPECT_THAT((std::vector<std::string>{"TH", "SH", "TP", "B", "BR", "PP", "nf", "fi"}),
                  Contains(line.substr(1, line.find(' ') - 1)));
    }
  }
}

TEST(ManualPage, OfTheProgramListsTheCommands) {
  const std::string page = without_escapes(main_manual_page("2026-01-31"));
  for (const Command& command : commands()) {
    EXPECT_THAT(page, HasSubstr(command.summary));
  }
}

}  // namespace
}  // namespace saccade::app
