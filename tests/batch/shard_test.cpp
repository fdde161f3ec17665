#include "saccade/batch/shard.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/batch/merge.h"

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::write_file;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

TEST(Shard, IsReadFromItsText) {
  EXPECT_EQ(parse_shard("3/8").index, 3);
  EXPECT_EQ(parse_shard("3/8").count, 8);
  EXPECT_EQ(parse_shard("0/1").count, 1);
  for (const char* text :
       {"", "3", "8/8", "-1/8", "0/0", "a/b", "1/2x", "1/2/3", "1/", "0/9999999"}) {
    EXPECT_THROW(parse_shard(text), std::invalid_argument) << text;
  }
}

// Python: int.from_bytes(hashlib.sha256(b"a.jpg").digest()[:8], "big") % 1000
TEST(Shard, OfAnImageIsAHashOfItsName) {
  EXPECT_EQ(shard_of("a.jpg", 1000), 26);
  EXPECT_EQ(shard_of("d/\xff.png", 1000), 124);
  EXPECT_EQ(shard_of("a.jpg", 1), 0);
}

TEST(Shard, DependsOnThePathBelowTheSource) {
  for (const std::string folder : {"photos", "/mnt/x/photos", "photos/"}) {
    const std::string start = folder.back() == '/' ? folder : folder + "/";
    Names inputs;
    for (int i = 0; i < 100; ++i) inputs.push_back(start + "d/" + std::to_string(i));
    Shard shard = parse_shard("1/3"), here = parse_shard("1/3");
    take_shard(inputs, folder, shard);
    Names elsewhere;
    for (int i = 0; i < 100; ++i) elsewhere.push_back("d/" + std::to_string(i));
    take_shard(elsewhere, "list.txt", here);
    EXPECT_EQ(shard.positions, here.positions) << folder;
    EXPECT_EQ(shard.listing_sha256, here.listing_sha256) << folder;
  }
}

TEST(Shard, AndTheOthersHaveEveryImageOnce) {
  Names inputs;
  for (int i = 0; i < 1000; ++i) inputs.push_back("photos/" + std::to_string(i) + ".jpg");
  std::vector<std::int64_t> all;
  for (std::int64_t i = 0; i < 4; ++i) {
    Shard shard;
    shard.index = i;
    shard.count = 4;
    const Names own = take_shard(inputs, "photos", shard);
    EXPECT_GT(own.size(), 200);
    EXPECT_EQ(shard.images, 1000);
    for (std::size_t k = 0; k < own.size(); ++k) EXPECT_EQ(own[k], inputs[shard.positions[k]]);
    all.insert(all.end(), shard.positions.begin(), shard.positions.end());
  }
  std::sort(all.begin(), all.end());
  for (std::int64_t i = 0; i < 1000; ++i) ASSERT_EQ(all[i], i);
}

/// The outputs of three shards of a list with a repeated image.
class Merge : public ::testing::Test {
 protected:
  Merge() {
    for (std::int64_t i = 0; i < 3; ++i) {
      ShardOutput output{folder_ / ("part" + std::to_string(i) + ".jsonl"), manifest()};
      Shard& shard = output.manifest.shard;
      shard.index = i;
      shard.count = 3;
      output.manifest.options["--shard"] = std::to_string(i) + "/3";
      std::string rows;
      for (const std::string& input : take_shard(inputs_, "list.txt", shard)) {
        rows += row_of(input) + "\n";
        ++output.manifest.captioned;
      }
      write_file(output.path, rows);
      write(output);
      paths_.push_back(output.path);
    }
    for (const std::string& input : inputs_) whole_ += row_of(input) + "\n";
  }
  static RunManifest manifest() {
    RunManifest manifest;
    manifest.model = "default";
    manifest.model_sha256 = "00";
    manifest.cpu = "AVX2";
    manifest.complete = true;
    manifest.options = {{"SOURCE", "list.txt"}, {"--beam", 3}};
    return manifest;
  }
  static std::string row_of(const std::string& path) {
    BatchRecord record;
    record.path = path;
    record.captions.resize(1);
    record.captions[0].text = "of " + path;
    return to_json_line(record);
  }
  static void write(const ShardOutput& output) {
    write_file(output.path.string() + ".saccade.json", manifest_text(output.manifest));
  }
  /// The obstacles after a change of the second shard's state.
  template <typename Change>
  std::string obstacle_after(Change change) const {
    auto shards = read_shards(paths_);
    change(shards[1].manifest);
    std::string text;
    for (const std::string& one : obstacles(shards)) text += one + "\n";
    return text;
  }

  test::TemporaryFolder folder_;
  const Names inputs_{"z", "b", "y", "b", "a\n1", "q", "r", "s", "t", "u"};
  std::vector<fs::path> paths_;
  std::string whole_;
  const fs::path output_ = folder_ / "whole.jsonl";
};

TEST_F(Merge, GivesWhatOneRunWouldHaveWritten) {
  const auto shards = read_shards({paths_[2], paths_[0], paths_[1]});
  EXPECT_TRUE(obstacles(shards).empty());
  merge_shards(shards, json_lines(), output_);
  EXPECT_EQ(read_file(output_), whole_);
  const fs::path state = output_.string() + ".saccade.json";
  const RunManifest merged = parse_manifest(read_file(state), state);
  EXPECT_TRUE(merged.complete);
  EXPECT_EQ(merged.captioned, 10);
  EXPECT_EQ(merged.shard.count, 1);
  EXPECT_TRUE(differences(merged, manifest()).empty()) << "a run without --shard continues it";
}

TEST_F(Merge, NamesWhatKeepsTheShardsApart) {
  EXPECT_THAT(obstacle_after([](RunManifest& m) { m.complete = false; }),
              HasSubstr("part1.jsonl is not complete"));
  EXPECT_THAT(obstacle_after([](RunManifest& m) { m.model_sha256 = "01"; }), HasSubstr("model"));
  EXPECT_THAT(obstacle_after([](RunManifest& m) { m.cpu = "AVX-512"; }), HasSubstr("CPU"));
  EXPECT_THAT(obstacle_after([](RunManifest& m) { m.options["--beam"] = 5; }),
              HasSubstr("--beam was 3 and is now 5"));
  EXPECT_THAT(obstacle_after([](RunManifest& m) { m.shard.listing_sha256 = "x"; }),
              HasSubstr("other images"));
  EXPECT_THAT(
      obstacle_after([](RunManifest& m) { m.shard.index = 0; }),
      ::testing::AllOf(HasSubstr("shard 0 is given twice"), HasSubstr("shard 1/3 is missing")));
  EXPECT_THAT(obstacle_after([](RunManifest& m) { m.shard.count = 4; }), HasSubstr("of 4 shards"));
  EXPECT_THAT(obstacles(read_shards({paths_[0]})), ::testing::SizeIs(2));
}

TEST_F(Merge, RefusesAShardWithAnotherNumberOfRows) {
  const std::string rows = read_file(paths_[1]);
  for (const std::string& changed : {rows + row_of("x") + "\n", rows.substr(rows.find('\n') + 1)}) {
    write_file(paths_[1], changed);
    EXPECT_THROW(merge_shards(read_shards(paths_), json_lines(), output_), std::runtime_error);
    EXPECT_FALSE(fs::exists(output_));
  }
}

TEST_F(Merge, NeedsTheStateOfAShard) {
  write_file(folder_ / "other.jsonl", "");
  EXPECT_THROW(read_shards({folder_ / "other.jsonl"}), std::runtime_error);
  merge_shards(read_shards(paths_), json_lines(), output_);
  EXPECT_THROW(read_shards({output_}), std::runtime_error) << "it is no shard";
}

}  // namespace
}  // namespace saccade
