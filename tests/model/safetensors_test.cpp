#include <cmath>
#include <csignal>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "saccade/model/checkpoint/tensor_file.h"

#include "temporary_folder.h"

namespace saccade {
namespace {

using test::read_file;
using test::TemporaryFolder;
using test::write_file;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const std::string kFixtures = SACCADE_FIXTURES "/safetensors/";

template <typename T>
std::vector<T> values(const at::Tensor& tensor) {
  const auto flat = tensor.contiguous();
  return std::vector<T>(flat.data_ptr<T>(), flat.data_ptr<T>() + flat.numel());
}

TEST(Safetensors, ReadsAFileFromAnIndependentWriter) {
  const auto file = read_safetensors(kFixtures + "small.safetensors");
  ASSERT_EQ(file.tensors.size(), 12u);
  const auto& t = file.tensors;
  EXPECT_THAT(values<double>(t.at("double")), ElementsAre(3.141592653589793, -1e300));
  EXPECT_THAT(values<std::int64_t>(t.at("count")), ElementsAre(INT64_MIN, 0, INT64_MAX));
  EXPECT_EQ(t.at("count").sizes(), (std::vector<std::int64_t>{1, 3}));
  EXPECT_THAT(values<float>(t.at("matrix")), ElementsAre(0.5f, -1.5f, 2.25f, 3, 4, 5));
  EXPECT_EQ(t.at("matrix").sizes(), (std::vector<std::int64_t>{2, 3}));
  EXPECT_THAT(values<std::int32_t>(t.at("int")), ElementsAre(-7, INT32_MAX));
  EXPECT_EQ(t.at("half").scalar_type(), at::kHalf);
  EXPECT_THAT(values<float>(t.at("half").to(at::kFloat)), ElementsAre(0.25f, -65504.f, 1.f / 1024));
  EXPECT_EQ(t.at("brain").scalar_type(), at::kBFloat16);
  EXPECT_THAT(values<float>(t.at("brain").to(at::kFloat)), ElementsAre(-2.5f, 256.f));
  EXPECT_THAT(values<std::int16_t>(t.at("short")), ElementsAre(-32768));
  EXPECT_THAT(values<std::uint8_t>(t.at("byte")), ElementsAre(0, 128, 255));
  EXPECT_THAT(values<std::int8_t>(t.at("tiny")), ElementsAre(-128, 127));
  EXPECT_THAT(values<bool>(t.at("flags")), ElementsAre(true, false));
  EXPECT_EQ(t.at("scalar").dim(), 0);
  EXPECT_EQ(t.at("scalar").item<int>(), 42);
  EXPECT_EQ(t.at("empty").sizes(), (std::vector<std::int64_t>{0, 4}));
  EXPECT_THAT(file.metadata, ElementsAre(Pair("made by", "make.py"), Pair("naïve", "Größe")));
}

TEST(Safetensors, CopiesMisalignedTensors) {
  const auto file = read_safetensors(kFixtures + "misaligned.safetensors");
  const auto& floats = file.tensors.at("floats");
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(floats.data_ptr()) % sizeof(float), 0u);
  EXPECT_THAT(values<float>(floats), ElementsAre(1.25f, -8.f));
  EXPECT_THAT(values<std::int64_t>(file.tensors.at("longs")), ElementsAre(1234567890123));
}

TEST(Safetensors, RoundTripsEveryTypeAndShape) {
  torch::manual_seed(1);
  const TemporaryFolder folder;
  TensorFile file;
  for (const auto type : {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong, at::kInt,
                          at::kShort, at::kChar, at::kByte, at::kBool}) {
    const std::string name = c10::toString(type);
    file.tensors[name] = torch::randint(0, 2, {3, 5, 2}).to(type);
    file.tensors[name + ".scalar"] = torch::ones({}, type);
    file.tensors[name + ".empty"] = torch::zeros({2, 0}, type);
  }
  file.metadata = {{"key", "value"}, {"", "\"\n"}};
  write_safetensors(folder / "x.safetensors", file);
  const auto back = read_safetensors(folder / "x.safetensors");
  EXPECT_EQ(back.metadata, file.metadata);
  ASSERT_EQ(back.tensors.size(), file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    const auto& other = back.tensors.at(name);
    EXPECT_EQ(other.scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(other.sizes() == tensor.sizes() && torch::equal(other, tensor)) << name;
  }
}

TEST(Safetensors, WritesTheValuesOfViewsAndOtherLayoutsInRowMajorOrder) {
  const TemporaryFolder folder;
  const auto base = torch::arange(24, at::kFloat).reshape({1, 2, 3, 4});
  TensorFile file;
  file.tensors["transposed"] = base.transpose(1, 3);
  file.tensors["channels_last"] = base.contiguous(at::MemoryFormat::ChannelsLast);
  file.tensors["strided"] = base.slice(3, 1, 4, 2);
  file.tensors["grad"] = base.clone().set_requires_grad(true);
  write_safetensors(folder / "x.safetensors", file);
  for (const auto& [name, tensor] : read_safetensors(folder / "x.safetensors").tensors) {
    EXPECT_TRUE(tensor.is_contiguous()) << name;
    EXPECT_TRUE(torch::equal(tensor, file.tensors.at(name))) << name;
  }
}

TEST(Safetensors, AlignsTheDataAndEveryTensorInIt) {
  const TemporaryFolder folder;
  TensorFile file;
  file.tensors["a"] = torch::ones({3}, at::kByte);
  file.tensors["b"] = torch::ones({3}, at::kFloat);
  file.tensors["c"] = torch::ones({3}, at::kHalf);
  file.tensors["d"] = torch::ones({1}, at::kDouble);
  for (const std::string name : {"x", "xy", "xyz"}) {
    file.metadata["name"] = name;
    write_safetensors(folder / name, file);
    EXPECT_EQ(static_cast<unsigned char>(read_file(folder / name)[0]) % 8, 0);
    // The mapping starts at a page boundary, so a tensor aligned in the file is aligned in memory.
    for (const auto& [tensor_name, tensor] : read_safetensors(folder / name).tensors) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data_ptr()) % tensor.element_size(), 0u)
          << tensor_name;
    }
  }
}

TEST(Safetensors, KeepsTheMappingAsLongAsATensor) {
  const TemporaryFolder folder;
  TensorFile file;
  file.tensors["x"] = torch::arange(1000, at::kFloat);
  write_safetensors(folder / "x.safetensors", file);
  const auto tensor = read_safetensors(folder / "x.safetensors").tensors.at("x");
  std::filesystem::remove(folder / "x.safetensors");
  EXPECT_TRUE(torch::equal(tensor, file.tensors.at("x")));
}

TEST(Safetensors, NeverWritesBackToTheFile) {
  const TemporaryFolder folder;
  TensorFile file;
  file.tensors["x"] = torch::zeros({8});
  write_safetensors(folder / "x.safetensors", file);
  read_safetensors(folder / "x.safetensors").tensors.at("x").fill_(7);
  EXPECT_TRUE(
      torch::equal(read_safetensors(folder / "x.safetensors").tensors.at("x"), torch::zeros({8})));
}

TEST(Safetensors, RefusesToWriteWhatTheFormatDoesNotSupport) {
  const TemporaryFolder folder;
  const auto path = folder / "x.safetensors";
  TensorFile file;
  file.tensors["x"] = torch::zeros({2}, at::kComplexFloat);
  EXPECT_THROW(write_safetensors(path, file), std::invalid_argument);
  file.tensors["x"] = at::Tensor();
  EXPECT_THROW(write_safetensors(path, file), std::invalid_argument);
  file.tensors = {{"__metadata__", torch::zeros({2})}};
  EXPECT_THROW(write_safetensors(path, file), std::invalid_argument);
  file.tensors = {{"caf\xe9", torch::zeros({2})}};
  EXPECT_THROW(write_safetensors(path, file), std::invalid_argument);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

/// Limits the size of files that this process writes, which simulates a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(Safetensors, LeavesTheOldFileWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  const auto path = folder / "x.safetensors";
  write_file(path, "the old file");
  TensorFile file;
  file.tensors["x"] = torch::zeros({10000});
  {
    const FileSizeLimit limit(4096);
    EXPECT_THROW(write_safetensors(path, file), std::runtime_error);
  }
  EXPECT_EQ(read_file(path), "the old file");
  const auto entries = std::filesystem::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
  write_safetensors(path, file);
  EXPECT_EQ(read_safetensors(path).tensors.at("x").numel(), 10000);
}

TEST(Safetensors, NamesAMissingFolder) {
  const TemporaryFolder folder;
  try {
    write_safetensors(folder / "absent" / "x.safetensors", TensorFile());
    FAIL() << "was written";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("absent/x.safetensors"));
  }
}

TEST(RequireFinite, NamesATensorWithNanOrInfinity) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const auto type : {at::kFloat, at::kHalf, at::kBFloat16, at::kDouble}) {
    for (const float bad : {NAN, kInfinity, -kInfinity}) {
      TensorFile file;
      file.tensors["good"] = torch::ones({4}, type);
      file.tensors["count"] = torch::ones({4}, at::kLong);
      EXPECT_NO_THROW(require_finite(file, "w.safetensors"));
      file.tensors["poor"] = torch::tensor({1.f, bad, 0.f}).to(type);
      try {
        require_finite(file, "w.safetensors");
        FAIL() << "was accepted as finite: " << bad;
      } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(),
                    AllOf(HasSubstr("w.safetensors"), HasSubstr("\"poor\""), HasSubstr("1 of 3")));
      }
    }
  }
}

}  // namespace
}  // namespace saccade
