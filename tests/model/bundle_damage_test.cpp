#include <fstream>
#include <functional>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "saccade/io/sha256.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/model/checkpoint/tensor_file.h"

#include "temporary_folder.h"
#include "tiny_bundle.h"

namespace saccade {
namespace {

using nlohmann::json;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

/// A way to damage a valid bundle, and what the error message must contain.
struct Damage {
  std::string kind;
  std::function<void(const fs::path& folder)> act;
  std::string file;
  std::string message;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.kind; }

/// Edits config.json.
Damage edit(const std::string& kind, const std::function<void(json&)>& change,
            const std::string& message) {
  const auto act = [change](const fs::path& folder) {
    auto config = json::parse(read_file(folder / "config.json"));
    change(config);
    write_file(folder / "config.json", config.dump());
  };
  return {kind, act, "config.json", message};
}

Damage set(const std::string& kind, const char* pointer, const json& value,
           const std::string& message) {
  return edit(
      kind, [pointer, value](json& config) { config[json::json_pointer(pointer)] = value; },
      message);
}

/// Replaces a file and its hash, so that the hash check does not hide other checks.
void replace_file(const fs::path& folder, const std::string& name, const std::string& bytes) {
  write_file(folder / name, bytes);
  auto config = json::parse(read_file(folder / "config.json"));
  config["sha256"][name] = sha256(bytes);
  write_file(folder / "config.json", config.dump());
}

/// Changes the tensors, with the right hash.
Damage tensors(const std::string& kind,
               const std::function<void(std::map<std::string, at::Tensor>&)>& change,
               const std::string& message) {
  const auto act = [change](const fs::path& folder) {
    auto file = read_safetensors(folder / "weights.safetensors");
    change(file.tensors);
    write_safetensors(folder / "other", file);
    file.tensors.clear();
    replace_file(folder, "weights.safetensors", read_file(folder / "other"));
    fs::remove(folder / "other");
  };
  return {kind, act, "weights.safetensors", message};
}

Damage removed(const std::string& kind, const std::string& name) {
  return {kind, [name](const fs::path& folder) { fs::remove(folder / name); }, name,
          "no such file"};
}

std::vector<Damage> damages() {
  return {
      removed("NoConfig", "config.json"),
      removed("NoVocabulary", "vocab.json"),
      removed("NoWeights", "weights.safetensors"),
      {"DanglingLink",
       [](const fs::path& folder) {
         fs::remove(folder / "vocab.json");
         fs::create_symlink("elsewhere.json", folder / "vocab.json");
       },
       "vocab.json", "no such file"},
      {"FolderForAFile",
       [](const fs::path& folder) {
         fs::remove(folder / "weights.safetensors");
         fs::create_directory(folder / "weights.safetensors");
       },
       "weights.safetensors", "it is a folder"},
      {"TruncatedConfig",
       [](const fs::path& folder) {
         const auto text = read_file(folder / "config.json");
         write_file(folder / "config.json", text.substr(0, text.size() / 2));
       },
       "config.json", "JSON"},
      {"SameKeyTwice",
       [](const fs::path& folder) {
         write_file(folder / "config.json",
                    "{\"version\": 1," + read_file(folder / "config.json").substr(1));
       },
       "config.json", "twice"},
      set("OtherFormat", "/format", "onnx", "expected \"saccade-bundle\""),
      set("LaterVersion", "/version", 3,
          "version is 3; expected 1 to 2, the versions that this program reads; a bundle of "
          "version 3 needs the release of Saccade that wrote it"),
      set("NoVersion", "/version", 0, "version is 0; expected 1 to 2"),
      set("VersionAsText", "/version", "1", "version is \"1\""),
      set("UnknownKey", "/optimizer", "adam", "optimizer is unknown"),
      set("UnknownKeyDeeper", "/decoder/layers", 2, "decoder.layers is unknown"),
      edit(
          "NoTokenizer", [](json& config) { config.erase("tokenizer"); }, "tokenizer is missing"),
      edit(
          "NoHash", [](json& config) { config["sha256"].erase("vocab.json"); },
          "sha256.vocab.json is missing"),
      set("HashOfAnotherFile", "/sha256/x.bin", "00", "sha256.x.bin is unknown"),
      set("UnknownArchitecture", "/encoder/architecture", "resnet1", "resnet1"),
      set("UnknownLayer", "/encoder/layer", "features.99", "features.99"),
      set("OtherFeatures", "/decoder/features", 25, "but the encoder yields 24"),
      set("ImpossibleScore", "/decoder/score", "dot", "dot score"),
      set("StateTooLarge", "/decoder/hidden", 1048576,
          "decoder.hidden is 1048576; expected an integer in 1…16384"),
      set("VocabularyTooLarge", "/decoder/vocabulary", 2'000'000, "an integer in 4…1000000"),
      set("UnknownDecodingOption", "/decoding/beams", 3, "decoding.beams is unknown"),
      set("DecodingOutOfRange", "/decoding/length_penalty", -1, "0…10"),
      set("ProvenanceNotAnObject", "/provenance", "me", "expected an object"),
      {"VocabularyOfAnotherSize",
       [](const fs::path& folder) {
         replace_file(folder, "vocab.json", Vocabulary({"a", "dog"}).to_json());
       },
       "vocab.json", "it has 6 words, but config.json says decoder.vocabulary is 7"},
      {"VocabularyOfOtherWords",
       [](const fs::path& folder) {
         write_file(folder / "vocab.json", Vocabulary({"a", "cat", "runs"}).to_json());
       },
       "vocab.json", "SHA-256"},
      {"FlippedBitInWeights",
       [](const fs::path& folder) {
         auto bytes = read_file(folder / "weights.safetensors");
         bytes.back() ^= 1;
         write_file(folder / "weights.safetensors", bytes);
       },
       "weights.safetensors", "SHA-256"},
      {"TruncatedWeights",
       [](const fs::path& folder) {
         fs::resize_file(folder / "weights.safetensors",
                         fs::file_size(folder / "weights.safetensors") - 10);
       },
       "weights.safetensors", "beyond"},
      {"EmptyWeights",
       [](const fs::path& folder) { fs::resize_file(folder / "weights.safetensors", 0); },
       "weights.safetensors", "0 bytes"},
      tensors(
          "MissingTensor", [](auto& t) { t.erase("decoder.gate.weight"); },
          "\"decoder.gate.weight\" is missing, expected shape 1×4"),
      tensors(
          "ExtraTensor", [](auto& t) { t["decoder.extra"] = torch::ones({2}); },
          "\"decoder.extra\" is not part of the model"),
      tensors(
          "MisnamedTensor",
          [](auto& t) {
            t["gate.weight"] = t.at("decoder.gate.weight");
            t.erase("decoder.gate.weight");
          },
          "\"gate.weight\" is not part of the model"),
      tensors(
          "MisshapenTensor",
          [](auto& t) {
            t["decoder.gate.weight"] = torch::ones({4, 1}, at::kHalf);
          },
          "\"decoder.gate.weight\" has shape 4×1, expected 1×4"),
      tensors(
          "IntegerTensor",
          [](auto& t) {
            t["decoder.gate.weight"] = torch::ones({1, 4}, at::kLong);
          },
          "expected fp32, fp16 or bf16"),
      tensors(
          "DoubleTensor",
          [](auto& t) {
            t["decoder.gate.weight"] = torch::ones({1, 4}, at::kDouble);
          },
          "expected fp32, fp16 or bf16"),
  };
}

class DamagedBundle : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedBundle, IsRefusedWithFileNameAndExpectation) {
  const TemporaryFolder folder;
  save_bundle(folder / "model", test::tiny_bundle(), Storage::fp16, "card");
  GetParam().act(folder / "model");
  try {
    load_bundle(folder / "model");
    ADD_FAILURE() << "was loaded";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr((folder / "model" / GetParam().file).string()),
                                    HasSubstr(GetParam().message)));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, DamagedBundle, ::testing::ValuesIn(damages()),
                         [](const auto& info) { return info.param.kind; });

/// While it lives, limits the additional memory of the process.
class MemoryLimit {
 public:
  explicit MemoryLimit(rlim_t more) {
    std::ifstream statm("/proc/self/statm");
    rlim_t pages = 0;
    statm >> pages;
    ::getrlimit(RLIMIT_AS, &before_);
    rlimit limit = before_;
    limit.rlim_cur = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + more;
    ::setrlimit(RLIMIT_AS, &limit);
  }
  ~MemoryLimit() { ::setrlimit(RLIMIT_AS, &before_); }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  rlimit before_{};
};

TEST(LoadBundle, ComparesShapesBeforeItAllocates) {
  const TemporaryFolder folder;
  save_bundle(folder / "model", test::tiny_bundle(), Storage::fp16, "card");
  set("", "/decoder/hidden", 16384, "").act(folder / "model");  // four matrices of a gigabyte
  const MemoryLimit limit(rlim_t{256} << 20);
  try {
    load_bundle(folder / "model");
    ADD_FAILURE() << "was loaded";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr((folder / "model" / "weights.safetensors").string()),
                                    HasSubstr("\"decoder.attention.hidden.weight\" has shape"),
                                    HasSubstr("×16384; the weights do not match the model")));
  }
}

TEST(LoadBundle, NamesAMissingFolder) {
  const TemporaryFolder folder;
  write_file(folder / "file", "x");
  for (const char* name : {"absent", "file"}) {
    try {
      load_bundle(folder / name);
      ADD_FAILURE() << "was loaded";
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(),
                  AllOf(HasSubstr(name), HasSubstr("a bundle is a folder that holds")));
    }
  }
}

TEST(LoadBundle, LoadsABundleThroughLinks) {
  const TemporaryFolder folder;
  save_bundle(folder / "model", test::tiny_bundle(), Storage::fp16, "card");
  fs::create_directory(folder / "linked");
  for (const char* name : {"config.json", "vocab.json", "weights.safetensors", "MODEL_CARD.md"}) {
    fs::create_symlink(fs::path("../model") / name, folder / "linked" / name);
  }
  EXPECT_NO_THROW(verify_bundle(folder / "linked"));
}

TEST(VerifyBundle, RequiresFiniteWeightsAndACard) {
  const TemporaryFolder folder;
  const auto model = folder / "model";
  save_bundle(model, test::tiny_bundle(), Storage::fp16, "card");
  EXPECT_NO_THROW(verify_bundle(model));
  fs::remove(model / "MODEL_CARD.md");
  EXPECT_NO_THROW(load_bundle(model));
  EXPECT_THROW(verify_bundle(model), std::runtime_error);
  write_file(model / "MODEL_CARD.md", "card");

  const auto poison = tensors(
      "", [](auto& t) { t["decoder.output_bias"][0] = std::numeric_limits<float>::infinity(); },
      "");
  poison.act(model);
  EXPECT_NO_THROW(load_bundle(model));
  try {
    verify_bundle(model);
    ADD_FAILURE() << "was accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("decoder.output_bias"));
  }
}

// The examples of FIPS 180-2, and the empty message.
TEST(Sha256, AgreesWithTheStandardsExamples) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace saccade
