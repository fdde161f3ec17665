#include "saccade/model/config.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A config whose every field differs from its default.
ModelConfig unusual() {
  ModelConfig config;
  config.input.size = 96;
  config.input.fit = Fit::pad;
  config.input.mean = {0.1f, 0.2f, 1.f};
  config.input.std = {0.3f, 0.4f, 0.5f};
  config.encoder.architecture = "vgg19_bn";
  config.encoder.layer = "conv5_4";
  config.encoder.dilated = true;
  config.encoder.folded = false;
  config.encoder.activation = "relu6";
  config.decoder.vocabulary = 99;
  config.decoder.features = 48;
  config.decoder.projection = 0;
  config.decoder.embedding = 17;
  config.decoder.hidden = 18;
  config.decoder.attention = 19;
  config.decoder.score = Score::general;
  config.decoder.gate = Gate::per_feature;
  config.decoder.context = Context::mean;
  config.decoder.kind = AttentionKind::hard;
  config.decoder.tied = false;
  config.decoder.output_tanh = true;
  return config;
}

ModelConfig smallest() {
  ModelConfig config;
  config.decoder.vocabulary = 4;
  return config;
}

TEST(ModelConfig, RoundTripsEveryFieldThroughJson) {
  const auto written = to_json(unusual());
  const auto back = model_config_from_json(written);
  EXPECT_EQ(to_json(back), written);
  EXPECT_EQ(back.input.fit, Fit::pad);
  EXPECT_EQ(back.input.mean, unusual().input.mean);
  EXPECT_EQ(back.input.std, unusual().input.std);
  EXPECT_EQ(back.encoder.layer, "conv5_4");
  EXPECT_FALSE(back.encoder.folded);
  EXPECT_EQ(back.decoder.projection, 0);
  EXPECT_EQ(back.decoder.score, Score::general);
  EXPECT_EQ(back.decoder.kind, AttentionKind::hard);
  // A forgotten field would have its default value.
  const auto defaults = to_json(smallest());
  for (const char* part : {"input", "encoder", "decoder"}) {
    for (const auto& item : defaults[part].items()) {
      EXPECT_NE(written[part][item.key()], item.value()) << part << "." << item.key();
    }
  }
}

TEST(ModelConfig, WritesShortDecimals) {
  EXPECT_EQ(to_json(smallest())["input"]["mean"].dump(), "[0.485,0.456,0.406]");
}

TEST(ModelConfig, NamesEveryMissingKey) {
  const auto good = to_json(smallest());
  for (const char* part : {"input", "encoder", "decoder"}) {
    for (const auto& item : good[part].items()) {
      auto bad = good;
      bad[part].erase(item.key());
      try {
        model_config_from_json(bad);
        ADD_FAILURE() << item.key();
      } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(),
                    AllOf(HasSubstr(std::string(part) + "." + item.key()), HasSubstr("missing")));
      }
    }
  }
}

TEST(ModelConfig, NamesEveryKeyOfAWrongType) {
  const auto good = to_json(smallest());
  for (const char* part : {"input", "encoder", "decoder"}) {
    for (const auto& item : good[part].items()) {
      auto bad = good;
      bad[part][item.key()] = json::object();
      try {
        model_config_from_json(bad);
        ADD_FAILURE() << item.key();
      } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr(std::string(part) + "." + item.key() + " is {}"));
      }
    }
  }
}

struct Wrong {
  const char* pointer;
  json value;
  const char* expected;
};

TEST(ModelConfig, RefusesValuesOutOfRangeAndNamesTheExpectedOnes) {
  const Wrong wrongs[] = {
      {"/input/size", 0, "1…4096"},
      {"/input/size", 4097, "1…4096"},
      {"/input/size", 4294967296 + 224, "1…4096"},
      {"/input/size", 224.0, "an integer"},
      {"/input/fit", "stretch", "squash"},
      {"/input/mean", json::array({0.5, 0.5}), "3 finite numbers"},
      {"/input/mean", json::array({0.5, 0.5, 128}), "0…1"},
      {"/input/std", json::array({0.5, 0, 0.5}), "above 0"},
      {"/encoder/activation", "gelu", "relu6"},
      {"/decoder/vocabulary", 3, "4…"},
      {"/decoder/features", 0, "1…"},
      {"/decoder/projection", -1, "0…"},
      {"/decoder/hidden", std::numeric_limits<std::uint64_t>::max(), "1…"},
      {"/decoder/score", "cosine", "additive, dot, general"},
      {"/decoder/gate", "vector", "scalar, per_feature, none"},
      {"/decoder/context", "twice", "attention, mean, once"},
      {"/decoder/kind", "Soft", "soft, hard"},
      {"/decoder/tied", 1, "true or false"},
      {"/tokenizer", "bpe", "ptb"},
  };
  for (const auto& wrong : wrongs) {
    auto bad = to_json(smallest());
    bad[json::json_pointer(wrong.pointer)] = wrong.value;
    std::string key = wrong.pointer + 1;
    std::replace(key.begin(), key.end(), '/', '.');
    try {
      model_config_from_json(bad);
      ADD_FAILURE() << wrong.pointer << " = " << wrong.value;
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr(key + " is"), HasSubstr(wrong.expected)));
    }
  }
}

TEST(ModelConfig, RefusesUnknownKeys) {
  for (const char* pointer : {"/x", "/input/x", "/encoder/x", "/decoder/x"}) {
    auto bad = to_json(smallest());
    bad[json::json_pointer(pointer)] = 1;
    EXPECT_THROW(model_config_from_json(bad), std::runtime_error) << pointer;
  }
  EXPECT_THROW(model_config_from_json(json::array()), std::runtime_error);
  EXPECT_THROW(model_config_from_json({{"input", 3}}), std::runtime_error);
}

TEST(ModelConfig, IsNotWrittenWhenItCouldNotBeReadBack) {
  ModelConfig config = smallest();
  config.decoder.hidden = 0;
  EXPECT_THROW(to_json(config), std::runtime_error);
  config = smallest();
  config.input.mean[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(to_json(config), std::runtime_error);
}

TEST(ModelConfig, RoundTripsEnumNames) {
  for (const auto score : {Score::additive, Score::dot, Score::general}) {
    EXPECT_EQ(score_from_string(to_string(score)), score);
  }
  for (const auto gate : {Gate::scalar, Gate::per_feature, Gate::none}) {
    EXPECT_EQ(gate_from_string(to_string(gate)), gate);
  }
  for (const auto context : {Context::attention, Context::mean, Context::once}) {
    EXPECT_EQ(context_from_string(to_string(context)), context);
  }
  for (const auto kind : {AttentionKind::soft, AttentionKind::hard}) {
    EXPECT_EQ(attention_kind_from_string(to_string(kind)), kind);
  }
  EXPECT_THROW(score_from_string(""), std::invalid_argument);
}

TEST(ImagenetInput, MatchesTheWeightsOfTheArchitecture) {
  const InputConfig lite = imagenet_input("efficientnet_lite0");
  for (const int value : {0, 93, 255}) {
    EXPECT_NEAR((value / 255.0 - lite.mean[1]) / lite.std[1], (value - 127) / 128.0, 1e-6);
  }
  EXPECT_EQ(imagenet_input("mobilenet_v2").mean, InputConfig{}.mean);
}

}  // namespace
}  // namespace saccade
