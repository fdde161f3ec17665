#include "saccade/io/staging_folder.h"

#include <filesystem>
#include <optional>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;

TEST(StagingFolder, IsRemovedWithItsObject) {
  const TemporaryFolder folder;
  fs::path path;
  {
    const StagingFolder staging(folder / "deep/out");
    path = staging.path();
    write_file(path / "file", "bytes");
    EXPECT_TRUE(fs::exists(path / "file"));
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::is_empty(folder / "deep/out"));
}

TEST(StagingFolder, RemovesTheFolderOfAKilledProcess) {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const StagingFolder staging(folder.path());
    write_file(staging.path() / "half", "written");
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  ASSERT_FALSE(fs::is_empty(folder.path()));
  std::optional<StagingFolder> staging;
  staging.emplace(folder.path());
  staging.reset();
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(StagingFolder, KeepsAnotherThatIsInUse) {
  const TemporaryFolder folder;
  const StagingFolder first(folder.path());
  write_file(first.path() / "file", "bytes");
  const StagingFolder second(folder.path());
  EXPECT_NE(first.path(), second.path());
  EXPECT_EQ(read_file(first.path() / "file"), "bytes");
}

TEST(StagingFolder, KeepsAFolderOfTheUserWithASimilarName) {
  const TemporaryFolder folder;
  fs::create_directory(folder / ".saccade-staging-1-0");
  write_file(folder / ".saccade-staging-1-0/mine", "mine");
  { const StagingFolder staging(folder.path()); }
  EXPECT_EQ(read_file(folder / ".saccade-staging-1-0/mine"), "mine");
}

TEST(StagingFolder, RefusesAPlaceThatIsAFile) {
  const TemporaryFolder folder;
  write_file(folder / "file", "mine");
  EXPECT_THROW(StagingFolder(folder / "file"), std::runtime_error);
  EXPECT_EQ(read_file(folder / "file"), "mine");
}

TEST(ExchangeFolder, PutsTheOldFolderInPlaceOfTheNewOne) {
  const TemporaryFolder folder;
  for (const char* name : {"new", "old"}) {
    fs::create_directory(folder / name);
    write_file(folder / name / "file", name);
  }
  exchange_folder(folder / "new", folder / "old");
  EXPECT_EQ(read_file(folder / "old/file"), "new");
  EXPECT_EQ(read_file(folder / "new/file"), "old");
  exchange_folder(folder / "new", folder / "fresh");
  EXPECT_EQ(read_file(folder / "fresh/file"), "old");
  EXPECT_FALSE(fs::exists(folder / "new"));
}

}  // namespace
}  // namespace saccade
