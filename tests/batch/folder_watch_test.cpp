#include "saccade/batch/folder_watch.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::write_file;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Names = std::vector<std::string>;

/// A watched folder beside one that is not watched.
class WatchedFolder : public ::testing::Test {
 protected:
  WatchedFolder() {
    fs::create_directories(folder_ / "in/deeper");
    fs::create_directories(outside_);
  }
  std::string in(const std::string& name) const { return folder_ / ("in/" + name); }
  /// All that has happened so far: nothing is waited for that does not come.
  static Names seen(FolderWatch& watch) { return watch.wait(std::chrono::milliseconds(0)); }

  const test::TemporaryFolder folder_;
  const fs::path outside_ = folder_ / "outside";
};

TEST_F(WatchedFolder, HasItsImagesAtFirst) {
  write_file(in("a.jpg"), "a");
  write_file(in("deeper/b.jpg"), "b");
  write_file(in("notes.txt"), "no image");
  FolderWatch watch(in(""), {});
  EXPECT_THAT(watch.list(), ElementsAre(in("a.jpg"), in("deeper/b.jpg")));
  EXPECT_THAT(seen(watch), IsEmpty());
}

TEST_F(WatchedFolder, ShowsAFileOnceItIsClosed) {
  FolderWatch watch(folder_ / "in", {});
  EXPECT_THAT(watch.list(), IsEmpty());
  std::ofstream file(in("deeper/a.jpg"));
  file << "half" << std::flush;
  EXPECT_THAT(seen(watch), IsEmpty());
  EXPECT_THAT(watch.list(), IsEmpty()) << "nor does a scan find it";
  file << "and half" << std::flush;
  file.close();
  EXPECT_THAT(seen(watch), ElementsAre(in("deeper/a.jpg")));
  EXPECT_THAT(seen(watch), IsEmpty());
}

TEST_F(WatchedFolder, ShowsFilesThatAreMovedOrLinkedIn) {
  FolderWatch watch(folder_ / "in", {});
  write_file(outside_ / "a.jpg", "a");
  write_file(outside_ / "b.jpg", "b");
  EXPECT_THAT(seen(watch), IsEmpty());
  fs::rename(outside_ / "a.jpg", in("a.jpg"));
  fs::create_hard_link(outside_ / "b.jpg", in("b.jpg"));
  fs::create_symlink(outside_ / "b.jpg", in("c.jpg"));
  EXPECT_THAT(seen(watch), UnorderedElementsAre(in("a.jpg"), in("b.jpg"), in("c.jpg")));
}

TEST_F(WatchedFolder, LooksIntoNewFolders) {
  FolderWatch watch(folder_ / "in", {});
  fs::create_directories(in("new/er"));
  write_file(in("new/er/a.jpg"), "a");
  EXPECT_THAT(seen(watch), ElementsAre(in("new/er/a.jpg")));
  write_file(in("new/er/b.jpg"), "b");
  EXPECT_THAT(seen(watch), ElementsAre(in("new/er/b.jpg")));
  fs::create_directories(outside_ / "full");
  write_file(outside_ / "full/c.jpg", "c");
  fs::rename(outside_ / "full", in("full"));
  EXPECT_THAT(seen(watch), ElementsAre(in("full/c.jpg")));
}

TEST_F(WatchedFolder, FollowsFoldersThatAreRenamedAndForgetsThoseThatLeave) {
  FolderWatch watch(folder_ / "in", {});
  fs::rename(in("deeper"), in("renamed"));
  EXPECT_THAT(seen(watch), IsEmpty());
  write_file(in("renamed/a.jpg"), "a");
  EXPECT_THAT(seen(watch), ElementsAre(in("renamed/a.jpg")));
  fs::rename(in("renamed"), outside_ / "gone");
  write_file(outside_ / "gone/b.jpg", "b");
  EXPECT_THAT(seen(watch), IsEmpty());
}

TEST_F(WatchedFolder, HasNoHiddenOrExcludedFiles) {
  SourceOptions options;
  options.exclude = {"*.part.jpg", "skip"};
  FolderWatch watch(folder_ / "in", options);
  fs::create_directories(in("skip/er"));
  fs::create_directories(in(".trash"));
  for (const char* name : {"a.part.jpg", ".b.jpg", "skip/er/c.jpg", ".trash/d.jpg", "e.jpg"}) {
    write_file(in(name), "x");
  }
  EXPECT_THAT(seen(watch), ElementsAre(in("e.jpg")));
}

TEST_F(WatchedFolder, IsScannedAnewAfterTooManyChanges) {
  FolderWatch watch(folder_ / "in", {});
  int limit = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
  ASSERT_GT(limit, 0);
  const fs::path here = in("x"), there = outside_ / "x";
  write_file(there, "x");
  for (int i = 0; i <= limit; i += 2) {
    fs::rename(there, here);
    fs::rename(here, there);
  }
  write_file(in("late.jpg"), "late");
  EXPECT_THAT(seen(watch), ElementsAre(in("late.jpg")));
}

TEST_F(WatchedFolder, MustNotBeRemoved) {
  FolderWatch watch(folder_ / "in", {});
  fs::rename(in(""), outside_ / "in");
  EXPECT_THROW(seen(watch), std::runtime_error);
  EXPECT_THROW(FolderWatch(folder_ / "in", {}), std::runtime_error);
}

}  // namespace
}  // namespace saccade
