#include "saccade/io/locked_file.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::TemporaryFolder;

TEST(LockedFile, KeepsItsTextForTheNextOwner) {
  const TemporaryFolder folder;
  {
    LockedFile file(folder / "state");
    EXPECT_EQ(file.text(), "");
    file.replace("one");
    file.replace("two");
    EXPECT_EQ(read_file(folder / "state"), "two");
  }
  EXPECT_EQ(LockedFile(folder / "state").text(), "two");
}

TEST(LockedFile, IsRemovedIfNothingWasWritten) {
  const TemporaryFolder folder;
  { const LockedFile file(folder / "state"); }
  EXPECT_FALSE(fs::exists(folder / "state"));
}

TEST(LockedFile, HasOneOwner) {
  const TemporaryFolder folder;
  LockedFile file(folder / "state");
  for (int round = 0; round < 2; ++round) {
    try {
      const LockedFile second(folder / "state");
      FAIL() << "expected an error";
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("another run"));
    }
    file.replace("text");  // the lock is on the new file, too
  }
}

TEST(LockedFile, IsFreeOnceItsOwnerWasKilled) {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    LockedFile file(folder / "state");
    file.replace("of the child");
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(LockedFile(folder / "state").text(), "of the child");
}

TEST(LockedFile, NamesAPathThatCannotBeWritten) {
  const TemporaryFolder folder;
  try {
    const LockedFile file(folder / "absent/state");
    FAIL() << "expected an error";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr((folder / "absent/state").string()));
  }
}

}  // namespace
}  // namespace saccade
