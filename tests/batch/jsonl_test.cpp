#include "saccade/batch/jsonl.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;
using ::testing::HasSubstr;

const std::vector<std::string> kInputs{"a/1.jpg", "a/2.jpg", "b \"quoted\" ü.png"};

BatchRecord captioned(std::int64_t index, const std::string& text) {
  BatchRecord record;
  record.index = index;
  record.path = kInputs[index];
  record.captions.resize(1);
  record.captions[0].text = text;
  record.captions[0].log_prob = -1.5;
  return record;
}

std::vector<BatchRecord> whole_run() {
  std::vector<BatchRecord> records{captioned(0, "a dog"), captioned(1, ""), captioned(2, "a cat")};
  records[1].captions.clear();
  records[1].error = "a/2.jpg: not an image";
  return records;
}

std::string whole_file() {
  std::string lines;
  for (const BatchRecord& record : whole_run()) lines += to_json_line(record) + "\n";
  return lines;
}

std::string error_of_resume(const fs::path& path, const std::vector<std::string>& inputs) {
  try {
    JsonlWriter::resume(path, inputs);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(JsonlWriter, OmitsCaptionsBelowTheMinimumConfidence) {
  BatchRecord record = captioned(0, "a dog");
  EXPECT_THAT(to_json_line(record, 0.9), HasSubstr("\"a dog\"")) << "without confidence";
  record.captions[0].confidence = 0.25;
  EXPECT_EQ(to_json_line(record, 0.25),
            R"({"image":"a/1.jpg","caption":"a dog","log_prob":-1.5,"confidence":0.25})");
  EXPECT_EQ(to_json_line(record, 0.5),
            R"({"image":"a/1.jpg","caption":null,"unsure":true,"confidence":0.25})");
}

TEST(JsonlWriter, WritesCaptionsAndErrorsAsDocumented) {
  const auto records = whole_run();
  EXPECT_EQ(to_json_line(records[0]),
            R"({"image":"a/1.jpg","caption":"a dog","log_prob":-1.5,"confidence":null})");
  EXPECT_EQ(to_json_line(records[1]), R"({"image":"a/2.jpg","error":"a/2.jpg: not an image"})");
  EXPECT_EQ(nlohmann::json::parse(to_json_line(records[2]))["image"], kInputs[2]);
}

TEST(JsonlWriter, WritesAWarningWithTheCaption) {
  BatchRecord record = whole_run()[0];
  record.warning = "image \"a/1.jpg\" is damaged inside";
  EXPECT_EQ(nlohmann::json::parse(to_json_line(record))["warning"], record.warning);
}

TEST(JsonlWriter, ReplacesAnOlderFile) {
  const TemporaryFolder folder;
  write_file(folder / "out.jsonl", "something much longer than what is written after it\n\n\n");
  {
    JsonlWriter writer = JsonlWriter::create(folder / "out.jsonl");
    writer.write(whole_run()[0]);
    writer.finish();
  }
  EXPECT_EQ(read_file(folder / "out.jsonl"), to_json_line(whole_run()[0]) + "\n");
}

TEST(JsonlWriter, WritesValidJsonForPathsThatAreNotUtf8) {
  BatchRecord record = captioned(0, "a dog");
  record.path = "caf\xe9\n.jpg";
  const std::string line = to_json_line(record);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(line)["image"], "caf\xef\xbf\xbd\n.jpg");

  const TemporaryFolder folder;
  write_file(folder / "out.jsonl", line + "\n");
  EXPECT_EQ(JsonlWriter::resume(folder / "out.jsonl", {record.path}).lines_found(), 1);
}

// Resuming a run that was interrupted at any byte gives the file of an uninterrupted run.
TEST(JsonlWriter, ResumesFromEveryByte) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  const std::string whole = whole_file();
  const auto records = whole_run();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string torn = whole.substr(0, size);
    write_file(path, torn);
    {
      JsonlWriter writer = JsonlWriter::resume(path, kInputs);
      ASSERT_EQ(writer.lines_found(), std::count(torn.begin(), torn.end(), '\n')) << size;
      for (std::size_t i = writer.lines_found(); i < records.size(); ++i) writer.write(records[i]);
      writer.finish();
    }
    ASSERT_EQ(read_file(path), whole) << "interrupted after " << size << " bytes";
  }
}

TEST(JsonlWriter, CreatesAMissingFileOnResume) {
  const TemporaryFolder folder;
  EXPECT_EQ(JsonlWriter::resume(folder / "out.jsonl", kInputs).lines_found(), 0);
}

TEST(JsonlWriter, RefusesLinesAboutOtherInputsAndKeepsThem) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  const std::string torn = whole_file() + "{\"image\":";
  write_file(path, torn);
  EXPECT_THAT(error_of_resume(path, {"a/1.jpg", "other.jpg", "c.jpg"}),
              ::testing::AllOf(HasSubstr("line 2"), HasSubstr("other.jpg"), HasSubstr("a/2.jpg"),
                               HasSubstr(path.string())));
  EXPECT_THAT(error_of_resume(path, {"a/1.jpg"}), HasSubstr("more lines than the 1 inputs"));
  EXPECT_EQ(read_file(path), torn);
}

TEST(JsonlWriter, RefusesAFileThatIsNotTheOutputOfABatch) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  for (const char* line : {"not json", "[]", "{}", "{\"image\":\"a/1.jpg\"}", "", "\"image\""}) {
    write_file(path, std::string(line) + "\n");
    EXPECT_THAT(error_of_resume(path, kInputs), HasSubstr("line 1")) << line;
    EXPECT_EQ(read_file(path), std::string(line) + "\n");
  }
}

TEST(JsonlWriter, RefusesASecondWriterOfTheSameFile) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out.jsonl";
  JsonlWriter first = JsonlWriter::create(path);
  first.write(whole_run()[0]);
  EXPECT_THROW(JsonlWriter::create(path), std::runtime_error);
  EXPECT_THAT(error_of_resume(path, kInputs), HasSubstr("another run"));
  EXPECT_EQ(read_file(path), to_json_line(whole_run()[0]) + "\n");
}

TEST(JsonlWriter, NamesAPathThatCannotBeWritten) {
  const TemporaryFolder folder;
  try {
    JsonlWriter::create(folder / "absent/out.jsonl");
    FAIL() << "expected an error";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr((folder / "absent/out.jsonl").string()));
  }
}

TEST(JsonlWriter, WritesToAPipeWithoutTruncatingIt) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::string read;
  std::thread reader([&] { read = read_file(folder / "pipe"); });
  {
    JsonlWriter writer = JsonlWriter::create(folder / "pipe");
    for (const BatchRecord& record : whole_run()) writer.write(record);
    writer.finish();
  }
  reader.join();
  EXPECT_EQ(read, whole_file());
}

TEST(JsonlWriter, ReportsAFullDisk) {
  ASSERT_TRUE(fs::exists("/dev/full")) << "create it with: mknod -m 666 /dev/full c 1 7";
  JsonlWriter writer = JsonlWriter::create("/dev/full");
  EXPECT_THROW(writer.write(whole_run()[0]), std::runtime_error);
}

}  // namespace
}  // namespace saccade
