#include "saccade/batch/sidecar.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/batch/xmp_description.h"

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

const std::string kRow = R"({"image":"x","caption":"a dog","log_prob":-1.5,"confidence":null})";

SidecarOptions beside(const fs::path& source) {
  SidecarOptions options;
  options.source = source;
  return options;
}

TEST(Sidecars, LieBesideTheirImages) {
  const Names inputs{"d/a.b.jpg", "c"};
  SidecarOptions options = beside("d");
  EXPECT_EQ(Sidecars(options, inputs).path_of(0), "d/a.b.txt");
  EXPECT_EQ(Sidecars(options, inputs).path_of(1), "c.txt");
  options.full_name = true;
  EXPECT_EQ(Sidecars(options, inputs).path_of(0), "d/a.b.jpg.txt");
  options.kind = SidecarKind::json;
  EXPECT_EQ(Sidecars(options, inputs).path_of(0), "d/a.b.jpg.json");
}

TEST(Sidecars, LieBelowTheOutputFolder) {
  for (const std::string source : {"d", "d/", "./d"}) {
    SidecarOptions options = beside(source);
    options.mirror = "out";
    const Names inputs{(fs::path(source) / "e/a.jpg").string()};
    EXPECT_EQ(Sidecars(options, inputs).path_of(0), "out/e/a.txt") << source;
    const Names outside{"x/a.jpg"};
    EXPECT_THROW(Sidecars(options, outside), std::invalid_argument);
  }
  SidecarOptions single = beside("d/a.jpg");
  single.mirror = "out";
  const Names inputs{"d/a.jpg"};
  EXPECT_EQ(Sidecars(single, inputs).path_of(0), "out/a.txt");
}

TEST(Sidecars, AreRefusedForTwoImagesOfOneStem) {
  const Names inputs{"d/a.jpg", "b.jpg", "d/a.png"};
  SidecarOptions options = beside("d");
  try {
    const Sidecars sidecars(options, inputs);
    FAIL() << "expected an error";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(HasSubstr("d/a.jpg"), HasSubstr("d/a.png"),
                                               HasSubstr("--sidecar-name full")));
  }
  options.full_name = true;
  const Sidecars sidecars(options, inputs);
  const Names repeated{"a.jpg", "a.jpg"};
  options.full_name = false;
  const Sidecars same(options, repeated);
}

TEST(Sidecars, HaveTheCaptionOrTheRecord) {
  const test::TemporaryFolder folder;
  const Names inputs{folder / "a.jpg"};
  SidecarOptions options = beside(folder.path());
  const Sidecars text(options, inputs);
  EXPECT_FALSE(text.has_caption(0));
  text.write(0, kRow);
  EXPECT_TRUE(text.has_caption(0));
  EXPECT_EQ(read_file(folder / "a.txt"), "a dog\n");
  options.kind = SidecarKind::json;
  options.mirror = folder / "deep/er";
  Sidecars(options, inputs).write(0, kRow);
  EXPECT_EQ(read_file(folder / "deep/er/a.json"), kRow + "\n");
}

TEST(Sidecars, AreNotWrittenForAnUnsureCaption) {
  const test::TemporaryFolder folder;
  const Names inputs{folder / "a.jpg"};
  Sidecars(beside(folder.path()), inputs)
      .write(0, R"({"image":"x","caption":null,"unsure":true,"confidence":0.1})");
  EXPECT_FALSE(fs::exists(folder / "a.txt"));
}

TEST(Sidecars, OfTheUserAreKeptUnlessTheyMayBeReplaced) {
  const test::TemporaryFolder folder;
  const Names inputs{folder / "a.jpg"};
  SidecarOptions options = beside(folder.path());
  EXPECT_FALSE(Sidecars(options, inputs).keeps_caption(0));
  test::write_file(folder / "a.txt", "mine");
  EXPECT_TRUE(Sidecars(options, inputs).keeps_caption(0));
  options.overwrite = true;
  EXPECT_FALSE(Sidecars(options, inputs).keeps_caption(0));
}

TEST(Sidecars, InXmpKeepOnlyDescriptionsOfOthers) {
  const test::TemporaryFolder folder;
  const Names inputs{folder / "a.jpg"};
  SidecarOptions options = beside(folder.path());
  options.kind = SidecarKind::xmp;
  options.full_name = true;
  const Sidecars sidecars(options, inputs);
  EXPECT_FALSE(sidecars.has_caption(0));
  sidecars.write(0, kRow);
  EXPECT_TRUE(sidecars.has_caption(0));
  EXPECT_FALSE(sidecars.keeps_caption(0)) << "Saccade wrote it";

  const fs::path file = folder / "a.jpg.xmp";
  std::string changed = read_file(file);
  changed.replace(changed.find("a dog"), 5, "Rex");
  test::write_file(file, changed);
  EXPECT_TRUE(sidecars.keeps_caption(0)) << "somebody has changed it since";
  sidecars.write(0, kRow);
  EXPECT_EQ(read_file(file), changed);
  options.overwrite = true;
  Sidecars(options, inputs).write(0, kRow);
  EXPECT_EQ(description_of_xmp(read_file(file))->text, "a dog");
}

TEST(Sidecars, DoNotReplaceWhatIsNotXmp) {
  const test::TemporaryFolder folder;
  const Names inputs{folder / "a.jpg"};
  SidecarOptions options = beside(folder.path());
  options.kind = SidecarKind::xmp;
  options.full_name = options.overwrite = true;
  const Sidecars sidecars(options, inputs);
  for (const std::string text : {"<x:xmpmeta", "words", "<html/>"}) {
    test::write_file(folder / "a.jpg.xmp", text);
    EXPECT_FALSE(sidecars.has_caption(0));
    EXPECT_THROW(sidecars.require_writable(inputs[0]), SidecarError) << text;
    EXPECT_THROW(sidecars.write(0, kRow), SidecarError) << text;
    EXPECT_EQ(read_file(folder / "a.jpg.xmp"), text);
  }
}

}  // namespace
}  // namespace saccade
