#include "saccade/model/checkpoint/encoder_import.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/checkpoint/tensor_file.h"

#include "model/formula_weights.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

EncoderConfig small_encoder_config(bool folded) {
  EncoderConfig config;
  config.layer = "features.3";
  config.folded = folded;
  return config;
}

/// A state dict of the first layers, and a tensor of the classifier.
TensorFile state_dict(const EncoderConfig& config) {
  Encoder encoder(config, /*initialize=*/false);
  set_formula_weights(*encoder);
  TensorFile file;
  for (const auto& item : encoder->named_parameters())
    file.tensors[item.key()] = item.value().detach();
  for (const auto& item : encoder->named_buffers()) file.tensors[item.key()] = item.value();
  file.tensors["classifier.1.weight"] = torch::zeros({2, 2});
  return file;
}

at::Tensor features(const Encoder& encoder) {
  torch::NoGradGuard no_gradient;
  return encoder->forward(formula_tensor("pixels", {1, 3, 32, 32})).values;
}

std::string refused_import(const std::filesystem::path& path, const EncoderConfig& config) {
  try {
    import_encoder(path, config);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

class EncoderImport : public ::testing::Test {
 protected:
  std::string write(const TensorFile& file) {
    const std::string path = (folder_ / "encoder.safetensors").string();
    write_safetensors(path, file);
    return path;
  }
  TemporaryFolder folder_;
};

TEST_F(EncoderImport, DetectsBatchNormsAndFoldsThemOnRequest) {
  TensorFile file = state_dict(small_encoder_config(false));
  file.tensors["features.0.1.num_batches_tracked"] = torch::tensor(5);
  const std::string path = write(file);
  const Encoder normed = import_encoder(path, small_encoder_config(false));
  EXPECT_FALSE(normed->config().folded);
  const Encoder folded = import_encoder(path, small_encoder_config(true));
  EXPECT_TRUE(folded->config().folded);
  EXPECT_TRUE(torch::allclose(features(normed), features(folded), 1e-4, 1e-4));

  const std::string folded_path = write(state_dict(small_encoder_config(true)));
  EXPECT_TRUE(import_encoder(folded_path, small_encoder_config(false))->config().folded);
}

TEST_F(EncoderImport, SkipsLayersBeyondTheChosenOne) {
  EncoderConfig shallow = small_encoder_config(true);
  shallow.layer = "features.1";
  const Encoder encoder = import_encoder(write(state_dict(small_encoder_config(true))), shallow);
  EXPECT_EQ(encoder->channels(), 16);
}

TEST_F(EncoderImport, NamesTheTensorThatDoesNotFit) {
  const TensorFile whole = state_dict(small_encoder_config(true));
  const std::string name = "features.2.conv.1.0.weight";

  TensorFile file = whole;
  file.tensors.erase(name);
  EXPECT_THAT(refused_import(write(file), small_encoder_config(true)),
              HasSubstr(name + " of mobilenet_v2 is missing"));

  file = whole;
  file.tensors[name] = torch::zeros({96, 1, 5, 5});
  EXPECT_THAT(refused_import(write(file), small_encoder_config(true)),
              HasSubstr(name + " of mobilenet_v2 has shape [96, 1, 5, 5], expected [96, 1, 3, 3]"));

  file = whole;
  file.tensors["features.19.weight"] = torch::zeros({1});
  EXPECT_THAT(refused_import(write(file), small_encoder_config(true)),
              HasSubstr("features.19.weight is not part of mobilenet_v2"));
}

/// The file's tensors with a prefix before their names.
TensorFile prefixed(const TensorFile& file, const std::string& prefix) {
  TensorFile out;
  for (const auto& [name, tensor] : file.tensors) out.tensors[prefix + name] = tensor;
  return out;
}

TEST_F(EncoderImport, StripsAPrefixOfTheNames) {
  const EncoderConfig config = small_encoder_config(true);
  const TensorFile plain = state_dict(config);
  std::string prefix = "unset";
  const Encoder expected = import_encoder(write(plain), config, &prefix);
  EXPECT_EQ(prefix, "");
  for (const char* added : {"module.", "model.", "backbone.", "model.backbone.", "_orig_mod."}) {
    TensorFile file = prefixed(plain, added);
    file.tensors["head.weight"] = torch::zeros({2});  // of a larger model
    const Encoder encoder = import_encoder(write(file), config, &prefix);
    EXPECT_EQ(prefix, added);
    EXPECT_TRUE(features(encoder).equal(features(expected))) << added;
  }
}

TEST_F(EncoderImport, RefusesTwoCopiesOfTheEncoder) {
  const EncoderConfig config = small_encoder_config(true);
  TensorFile file = prefixed(state_dict(config), "model.");
  file.tensors.merge(prefixed(state_dict(config), "ema_model.").tensors);
  EXPECT_THAT(refused_import(write(file), config),
              HasSubstr("under both \"ema_model.\" and \"model.\""));
}

TEST_F(EncoderImport, NamesATensorThatIsMissingUnderItsPrefix) {
  TensorFile file = prefixed(state_dict(small_encoder_config(true)), "module.");
  file.tensors.erase("module.features.2.conv.1.0.weight");
  EXPECT_THAT(refused_import(write(file), small_encoder_config(true)),
              HasSubstr("tensor module.features.2.conv.1.0.weight of mobilenet_v2 is missing"));
  file.tensors["module.features.19.weight"] = torch::zeros({1});
  EXPECT_THAT(refused_import(write(file), small_encoder_config(true)),
              HasSubstr("features.19.weight is not part of mobilenet_v2"));
}

TEST_F(EncoderImport, ConvertsHalfPrecision) {
  TensorFile file = state_dict(small_encoder_config(true));
  for (auto& item : file.tensors) item.second = item.second.to(torch::kHalf);
  const Encoder encoder = import_encoder(write(file), small_encoder_config(true));
  for (const auto& parameter : encoder->parameters()) {
    EXPECT_EQ(parameter.scalar_type(), torch::kFloat);
  }
}

TEST_F(EncoderImport, KeepsTheConfigInTheFilesItWrites) {
  EncoderConfig config = small_encoder_config(true);
  config.activation = "relu6";
  const Encoder encoder = import_encoder(write(state_dict(config)), config);
  const auto path = folder_ / "saved.safetensors";
  save_encoder(path, encoder);

  const auto saved = saved_encoder_config(path);
  ASSERT_TRUE(saved.has_value());
  EXPECT_EQ(saved->activation, "relu6");
  EXPECT_EQ(saved->layer, "features.3");
  EXPECT_TRUE(features(import_encoder(path, *saved)).equal(features(encoder)));
  EXPECT_THAT(refused_import(path, small_encoder_config(true)),
              HasSubstr("has activation relu6, but relu was requested"));
  EXPECT_FALSE(saved_encoder_config(folder_ / "encoder.safetensors").has_value());
}

}  // namespace
}  // namespace saccade::test
