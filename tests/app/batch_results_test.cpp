#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "saccade/io/tar_file.h"

#include "batch_command.h"
#include "tar_archive.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::BatchCommand;
using test::ProgramResult;
using test::read_file;
using test::records;
using test::write_file;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

/// Runs that write other results than lines of JSON with a caption.
class BatchResults : public BatchCommand {
 protected:
  ProgramResult run(const Names& arguments) const {
    Names line{"batch", photographs_, "--model", model_};
    line.insert(line.end(), arguments.begin(), arguments.end());
    return test::run_program(folder_.path(), line);
  }
  /// What exiftool says of a file, or does to it.
  nlohmann::json exiftool(Names arguments, bool json = true) const {
    arguments.insert(arguments.begin(), json ? "-j" : "-q");
    const std::string out =
        test::run_program(folder_.path(), arguments, "", "/usr/bin/exiftool").out;
    return json ? nlohmann::json::parse(out).at(0) : nlohmann::json(out);
  }
  /// The caption of an image by a plain run.
  std::string caption_of(const fs::path& image) const {
    const std::string text =
        test::run_program(folder_.path(), {"caption", image, "--model", model_}).out;
    return text.substr(0, text.size() - 1);
  }

  /// The contents of a member of a tar archive.
  static std::string member_of(const fs::path& archive, const std::string& name) {
    const auto bytes = TarReader().read({archive, name}, 1 << 20);
    return {bytes.begin(), bytes.end()};
  }

  const fs::path c_ = photographs_ / "deeper/c.jpg";
};

TEST_F(BatchResults, MayBeCsv) {
  const fs::path output = folder_ / "out.csv";
  ASSERT_EQ(run({"--output", output}).code, 3);
  const std::string whole = read_file(output);
  EXPECT_EQ(whole.substr(0, whole.find('\n')),
            "image,caption,log_prob,confidence,warning,error,image_bytes");
  EXPECT_THAT(whole, HasSubstr(c_.string() + "," + caption_of(c_) + ",-"));
  write_file(output, whole.substr(0, whole.size() / 2));
  ASSERT_EQ(run({"--output", output}).code, 3);
  EXPECT_EQ(read_file(output), whole);
  EXPECT_EQ(run({"--output", output, "--format", "jsonl"}).code, 2) << "the file is CSV";
  EXPECT_EQ(run({"--output", output, "--fields", "words"}).code, 2);
}

TEST_F(BatchResults, HaveTheTextAroundTheCaption) {
  ASSERT_EQ(run({"--output", output_, "--prefix", "photo: ", "--suffix", "!", "--template",
                 "{caption} ({stem})"})
                .code,
            3);
  EXPECT_EQ(records(output_)[2].at("caption"), "photo: " + caption_of(c_) + " (c)!");
  EXPECT_EQ(run({"--output", output_, "--template", "nothing"}).code, 2);
}

TEST_F(BatchResults, HaveTheFieldsThatAreAskedFor) {
  ASSERT_EQ(run({"--output", output_, "--fields", "caption,words,p,maps,n_best"}).code, 3);
  const auto record = records(output_)[2];
  EXPECT_EQ(record.at("words").size(), record.at("p").size());
  EXPECT_EQ(record.at("words").size(), record.at("maps").size());
  EXPECT_EQ(record.at("maps")[0].size(),
            record.at("grid")[0].get<std::size_t>() * record.at("grid")[1].get<std::size_t>());
  EXPECT_GT(record.at("n_best").size(), 1);
  EXPECT_EQ(record.at("n_best")[0].at("caption"), record.at("caption"));
  EXPECT_EQ(run({"--output", output_, "--overwrite", "--fields", "colour"}).code, 2);
}

TEST_F(BatchResults, MayBeFilesBesideTheImages) {
  const ProgramResult first = run({"--sidecar", "txt"});
  EXPECT_EQ(first.code, 3) << first.err;
  EXPECT_EQ(read_file(photographs_ / "deeper/c.txt"), caption_of(c_) + "\n");
  EXPECT_TRUE(fs::exists(photographs_ / "a.txt"));
  EXPECT_FALSE(fs::exists(photographs_ / "b.txt")) << "it failed";
  EXPECT_TRUE(fs::exists(photographs_ / ".saccade/captions.jsonl.saccade.json"));

  fs::remove(photographs_ / "a.txt");
  const ProgramResult second = run({"--sidecar", "txt"});
  EXPECT_THAT(second.err, HasSubstr("0 captioned, 1 failed"));
  EXPECT_TRUE(fs::exists(photographs_ / "a.txt")) << "it is written again from the journal";
}

TEST_F(BatchResults, KeepFilesOfTheUser) {
  write_file(photographs_ / "a.txt", "mine\n");
  const ProgramResult result = run({"--sidecar", "txt"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("1 have a caption that is kept"));
  EXPECT_EQ(read_file(photographs_ / "a.txt"), "mine\n");
  EXPECT_THAT(run({"--sidecar", "txt", "--skip-existing"}).err,
              ::testing::Not(HasSubstr("is kept")));
  EXPECT_EQ(run({"--sidecar", "txt", "--overwrite"}).code, 3);
  EXPECT_EQ(read_file(photographs_ / "a.txt"), caption_of(photographs_ / "a.png") + "\n");
}

TEST_F(BatchResults, AreFoundInXmpByPhotoManagers) {
  write_file(photographs_ / "a.png.xmp",
             "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
             "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
             "xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'/></rdf:RDF></x:xmpmeta>");
  ASSERT_EQ(run({"--sidecar", "xmp", "--prefix", "é & <"}).code, 3);
  for (const fs::path& image : {photographs_ / "a.png", c_}) {
    const auto found = exiftool({image.string() + ".xmp"});
    EXPECT_EQ(found.at("Description"), "é & <" + caption_of(image));
    EXPECT_EQ(found.contains("Warning"), false) << found;
  }
  EXPECT_EQ(exiftool({photographs_ / "a.png.xmp"}).at("Rating"), 4);

  ASSERT_EQ(exiftool({"-overwrite_original", "-Description=mine", c_.string() + ".xmp"}, false),
            "");
  const ProgramResult again = run({"--sidecar", "xmp", "--prefix", "é & <", "--force"});
  EXPECT_EQ(again.code, 3) << again.err;
  EXPECT_EQ(exiftool({c_.string() + ".xmp"}).at("Description"), "mine");
  ASSERT_EQ(run({"--sidecar", "xmp", "--overwrite"}).code, 3);
  EXPECT_EQ(exiftool({c_.string() + ".xmp"}).at("Description"), caption_of(c_));
}

TEST_F(BatchResults, FailWhereAFileIsNotTheXmpThatItSaysItIs) {
  write_file(c_.string() + ".xmp", "words");
  ASSERT_EQ(run({"--sidecar", "xmp", "--output", folder_ / "captions"}).code, 3);
  EXPECT_TRUE(fs::exists(folder_ / "captions/deeper/c.jpg.xmp"));
  ASSERT_EQ(run({"--sidecar", "xmp", "--overwrite"}).code, 3);
  EXPECT_EQ(read_file(c_.string() + ".xmp"), "words");
  const auto record = records(photographs_ / ".saccade/captions.jsonl")[2];
  EXPECT_THAT(record.at("error").get<std::string>(), HasSubstr("c.jpg.xmp"));
}

TEST_F(BatchResults, MayBeFilesInAFolderOfTheirOwn) {
  const fs::path mirror = folder_ / "captions";
  ASSERT_EQ(run({"--sidecar", "json", "--sidecar-name", "full", "--output", mirror}).code, 3);
  const auto record = nlohmann::json::parse(read_file(mirror / "deeper/c.jpg.json"));
  EXPECT_EQ(record.at("image"), c_.string());
  EXPECT_FALSE(fs::exists(photographs_ / ".saccade")) << "SOURCE may be read-only";
  EXPECT_TRUE(fs::exists(mirror / ".saccade"));
}

TEST_F(BatchResults, AreRefusedIfTwoImagesWouldHaveOneFile) {
  fs::copy(photographs_ / "a.png", photographs_ / "a.jpg");
  const ProgramResult result = run({"--sidecar", "txt"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("--sidecar-name full"));
  EXPECT_EQ(run({"--sidecar", "txt", "--sidecar-name", "full"}).code, 3);
  EXPECT_TRUE(fs::exists(photographs_ / "a.jpg.txt"));
}

TEST_F(BatchResults, OfATarArchiveMayBeAnArchive) {
  const fs::path shards = folder_ / "shards", shard = shards / "0.tar";
  const fs::path captions = shards / "0.captions.tar";
  const std::string c = read_file(c_);
  const std::string bytes = test::tar_file("one.jpg", c) + test::tar_file("one.json", "{}") +
                            test::tar_file("broken.jpg", c.substr(0, 30)) +
                            test::tar_file("x/two.jpg", c) + test::tar_end();
  fs::create_directory(shards);
  write_file(shard, bytes);
  const auto run_on = [&](const Names& more) {
    Names line{"batch", shard, "--model", model_, "--sidecar", "txt", "--batch-size", "1"};
    line.insert(line.end(), more.begin(), more.end());
    return test::run_program(folder_.path(), line);
  };
  const ProgramResult first = run_on({});
  EXPECT_EQ(first.code, 3) << first.err;
  const fs::path journal = shards / ".saccade/0.tar.jsonl";
  const std::string rows = read_file(journal);
  EXPECT_THAT(rows, HasSubstr("0.tar/broken.jpg\",\"error\":\"image"));
  const std::string member = caption_of(c_) + "\n";
  EXPECT_EQ(member_of(captions, "one.txt"), member);
  EXPECT_EQ(member_of(captions, "x/two.txt"), member);
  EXPECT_THROW(member_of(captions, "broken.txt"), std::runtime_error);
  EXPECT_EQ(read_file(shard), bytes);
  const std::string whole = read_file(captions);

  // As if the run had been killed after the first image.
  write_file(journal, rows.substr(0, rows.find('\n') + 5));
  fs::remove(captions);
  EXPECT_THAT(run_on({}).err, HasSubstr("1 captioned, 1 failed"));
  EXPECT_EQ(read_file(captions), whole);
  fs::remove(captions);
  EXPECT_THAT(run_on({}).err, HasSubstr("0 captioned, 1 failed"));
  EXPECT_EQ(read_file(captions), whole);

  const fs::path mirror = folder_ / "captions";
  EXPECT_EQ(run_on({"--output", mirror}).code, 3);
  EXPECT_EQ(read_file(mirror / "0.captions.tar"), whole);
  write_file(shard,
             bytes.substr(0, bytes.size() - 1024) + test::tar_file("one.png", c) + test::tar_end());
  EXPECT_EQ(run_on({}).code, 2) << "one.jpg and one.png";
  EXPECT_EQ(read_file(captions), whole);
}

TEST_F(BatchResults, NeedAPlaceForTheStateOfAList) {
  write_file(folder_ / "list", c_.string() + "\n");
  const Names line{"batch", folder_ / "list", "--model", model_, "--sidecar", "txt"};
  EXPECT_EQ(test::run_program(folder_.path(), line).code, 2);
  Names with_state = line;
  with_state.insert(with_state.end(), {"--state", folder_ / "state.json"});
  EXPECT_EQ(test::run_program(folder_.path(), with_state).code, 0);
  EXPECT_TRUE(fs::exists(photographs_ / "deeper/c.txt"));
  EXPECT_TRUE(fs::exists(folder_ / "state.json"));
  EXPECT_FALSE(fs::exists(photographs_ / ".saccade"));
}

TEST_F(BatchResults, OfShardsMergeToThoseOfOneRun) {
  for (int i = 0; i < 20; ++i) {
    cv::imwrite(photographs_ / (std::to_string(i) + ".png"),
                cv::Mat(20 + i, 30, CV_8UC3, cv::Scalar(10 * i, 80, 255 - 10 * i)));
  }
  for (const std::string name : {"whole.jsonl", "whole.csv"}) {
    const std::string extension = fs::path(name).extension();
    const fs::path whole = folder_ / name;
    ASSERT_EQ(run({"--output", whole}).code, 3);
    Names merge{"merge"};
    for (const std::string shard : {"0", "1", "2"}) {
      const std::string part = folder_ / ("part" + shard + extension);
      const int code = run({"--output", part, "--shard", shard + "/3", "--allow-errors"}).code;
      EXPECT_EQ(code, 0) << shard;
      merge.push_back(part);
    }
    const fs::path merged = folder_ / ("merged" + extension);
    merge.insert(merge.end(), {"--output", merged});
    const ProgramResult result = test::run_program(folder_.path(), merge);
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(read_file(merged), read_file(whole));
    EXPECT_THAT(run({"--output", merged}).err, HasSubstr("22 were in the output already"));
    EXPECT_EQ(test::run_program(folder_.path(), merge).code, 2) << "the output exists";
    merge.erase(merge.begin() + 1);
    merge.emplace_back("--overwrite");
    const ProgramResult missing = test::run_program(folder_.path(), merge);
    EXPECT_EQ(missing.code, 1);
    EXPECT_THAT(missing.err, HasSubstr("shard 0/3 is missing"));
    merge.emplace_back("--force");
    EXPECT_EQ(test::run_program(folder_.path(), merge).code, 0);
  }
  EXPECT_EQ(run({"--output", output_, "--shard", "3/3"}).code, 2);
}

}  // namespace
}  // namespace saccade
