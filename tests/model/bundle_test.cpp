#include "saccade/model/bundle/bundle.h"

#include <limits>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/caption/calibration.h"
#include "saccade/caption/captioner.h"
#include "saccade/model/checkpoint/tensor_file.h"

#include "temporary_folder.h"
#include "tiny_bundle.h"

namespace saccade {
namespace {

using test::read_file;
using test::TemporaryFolder;
using test::tiny_bundle;
using test::write_file;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

/// The logits of a model for a fixed input, through encoder and decoder.
at::Tensor output_of(const Bundle& bundle) {
  torch::NoGradGuard no_grad;
  Encoder encoder = bundle.encoder;
  const auto pixels = torch::linspace(-1, 1, 3 * 32 * 32).reshape({1, 3, 32, 32});
  const auto state = bundle.decoder->start(encoder->forward(pixels));
  return bundle.decoder->step(state, torch::tensor({Vocabulary::kStart}), AttentionMode::expected)
      .logits;
}

class StoredBundle : public ::testing::TestWithParam<std::tuple<Storage, bool>> {};

TEST_P(StoredBundle, RoundTripsAllParts) {
  const auto [storage, folded] = GetParam();
  const TemporaryFolder folder;
  const Bundle bundle = tiny_bundle(folded);
  save_bundle(folder / "model", bundle, storage, "# Card\n");
  EXPECT_THAT(names_in(folder.path()), UnorderedElementsAre("model"));
  EXPECT_THAT(
      names_in(folder / "model"),
      UnorderedElementsAre("config.json", "vocab.json", "weights.safetensors", "MODEL_CARD.md"));
  const Bundle back = load_bundle(folder / "model");
  EXPECT_EQ(to_json(back.config), to_json(bundle.config));
  EXPECT_EQ(back.vocabulary.words(), bundle.vocabulary.words());
  EXPECT_EQ(back.decoding, bundle.decoding);
  EXPECT_EQ(back.provenance, bundle.provenance);
  EXPECT_EQ(read_file(folder / "model" / "MODEL_CARD.md"), "# Card\n");

  const auto stored_type = storage == Storage::fp32   ? at::kFloat
                           : storage == Storage::fp16 ? at::kHalf
                                                      : at::kBFloat16;
  const auto before = bundle_tensors(bundle.encoder, bundle.decoder);
  const auto after = bundle_tensors(back.encoder, back.decoder);
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [name, tensor] : after) {
    EXPECT_EQ(tensor.scalar_type(), at::kFloat) << name;
    EXPECT_FALSE(tensor.requires_grad()) << name;
    EXPECT_TRUE(torch::equal(tensor, before.at(name).to(stored_type).to(at::kFloat))) << name;
  }
  for (const auto& [name, tensor] :
       read_safetensors(folder / "model" / "weights.safetensors").tensors) {
    EXPECT_EQ(tensor.scalar_type(), stored_type) << name;
  }
}

TEST_P(StoredBundle, GivesTheSameOutputsAfterLoading) {
  const auto [storage, folded] = GetParam();
  const TemporaryFolder folder;
  Bundle bundle = tiny_bundle(folded);
  bundle.encoder->eval();
  save_bundle(folder / "model", bundle, storage, "# Card\n");
  const Bundle back = load_bundle(folder / "model");
  EXPECT_FALSE(back.encoder->is_training());
  EXPECT_FALSE(back.decoder->is_training());
  const double tolerance = storage == Storage::fp32 ? 0 : storage == Storage::fp16 ? 1e-2 : 5e-2;
  EXPECT_TRUE(torch::allclose(output_of(back), output_of(bundle), tolerance, tolerance));
}

INSTANTIATE_TEST_SUITE_P(Types, StoredBundle,
                         ::testing::Combine(::testing::Values(Storage::fp32, Storage::fp16,
                                                              Storage::bf16),
                                            ::testing::Bool()));

TEST(Bundle, CanBeTrainedWithoutChangingItsFile) {
  const TemporaryFolder folder;
  save_bundle(folder / "model", tiny_bundle(), Storage::fp32, "card");
  const auto before = read_file(folder / "model" / "weights.safetensors");
  const Bundle bundle = load_bundle(folder / "model");
  for (auto& [name, tensor] : bundle_tensors(bundle.encoder, bundle.decoder)) tensor.fill_(1);
  EXPECT_EQ(read_file(folder / "model" / "weights.safetensors"), before);
}

TEST(SaveBundle, CreatesParentFoldersAndAcceptsATrailingSlash) {
  const TemporaryFolder folder;
  save_bundle(folder / "a" / "b/", tiny_bundle(), Storage::fp16, "card");
  EXPECT_NO_THROW(verify_bundle(folder / "a" / "b"));
  EXPECT_THAT(names_in(folder / "a"), UnorderedElementsAre("b"));
}

TEST(SaveBundle, ReplacesAWholeBundle) {
  const TemporaryFolder folder;
  Bundle bundle = tiny_bundle();
  save_bundle(folder / "model", bundle, Storage::fp16, "old");
  bundle.provenance["generation"] = 2;
  save_bundle(folder / "model", bundle, Storage::fp32, "new");
  EXPECT_EQ(load_bundle(folder / "model").provenance["generation"], 2);
  EXPECT_EQ(read_file(folder / "model" / "MODEL_CARD.md"), "new");
  EXPECT_THAT(names_in(folder.path()), UnorderedElementsAre("model"));
}

TEST(SaveBundle, KeepsALoadedModelUsableWhenItsFolderIsReplaced) {
  const TemporaryFolder folder;
  save_bundle(folder / "model", tiny_bundle(), Storage::fp32, "card");
  const Bundle loaded = load_bundle(folder / "model");  // its weights are pages of the mapped file
  const auto before = output_of(loaded).clone();
  save_bundle(folder / "model", loaded, Storage::fp16, "card");
  EXPECT_TRUE(torch::equal(output_of(loaded), before));
  save_bundle(folder / "model", loaded, Storage::fp32, "card");
  EXPECT_TRUE(torch::equal(output_of(load_bundle(folder / "model")), before));
}

TEST(SaveBundle, ReplacesTheTargetOfALinkAndKeepsTheLink) {
  const TemporaryFolder folder;
  save_bundle(folder / "v1", tiny_bundle(), Storage::fp16, "old");
  fs::create_directory_symlink("v1", folder / "current");
  save_bundle(folder / "current", tiny_bundle(), Storage::fp16, "new");
  EXPECT_TRUE(fs::is_symlink(folder / "current"));
  EXPECT_EQ(read_file(folder / "v1" / "MODEL_CARD.md"), "new");
}

/// Expects that saving over a valid bundle fails with this message and leaves the old one
/// unchanged.
void expect_refused(const Bundle& bundle, Storage storage, const std::string& message) {
  const TemporaryFolder folder;
  save_bundle(folder / "model", tiny_bundle(), Storage::fp16, "old");
  try {
    save_bundle(folder / "model", bundle, storage, "new");
    ADD_FAILURE() << "was saved";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr((folder / "model").string()), HasSubstr(message)));
  }
  EXPECT_EQ(read_file(folder / "model" / "MODEL_CARD.md"), "old");
  EXPECT_NO_THROW(verify_bundle(folder / "model"));
  EXPECT_THAT(names_in(folder.path()), UnorderedElementsAre("model"));
}

TEST(SaveBundle, RefusesWeightsThatAreNotFinite) {
  Bundle bundle = tiny_bundle();
  {
    torch::NoGradGuard no_grad;
    bundle.decoder->output_bias[2] = std::numeric_limits<float>::quiet_NaN();
  }
  expect_refused(bundle, Storage::fp32, "decoder.output_bias");
}

TEST(SaveBundle, RefusesWeightsTooLargeForTheirType) {
  Bundle bundle = tiny_bundle();
  {
    torch::NoGradGuard no_grad;
    bundle.decoder->output_bias[2] = 1e6f;
  }
  expect_refused(bundle, Storage::fp16, "decoder.output_bias");
  const TemporaryFolder folder;
  EXPECT_NO_THROW(save_bundle(folder / "model", bundle, Storage::bf16, "card"));
}

TEST(SaveBundle, RefusesPartsThatDoNotFitTheConfig) {
  Bundle bundle = tiny_bundle();
  bundle.vocabulary = Vocabulary({"a", "dog"});
  expect_refused(bundle, Storage::fp16, "it has 6 words");
  bundle = tiny_bundle();
  bundle.config.decoder.hidden = 8;
  expect_refused(bundle, Storage::fp16, "expected");
  bundle = tiny_bundle();
  bundle.config.encoder.folded = false;
  expect_refused(bundle, Storage::fp16, "encoder.");
  bundle = tiny_bundle();
  bundle.config.tokenizer = "unknown";
  expect_refused(bundle, Storage::fp16, "tokenizer");
  bundle = tiny_bundle();
  bundle.decoding = {{"beam", 0}};
  expect_refused(bundle, Storage::fp16, "decoding.beam");
}

TEST(SaveBundle, NeverReplacesAFolderWithOtherContents) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "photos");
  write_file(folder / "photos" / "me.jpg", "x");
  try {
    save_bundle(folder / "photos", tiny_bundle(), Storage::fp16, "card");
    ADD_FAILURE() << "was saved";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("me.jpg"));
  }
  EXPECT_EQ(read_file(folder / "photos" / "me.jpg"), "x");
  write_file(folder / "file", "y");
  EXPECT_THROW(save_bundle(folder / "file", tiny_bundle(), Storage::fp16, "c"), std::runtime_error);
  EXPECT_EQ(read_file(folder / "file"), "y");
  fs::create_directory(folder / "empty");
  EXPECT_NO_THROW(save_bundle(folder / "empty", tiny_bundle(), Storage::fp16, "card"));
}

TEST(Bundle, IsWrittenInTheLowestVersionThatSupportsItsContents) {
  const TemporaryFolder folder;
  const auto version = [&](const Bundle& bundle) {
    save_bundle(folder / "model", bundle, Storage::fp32, "# Card\n");
    EXPECT_EQ(load_bundle(folder / "model").decoding, bundle.decoding);
    return nlohmann::json::parse(read_file(folder / "model" / "config.json")).at("version");
  };
  Bundle bundle = tiny_bundle();
  EXPECT_EQ(version(bundle), 1);
  bundle.decoding["repeat_penalty"] = 2.5;
  EXPECT_EQ(version(bundle), 2);
  auto json = nlohmann::json::parse(read_file(folder / "model" / "config.json"));
  json["version"] = 1;
  write_file(folder / "model" / "config.json", json.dump());
  EXPECT_THROW(load_bundle(folder / "model"), std::runtime_error) << "version 1 has no such key";

  Bundle lite = tiny_bundle();
  lite.config.encoder.architecture = "efficientnet_lite0";
  lite.config.encoder.layer = "blocks.1";
  lite.encoder = Encoder(lite.config.encoder);
  EXPECT_EQ(version(lite), 2);
}

TEST(Bundle, OfVersionOneLoadsWithDefaultsForNewerOptions) {
  for (const char* name : {"default", "flickr8k-hard"}) {
    const fs::path shipped = fs::path(SACCADE_SOURCE_DIR) / "models" / name;
    const TemporaryFolder folder;
    fs::copy(shipped, folder / name);
    auto json = nlohmann::json::parse(read_file(folder / name / "config.json"));
    json["decoding"].erase("repeat_penalty");
    json["version"] = 1;
    write_file(folder / name / "config.json", json.dump());
    const CaptionOptions options = options_of(load_bundle(folder / name).decoding);
    EXPECT_EQ(options.search.constraints.repeat_penalty, 0);
    EXPECT_EQ(options.search.beam, json.at("decoding").value("beam", 3));
    EXPECT_FALSE(load_calibration(folder / "nowhere", 1280).has_value());
  }
}

TEST(Bundle, RoundTripsItsDecodingOptions) {
  CaptionOptions options;
  EXPECT_EQ(decoding_of(options), (nlohmann::json{{"beam", 3}, {"length_penalty", 0.0}}));
  options.search.length_penalty = 0.5;
  options.search.constraints.max_length = 12;
  options.search.constraints.no_repeat_ngram = 2;
  options.search.constraints.repeat_penalty = 1.5;
  const nlohmann::json decoding = decoding_of(options);
  EXPECT_EQ(decoding.size(), 5U);
  EXPECT_EQ(decoding_of(options_of(decoding)), decoding);
}

}  // namespace
}  // namespace saccade
