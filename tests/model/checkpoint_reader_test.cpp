#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "saccade/model/checkpoint/tensor_file.h"

#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

const std::string kFixtures = SACCADE_FIXTURES "/checkpoints/";

/// The error message of reading `path`; empty without an error.
std::string refused_file(const std::string& path) {
  try {
    read_checkpoint(path);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

class BothFormats : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(CheckpointReader, BothFormats, ::testing::Values("archive", "legacy"));

TEST_P(BothFormats, ReadsEveryKindOfTensor) {
  const auto tensors = read_checkpoint(kFixtures + GetParam() + ".pth");
  ASSERT_EQ(tensors.size(), 10u);
  const at::Tensor base = torch::arange(12, torch::kFloat).view({3, 4}) / 2;
  EXPECT_TRUE(tensors.at("whole").equal(base));
  EXPECT_TRUE(tensors.at("turned").equal(base.t()));
  EXPECT_TRUE(tensors.at("part").equal(base.slice(0, 1).slice(1, 2)));
  EXPECT_TRUE(tensors.at("half").equal(torch::tensor({0.25, -2.0}, torch::kHalf)));
  EXPECT_TRUE(tensors.at("brain").equal(torch::tensor({1.5, 256.0}, torch::kBFloat16)));
  EXPECT_TRUE(tensors.at("double").equal(torch::tensor({1e300, -0.1}, torch::kDouble)));
  EXPECT_EQ(tensors.at("norm.num_batches_tracked").item<std::int64_t>(), std::int64_t(1) << 40);
  EXPECT_EQ(tensors.at("norm.num_batches_tracked").dim(), 0);
  EXPECT_TRUE(tensors.at("bytes").equal(torch::tensor({0, 255}, torch::kByte)));
  EXPECT_EQ(tensors.at("empty").sizes(), (std::vector<std::int64_t>{0, 3}));
  EXPECT_EQ(tensors.at("parameter").item<float>(), 7);
  EXPECT_EQ(tensors.at("turned").data_ptr(), tensors.at("whole").data_ptr());
}

TEST_P(BothFormats, RefusesAFileTruncatedAnywhere) {
  const TemporaryFolder folder;
  const std::string whole = read_file(kFixtures + GetParam() + ".pth");
  const std::string path = (folder / "cut.pth").string();
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 40) {
    write_file(path, whole.substr(0, size));
    EXPECT_THAT(refused_file(path), HasSubstr(path)) << size << " bytes of " << whole.size();
  }
}

TEST_P(BothFormats, SurvivesAFlippedBitAnywhere) {
  const TemporaryFolder folder;
  const std::string whole = read_file(kFixtures + GetParam() + ".pth");
  const std::string path = (folder / "flipped.pth").string();
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    for (const char bit : {'\x01', '\x80'}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      write_file(path, damaged);
      refused_file(path);  // must not crash or throw another exception
    }
  }
}

TEST(CheckpointReader, FindsTheStateDictInATrainingCheckpoint) {
  for (const char* name : {"training.pth", "training_legacy.pth"}) {
    const auto tensors = read_checkpoint(kFixtures + name);
    ASSERT_EQ(tensors.size(), 1u) << name;
    EXPECT_TRUE(tensors.at("weight").equal(torch::tensor({{1.0f, -1.0f}}))) << name;
  }
}

TEST(CheckpointReader, ReadsALaterProtocol) {
  EXPECT_TRUE(read_checkpoint(kFixtures + "protocol4.pth").at("weight").equal(torch::ones({2})));
}

TEST(CheckpointReader, RefusesAFunctionByName) {
  EXPECT_THAT(refused_file(kFixtures + "attack.pth"), HasSubstr("refers to posix.system"));
  EXPECT_THAT(refused_file(kFixtures + "attack_legacy.pth"), HasSubstr("refers to posix.system"));
}

TEST(CheckpointReader, RefusesFilesThatPyTorchDidNotWrite) {
  const TemporaryFolder folder;
  EXPECT_THAT(refused_file(kFixtures + "plain.pkl"), HasSubstr("not one that PyTorch saved"));
  EXPECT_THAT(refused_file(kFixtures + "make.py"), HasSubstr("not a file that PyTorch"));
  EXPECT_THAT(refused_file((folder / "absent.pth").string()), HasSubstr("absent.pth"));
  EXPECT_THAT(refused_file(folder.path().string()), HasSubstr("folder"));
}

/// A file in the old format with the pickle of a state dict, without storages.
std::string legacy_file(const std::string& pickle) {
  const std::string start(
      "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.", 21);
  const std::string machine("\x80\x02}X\x0d\0\0\0little_endian\x88s.", 24);
  return start + machine + pickle;
}

TEST(CheckpointReader, RefusesTheOpcodesThatMakeObjects) {
  const TemporaryFolder folder;
  const std::string path = (folder / "object.pth").string();
  // INST, OBJ, NEWOBJ, NEWOBJ_EX, EXT1, PERSID: the other opcodes that can name or create a class.
  for (const char opcode : {'i', 'o', '\x81', '\x92', '\x82', 'P'}) {
    write_file(path, legacy_file(std::string("\x80\x02}") + opcode));
    EXPECT_THAT(refused_file(path), HasSubstr("uses opcode"));
  }
}

TEST(CheckpointReader, RefusesATensorBeyondItsStorage) {
  const TemporaryFolder folder;
  const std::string path = (folder / "beyond.pth").string();
  const auto pickle = [](const std::string& offset, const std::string& size,
                         const std::string& stride) {
    return std::string(
               "\x80\x02}U\x01wctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\n"
               "FloatStorage\nU\x01kU\x03"
               "cpuK\x04NtQ") +
           offset + size + "\x85" + stride +
           "\x85\x89"
           "ccollections\nOrderedDict\n)RtRs." +
           "\x80\x02]U\x01ka.";
  };
  const std::string storage = std::string("\x04\0\0\0\0\0\0\0", 8) + std::string(16, '\0');
  const auto write = [&](const std::string& p) { write_file(path, legacy_file(p) + storage); };
  const std::string zero("K\0", 2);
  write(pickle(zero, "K\x04", "K\x01"));
  EXPECT_EQ(refused_file(path), "");
  for (const auto& bad : {pickle("K\x01", "K\x04", "K\x01"), pickle(zero, "K\x05", "K\x01"),
                          pickle(zero, "K\x02", "K\x04"), pickle(zero, "K\x64", zero),
                          pickle("J\xff\xff\xff\xff", "K\x02", "K\x01"),
                          pickle("K\x03", "K\x02", "J\xff\xff\xff\xff")}) {
    write(bad);
    EXPECT_THAT(refused_file(path), HasSubstr("tensor w reaches beyond its storage"));
  }
}

TEST(CheckpointReader, SurvivesAListThatContainsItself) {
  const TemporaryFolder folder;
  const std::string path = (folder / "loop.pth").string();
  write_file(path, legacy_file(std::string("\x80\x02]q\0h\0a.", 9)));
  EXPECT_THAT(refused_file(path), HasSubstr("holds no dictionary of tensors"));
}

}  // namespace
}  // namespace saccade::test
