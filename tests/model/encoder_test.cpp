#include "saccade/model/encoder/encoder.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/checkpoint/tensor_file.h"

#include "model/formula_weights.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

EncoderConfig encoder_config_of(const std::string& architecture, bool folded = true,
                                const std::string& layer = "") {
  EncoderConfig config;
  config.architecture = architecture;
  config.folded = folded;
  config.layer = layer;
  return config;
}

Encoder formula_encoder(const EncoderConfig& config) {
  Encoder encoder(config, /*initialize=*/false);
  set_formula_weights(*encoder);
  encoder->eval();
  return encoder;
}

/// The largest difference, relative to the largest value.
double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

at::Tensor pixels(std::int64_t rows, std::int64_t cols) {
  return formula_tensor("pixels", {1, 3, rows, cols});
}

std::set<std::string> tensor_names(const Encoder& encoder) {
  std::set<std::string> names;
  for (const auto& item : encoder->named_parameters()) names.insert(item.key());
  for (const auto& item : encoder->named_buffers()) names.insert(item.key());
  return names;
}

std::string refusal(const EncoderConfig& config) {
  try {
    Encoder encoder(config, /*initialize=*/false);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

/// The expected properties of an architecture, with its batch norms not folded. The numbers of
/// tensors are those of torchvision's state dicts; for EfficientNet-Lite0 two for each of its 49
/// convolutions.
struct Expected {
  std::string architecture;
  std::size_t tensors;
  std::string first, last;
  std::int64_t channels;
  Grid grid;  ///< for 64×96 pixels
};
void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.architecture; }

class EveryArchitecture : public ::testing::TestWithParam<Expected> {};
INSTANTIATE_TEST_SUITE_P(
    Encoder, EveryArchitecture,
    ::testing::Values(
        Expected{"mobilenet_v2",
                 260,
                 "features.1.conv.0.0.weight",
                 "features.18.1.running_var",
                 1280,
                 {2, 3}},
        Expected{"efficientnet_lite0", 98, "stem.bias", "blocks.15.depthwise.weight", 1280, {2, 3}},
        Expected{"vgg16", 26, "features.0.bias", "features.28.weight", 512, {4, 6}},
        Expected{"vgg16_bn", 78, "features.1.weight", "features.41.running_mean", 512, {4, 6}},
        Expected{"vgg19", 32, "features.2.weight", "features.34.bias", 512, {4, 6}},
        Expected{"vgg19_bn", 96, "features.0.weight", "features.50.running_var", 512, {4, 6}},
        Expected{"resnet18", 100, "conv1.weight", "layer4.1.bn2.bias", 512, {2, 3}},
        Expected{"resnet34", 180, "bn1.running_mean", "layer3.5.conv2.weight", 512, {2, 3}},
        Expected{"resnet50",
                 265,
                 "layer1.0.downsample.0.weight",
                 "layer4.2.bn3.running_var",
                 2048,
                 {2, 3}},
        Expected{"resnet101",
                 520,
                 "layer2.0.downsample.1.running_var",
                 "layer3.22.conv3.weight",
                 2048,
                 {2, 3}}),
    [](const auto& info) { return info.param.architecture; });

TEST_P(EveryArchitecture, RegistersTheNamesOfItsWeightsFiles) {
  const auto names =
      tensor_names(Encoder(encoder_config_of(GetParam().architecture, false), false));
  EXPECT_EQ(names.size(), GetParam().tensors);
  EXPECT_EQ(names.count(GetParam().first), 1u);
  EXPECT_EQ(names.count(GetParam().last), 1u);
}

TEST_P(EveryArchitecture, YieldsOneRowOfFeaturesPerCell) {
  torch::NoGradGuard no_gradient;
  const Encoder encoder = formula_encoder(encoder_config_of(GetParam().architecture));
  const Features features = encoder->forward(pixels(64, 96).expand({2, 3, 64, 96}));
  EXPECT_EQ(features.grid, GetParam().grid);
  EXPECT_EQ(encoder->channels(), GetParam().channels);
  EXPECT_EQ(features.values.sizes(),
            (std::vector<std::int64_t>{2, features.grid.cells(), GetParam().channels}));
}

TEST_P(EveryArchitecture, AgreesWithTheReferenceImplementation) {
  torch::NoGradGuard no_gradient;
  const TensorFile file = read_safetensors(SACCADE_FIXTURES "/parity/encoders.safetensors");
  for (const bool folded : {false, true}) {
    const std::string architecture = GetParam().architecture;
    const Encoder encoder = formula_encoder(encoder_config_of(architecture, folded));
    const Features features = encoder->forward(pixels(64, 64));
    const std::string name = architecture + (folded ? ".folded" : ".normed");
    const at::Tensor& expected = file.tensors.at(name);  // every 16th channel
    const at::Tensor actual = features.values[0].slice(1, 0, features.values.size(2), 16);
    ASSERT_EQ(actual.sizes(), expected.sizes()) << name;
    EXPECT_LT(relative_difference(actual, expected), 1e-4) << name;
  }
}

TEST_P(EveryArchitecture, StaysTheSameWhenItsBatchNormsAreFolded) {
  torch::NoGradGuard no_gradient;
  Encoder encoder = formula_encoder(encoder_config_of(GetParam().architecture, false));
  const at::Tensor before = encoder->forward(pixels(64, 64)).values;
  encoder->fold_batch_norms();
  EXPECT_TRUE(encoder->config().folded);
  EXPECT_LT(relative_difference(encoder->forward(pixels(64, 64)).values, before), 1e-4);
  EXPECT_EQ(tensor_names(encoder),
            tensor_names(Encoder(encoder_config_of(GetParam().architecture), false)));
}

TEST_P(EveryArchitecture, StaysTheSameWhenItsWeightsArePacked) {
  Encoder encoder = formula_encoder(encoder_config_of(GetParam().architecture));
  const at::Tensor before = encoder->forward(pixels(64, 64)).values.detach();
  encoder->pack();
  {
    torch::NoGradGuard no_gradient;
    EXPECT_LT(relative_difference(encoder->forward(pixels(64, 64)).values, before), 1e-5);
    const at::Tensor rounded = encoder->forward(pixels(64, 64).to(at::kBFloat16)).values;
    EXPECT_EQ(rounded.scalar_type(), at::kBFloat16);
    EXPECT_LT(relative_difference(rounded.to(at::kFloat), before), 0.05);
    // An encoder packed for the first size accepts any other.
    EXPECT_EQ(encoder->forward(pixels(96, 64)).grid.rows, 3 * GetParam().grid.rows / 2);
  }
  const at::Tensor x = pixels(64, 64).requires_grad_(true);
  encoder->forward(x).values.sum().backward();
  EXPECT_GT(x.grad().abs().max().item<double>(), 0);
}

TEST(Encoder, GivesAnImageTheSameFeaturesInAnyBatch) {
  torch::NoGradGuard no_gradient;
  const Encoder encoder = formula_encoder(encoder_config_of("mobilenet_v2"));
  const at::Tensor x = formula_tensor("images", {11, 3, 64, 64});
  for (const at::Tensor& images : {x, x.contiguous(at::MemoryFormat::ChannelsLast)}) {
    const at::Tensor values = encoder->forward(images).values;
    ASSERT_EQ(values.size(0), 11);
    for (std::int64_t i = 0; i < 11; ++i) {
      const at::Tensor alone = encoder->forward(images.narrow(0, i, 1)).values;
      EXPECT_LT(relative_difference(values.narrow(0, i, 1), alone), 1e-5) << i;
    }
  }
}

/// "Same" padding depends on whether a side is even; these sides are even and odd at different
/// strides.
TEST(Encoder, PadsAsTheReferenceForEvenAndOddSides) {
  torch::NoGradGuard no_gradient;
  const TensorFile file = read_safetensors(SACCADE_FIXTURES "/parity/encoders.safetensors");
  for (const bool dilated : {false, true}) {
    EncoderConfig config = encoder_config_of("efficientnet_lite0");
    config.dilated = dilated;
    Encoder encoder = formula_encoder(config);
    const std::string name = std::string("efficientnet_lite0.75x52") + (dilated ? ".dilated" : "");
    const at::Tensor& expected = file.tensors.at(name);  // every 16th channel
    for (const bool packed : {false, true}) {
      if (packed) encoder->pack();
      encoder->forward(pixels(64, 64));  // a packed encoder packs its weights for this size
      const Features features = encoder->forward(pixels(75, 52));
      EXPECT_EQ(features.grid, (dilated ? Grid{5, 4} : Grid{3, 2}));
      const at::Tensor actual = features.values[0].slice(1, 0, features.values.size(2), 16);
      ASSERT_EQ(actual.sizes(), expected.sizes()) << name;
      EXPECT_LT(relative_difference(actual, expected), 1e-4) << name << (packed ? ", packed" : "");
    }
  }
}

class Dilatable : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Encoder, Dilatable,
                         ::testing::Values("mobilenet_v2", "resnet18", "resnet50"));

TEST_P(Dilatable, HasTheCoarseFeaturesInItsEvenCells) {
  torch::NoGradGuard no_gradient;
  EncoderConfig config = encoder_config_of(GetParam());
  const Features coarse = formula_encoder(config)->forward(pixels(224, 160));
  config.dilated = true;
  const Features fine = formula_encoder(config)->forward(pixels(224, 160));
  ASSERT_EQ(coarse.grid, (Grid{7, 5}));
  ASSERT_EQ(fine.grid, (Grid{14, 10}));
  const at::Tensor even =
      fine.values.view({1, 14, 10, -1}).slice(1, 0, 14, 2).slice(2, 0, 10, 2).flatten(1, 2);
  EXPECT_LT(relative_difference(even, coarse.values), 1e-5);
}

TEST(Encoder, HasTheCoarseFeaturesInItsOddCellsWhereTheExtraPaddingIsAtTheEnd) {
  torch::NoGradGuard no_gradient;
  EncoderConfig config = encoder_config_of("efficientnet_lite0");
  const Features coarse = formula_encoder(config)->forward(pixels(224, 160));
  config.dilated = true;
  const Features fine = formula_encoder(config)->forward(pixels(224, 160));
  ASSERT_EQ(coarse.grid, (Grid{7, 5}));
  ASSERT_EQ(fine.grid, (Grid{14, 10}));
  const at::Tensor odd =
      fine.values.view({1, 14, 10, -1}).slice(1, 1, 14, 2).slice(2, 1, 10, 2).flatten(1, 2);
  EXPECT_LT(relative_difference(odd, coarse.values), 1e-5);
}

TEST(Encoder, EndsAtTheChosenLayer) {
  torch::NoGradGuard no_gradient;
  const auto encoder = formula_encoder(encoder_config_of("mobilenet_v2", true, "features.13"));
  EXPECT_EQ(encoder->channels(), 96);
  EXPECT_EQ(encoder->forward(pixels(64, 64)).grid, (Grid{4, 4}));
  const auto names = tensor_names(encoder);
  EXPECT_EQ(names.count("features.13.conv.2.weight"), 1u);
  EXPECT_EQ(names.count("features.14.conv.0.0.weight"), 0u);

  const auto resnet = formula_encoder(encoder_config_of("resnet50", true, "layer3"));
  EXPECT_EQ(resnet->channels(), 1024);
  EXPECT_EQ(resnet->forward(pixels(64, 64)).grid, (Grid{4, 4}));
}

TEST(Encoder, AcceptsThePapersNamesOfVggLayers) {
  torch::NoGradGuard no_gradient;
  const at::Tensor x = pixels(32, 32);
  const auto by_paper = formula_encoder(encoder_config_of("vgg19", true, "conv3_4"))->forward(x);
  const auto by_path = formula_encoder(encoder_config_of("vgg19", true, "features.16"))->forward(x);
  EXPECT_TRUE(by_paper.values.equal(by_path.values));
  EXPECT_EQ(by_paper.grid, (Grid{8, 8}));
  EXPECT_GE(by_paper.values.min().item<float>(), 0) << "the layer includes its ReLU";
  const auto pooled = formula_encoder(encoder_config_of("vgg19", true, "features.18"))->forward(x);
  EXPECT_EQ(pooled.grid, (Grid{4, 4}));
}

TEST(Encoder, BoundsItsFeaturesWithReLU6) {
  torch::NoGradGuard no_gradient;
  EncoderConfig config = encoder_config_of("mobilenet_v2");
  config.activation = "relu6";
  const at::Tensor values = formula_encoder(config)->forward(10 * pixels(64, 64)).values;
  EXPECT_EQ(values.max().item<float>(), 6);
}

TEST(Encoder, RefusesInvalidConfigs) {
  EXPECT_THAT(refusal(encoder_config_of("alexnet")),
              HasSubstr("expected one of efficientnet_lite0, mobilenet_v2, resnet101"));
  EXPECT_THAT(refusal(encoder_config_of("vgg16", true, "conv5_4")),
              HasSubstr("no layer \"conv5_4\""));
  EncoderConfig config = encoder_config_of("vgg16");
  config.dilated = true;
  EXPECT_THAT(refusal(config), HasSubstr("cannot be dilated"));
  config = encoder_config_of("mobilenet_v2", true, "features.13");
  config.dilated = true;
  EXPECT_THAT(refusal(config), HasSubstr("ends before the stage"));
  config = encoder_config_of("mobilenet_v2");
  config.activation = "swish";
  EXPECT_THAT(refusal(config), HasSubstr("expected one of relu, relu6"));
}

TEST(Encoder, RefusesPixelsOfAnotherShape) {
  const auto encoder = formula_encoder(encoder_config_of("mobilenet_v2", true, "features.1"));
  EXPECT_THROW(encoder->forward(torch::zeros({3, 32, 32})), std::invalid_argument);
  EXPECT_THROW(encoder->forward(torch::zeros({1, 1, 32, 32})), std::invalid_argument);
}

TEST(Encoder, ComputesInTheTypeOfThePixelsFromFloatWeights) {
  for (const char* architecture : {"mobilenet_v2", "efficientnet_lite0", "vgg16_bn", "resnet18"}) {
    Encoder encoder = formula_encoder(encoder_config_of(architecture, false));
    const at::Tensor exact = encoder->forward(pixels(64, 64)).values;
    const at::Tensor x =
        pixels(64, 64).to(torch::kBFloat16).contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor values = encoder->forward(x).values;
    EXPECT_EQ(values.scalar_type(), torch::kBFloat16);
    EXPECT_LT(relative_difference(values.to(torch::kFloat), exact), 0.1) << architecture;
    values.to(torch::kFloat).sum().backward();
    for (const auto& item : encoder->named_parameters()) {
      ASSERT_TRUE(item.value().grad().defined()) << item.key();
      EXPECT_EQ(item.value().grad().scalar_type(), torch::kFloat) << item.key();
    }
  }
}

TEST(Encoder, YieldsContiguousFeatures) {
  torch::NoGradGuard no_gradient;
  const auto encoder = formula_encoder(encoder_config_of("mobilenet_v2"));
  const at::Tensor x = pixels(64, 64);
  EXPECT_TRUE(encoder->forward(x).values.is_contiguous());
  const at::Tensor many = x.repeat({9, 1, 1, 1});
  EXPECT_TRUE(encoder->forward(many).values.is_contiguous());
}

TEST(Encoder, UpdatesBatchNormStatisticsOnlyInTrainingMode) {
  torch::NoGradGuard no_gradient;
  Encoder encoder = formula_encoder(encoder_config_of("resnet18", false, "maxpool"));
  const auto mean = [&] { return encoder->named_buffers()["bn1.running_mean"].clone(); };
  const at::Tensor before = mean();
  encoder->forward(pixels(32, 32));
  EXPECT_TRUE(mean().equal(before));
  encoder->train();
  encoder->forward(pixels(32, 32));
  EXPECT_FALSE(mean().equal(before));
}

TEST(Encoder, FreezesItsFirstLayers) {
  Encoder encoder = formula_encoder(encoder_config_of("mobilenet_v2", true, "features.4"));
  encoder->freeze_through("features.2");
  for (const auto& item : encoder->named_parameters()) {
    EXPECT_EQ(item.value().requires_grad(), item.key() > "features.3") << item.key();
  }
  EXPECT_THROW(encoder->freeze_through("features.5"), std::invalid_argument);

  Encoder lite = formula_encoder(encoder_config_of("efficientnet_lite0", true, "blocks.3"));
  lite->freeze_through("blocks.1");
  for (const auto& item : lite->named_parameters()) {
    EXPECT_EQ(item.value().requires_grad(), item.key() > "blocks.2" && item.key() < "stem")
        << item.key();
  }
}

}  // namespace
}  // namespace saccade::test
