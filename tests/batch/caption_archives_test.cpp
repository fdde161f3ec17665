#include "saccade/batch/caption_archives.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/io/tar_file.h"
#include "saccade/io/tar_writer.h"

#include "tar_archive.h"
#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using Names = std::vector<std::string>;

const std::string kCaptioned =
    R"({"image":"x","caption":"a dog","log_prob":-1.5,"confidence":null})";

SidecarOptions for_archives_in(const fs::path& source) {
  SidecarOptions options;
  options.source = source;
  return options;
}

/// The members of an archive: names and contents.
std::vector<std::pair<std::string, std::string>> members_of(const fs::path& archive) {
  std::vector<std::pair<std::string, std::string>> members;
  TarStream stream(archive);
  while (stream.next()) {
    const auto bytes = stream.bytes(1 << 20);
    members.emplace_back(stream.name(), std::string(bytes.begin(), bytes.end()));
  }
  return members;
}

using CaptionRows = std::map<std::int64_t, std::string>;

/// Begins a run that captions `inputs`; the others may have rows.
void begin_run(CaptionArchives& archives, const CaptionRows& rows,
               const std::vector<std::int64_t>& inputs) {
  archives.set_rows([&rows](std::int64_t input) {
    const auto found = rows.find(input);
    return found == rows.end() ? "" : found->second;
  });
  archives.begin(inputs);
}

TEST(CaptionArchives, AreWrittenOnceTheLastImageIsDone) {
  const test::TemporaryFolder folder;
  const std::string tar = folder / "0.tar";
  const std::string odd = std::string(150, 'n') + "\n\xFF";
  test::write_file(tar, "not read");
  const Names inputs{tar + "/b.1.jpg", tar + "/broken.png", "else.jpg", tar + "/" + odd + ".png",
                     tar};
  CaptionArchives archives(for_archives_in(folder.path()), inputs);
  const fs::path captions = folder / "0.captions.tar";
  EXPECT_EQ(archives.path_of(1), captions);
  EXPECT_FALSE(archives.holds(2));
  CaptionRows rows;
  begin_run(archives, rows, {0, 1, 2, 3, 4});
  rows = {{0, kCaptioned}, {3, kCaptioned}};
  for (const std::int64_t input : {0, 1, 3}) archives.add(input);
  EXPECT_FALSE(fs::exists(captions));
  archives.add(4);
  EXPECT_THAT(members_of(captions),
              ElementsAre(Pair("b.1.txt", "a dog\n"), Pair(odd + ".txt", "a dog\n")));
  EXPECT_EQ(read_file(tar), "not read");
  EXPECT_TRUE(is_written_by_saccade(captions));
}

TEST(CaptionArchives, MayHoldRecordsOrXmp) {
  const test::TemporaryFolder folder;
  test::write_file(folder / "0.tar", "not read");
  const Names inputs{folder / "0.tar/a.jpg"};
  const CaptionRows rows{{0, kCaptioned}};
  SidecarOptions options = for_archives_in(folder.path());
  options.kind = SidecarKind::json;
  options.mirror = folder / "deep/er";
  CaptionArchives json(options, inputs);
  begin_run(json, rows, {});
  EXPECT_THAT(members_of(folder / "deep/er/0.captions.tar"),
              ElementsAre(Pair("a.json", kCaptioned + "\n")));
  options.kind = SidecarKind::xmp;
  options.full_name = true;
  CaptionArchives xmp(options, inputs);
  begin_run(xmp, rows, {});
  EXPECT_THAT(members_of(folder / "deep/er/0.tar.captions.tar"),
              ElementsAre(Pair("a.jpg.xmp", HasSubstr("a dog"))));
}

TEST(CaptionArchives, AreWrittenAgainFromTheRows) {
  const test::TemporaryFolder folder;
  const std::string tar = folder / "0.tar";
  test::write_file(tar, "not read");
  const Names inputs{tar + "/a.jpg", tar + "/b.jpg"};
  const fs::path captions = folder / "0.captions.tar";
  const auto run = [&](const CaptionRows& rows) {
    CaptionArchives archives(for_archives_in(folder.path()), inputs);
    begin_run(archives, rows, {});
  };
  const CaptionRows both{{0, kCaptioned}, {1, kCaptioned}};
  run({{0, kCaptioned}});
  EXPECT_EQ(members_of(captions).size(), 1);
  // The run ended between a row and the archive with its caption.
  run(both);
  EXPECT_EQ(members_of(captions).size(), 2);
  const std::string whole = read_file(captions);
  fs::remove(captions);
  run(both);
  EXPECT_EQ(read_file(captions), whole);
}

TEST(CaptionArchives, OfTheUserAreKept) {
  const test::TemporaryFolder folder;
  const std::string tar = folder / "0.tar";
  const std::string captions = folder / "0.captions.tar";
  const std::string mine = test::tar_file("a.txt", "mine") + test::tar_end();
  test::write_file(tar, "not read");
  test::write_file(captions, mine);
  const Names inputs{tar + "/a.jpg"};
  const CaptionRows rows;
  SidecarOptions options = for_archives_in(folder.path());
  CaptionArchives archives(options, inputs);
  begin_run(archives, rows, {});
  EXPECT_TRUE(archives.keeps_caption(0));
  options.overwrite = true;
  CaptionArchives overwriting(options, inputs);
  EXPECT_THROW(begin_run(overwriting, rows, {0}), std::invalid_argument);
  EXPECT_EQ(read_file(captions), mine);
  const Names both{tar + "/a.jpg", captions + "/b.jpg"};
  EXPECT_THROW(CaptionArchives(options, both), std::invalid_argument)
      << "it would replace an input";
}

TEST(CaptionArchives, AreRefusedForTwoImagesOrArchivesOfOneStem) {
  const test::TemporaryFolder folder;
  for (const char* name : {"0.tar", "0.tar.gz"}) test::write_file(folder / name, "not read");
  SidecarOptions options = for_archives_in(folder.path());
  const Names images{folder / "0.tar/a.jpg", folder / "0.tar/b/a.png", folder / "0.tar/a.png"};
  EXPECT_THROW(CaptionArchives(options, images), std::invalid_argument);
  const Names archives{folder / "0.tar/a.jpg", folder / "0.tar.gz/b.jpg"};
  EXPECT_THROW(CaptionArchives(options, archives), std::invalid_argument);
  options.full_name = true;
  EXPECT_NO_THROW(CaptionArchives(options, images));
  EXPECT_EQ(CaptionArchives(options, archives).path_of(1), folder / "0.tar.gz.captions.tar");
}

}  // namespace
}  // namespace saccade
