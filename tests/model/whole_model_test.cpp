// Compares whole models, a tiny one and the shipped default, with the reference implementation
// (tools/reference) on a photograph. The reference made the tiny model and the expected values.
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/caption/captioner.h"
#include "saccade/image/prepare.h"
#include "saccade/model/bundle/bundle.h"

namespace saccade::test {
namespace {

const std::string kFolder = SACCADE_FIXTURES "/parity/";

nlohmann::json read_json(const std::string& path) {
  std::ifstream in(path);
  return nlohmann::json::parse(in);
}

nlohmann::json expected() { return read_json(kFolder + "photo.json"); }

TEST(WholeModel, EncodesAPhotographAsTheReference) {
  torch::NoGradGuard no_gradient;
  const Bundle bundle = load_bundle(kFolder + "bundle");
  PreparedImage image = prepare(load_image(kFolder + "photo.png"), bundle.config.input);
  const std::int64_t size = bundle.config.input.size;
  const at::Tensor pixels = torch::from_blob(image.pixels.data(), {1, 3, size, size});
  const Features features = bundle.encoder->forward(pixels);
  EXPECT_EQ(features.grid, (Grid{expected().at("grid").at(0), expected().at("grid").at(1)}));
  EXPECT_NEAR(features.values.mean().item<double>(), expected().at("features_mean").get<double>(),
              1e-4);
  EXPECT_NEAR(features.values.std().item<double>(), expected().at("features_std").get<double>(),
              1e-4);
}

TEST(WholeModel, CaptionsAPhotographAsTheReference) {
  const Captioner captioner = Captioner::load(kFolder + "bundle");
  CaptionOptions options;
  options.search.beam = 3;
  options.search.length_penalty = 0.7;
  const Caption caption = captioner.caption({load_image(kFolder + "photo.png")}, options)[0][0];
  EXPECT_EQ(caption.text, expected().at("caption").get<std::string>());
  EXPECT_NEAR(caption.log_prob, expected().at("log_prob").get<double>(), 1e-3);
  const auto map = expected().at("first_map").get<std::vector<float>>();
  ASSERT_EQ(caption.words.at(0).attention.size(), map.size());
  for (std::size_t i = 0; i < map.size(); ++i) {
    EXPECT_NEAR(caption.words[0].attention[i], map[i], 1e-4) << "cell " << i;
  }
}

/// The tests of the shipped model. Its fixtures come from
/// /usr/bin/python3 tools/reference/make_fixtures.py default
class DefaultModel : public ::testing::Test {
 protected:
  DefaultModel() : expected_(read_json(kFolder + "default.json")) {}

  /// Checks that the fixtures belong to the shipped model.
  void SetUp() override {
    const auto config = read_json(kModel + "/config.json");
    ASSERT_EQ(expected_.at("weights"), config.at("sha256").at("weights.safetensors"))
        << "the default model has changed; run tools/reference/make_fixtures.py default";
  }
  Image photograph() const {
    return load_image(SACCADE_SOURCE_DIR "/" + expected_.at("photograph").get<std::string>());
  }

  const std::string kModel = SACCADE_SOURCE_DIR "/models/default";
  const nlohmann::json expected_;
};

TEST_F(DefaultModel, EncodesAPhotographAsTheReference) {
  torch::NoGradGuard no_gradient;
  const Bundle bundle = load_bundle(kModel);
  PreparedImage image = prepare(photograph(), bundle.config.input);
  const std::int64_t size = bundle.config.input.size;
  const at::Tensor pixels = torch::from_blob(image.pixels.data(), {1, 3, size, size});
  const Features features = bundle.encoder->forward(pixels);
  ASSERT_EQ(features.grid, (Grid{expected_.at("grid").at(0), expected_.at("grid").at(1)}));
  const auto step = expected_.at("features_step").get<std::vector<std::int64_t>>();
  const at::Tensor found = features.values[0]
                               .slice(0, 0, features.values.size(1), step[0])
                               .slice(1, 0, features.values.size(2), step[1])
                               .flatten();
  const auto numbers = expected_.at("features").get<std::vector<float>>();
  const at::Tensor expected = torch::tensor(numbers);
  ASSERT_EQ(found.sizes(), expected.sizes());
  EXPECT_LT((found - expected).abs().max().item<float>(),
            1e-3F * expected.abs().max().item<float>());
  EXPECT_NEAR(features.values.mean().item<double>(), expected_.at("features_mean").get<double>(),
              1e-4);
  EXPECT_NEAR(features.values.std().item<double>(), expected_.at("features_std").get<double>(),
              1e-4);
}

TEST_F(DefaultModel, CaptionsAPhotographAsTheReferenceWithTheSameMaps) {
  const Captioner captioner = Captioner::load(kModel);
  const auto& decoding = expected_.at("decoding");
  CaptionOptions options;
  options.search.beam = decoding.at("beam");
  options.search.length_penalty = decoding.at("length_penalty");
  options.search.constraints.max_length = decoding.at("max_length");
  const Caption caption = captioner.caption({photograph()}, options)[0][0];
  EXPECT_EQ(caption.text, expected_.at("caption").get<std::string>());
  EXPECT_NEAR(caption.log_prob, expected_.at("log_prob").get<double>(), 1e-3);
  const auto& maps = expected_.at("alphas");
  ASSERT_EQ(caption.words.size(), maps.size());
  for (std::size_t t = 0; t < maps.size(); ++t) {
    EXPECT_NEAR(caption.words[t].gate, expected_.at("gates")[t].get<double>(), 1e-3);
    const auto map = maps[t].get<std::vector<float>>();
    ASSERT_EQ(caption.words[t].attention.size(), map.size());
    for (std::size_t i = 0; i < map.size(); ++i) {
      ASSERT_NEAR(caption.words[t].attention[i], map[i], 1e-4) << "word " << t << ", cell " << i;
    }
  }
}

}  // namespace
}  // namespace saccade::test
