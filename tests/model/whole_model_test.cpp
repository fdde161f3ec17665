// A photograph through the whole of a tiny model, against the reference implementation
// (tools/reference), which made the model, the photograph and what is expected.
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/captioner.h"
#include "saccade/image/prepare.h"
#include "saccade/model/bundle.h"

namespace saccade::test {
namespace {

const std::string kFolder = SACCADE_FIXTURES "/parity/";

nlohmann::json expected() {
  std::ifstream in(kFolder + "photo.json");
  return nlohmann::json::parse(in);
}

TEST(WholeModel, SeesThePhotographAsTheReference) {
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

TEST(WholeModel, CaptionsThePhotographAsTheReference) {
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

}  // namespace
}  // namespace saccade::test
