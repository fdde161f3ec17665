// Compares the decoder and the search with the reference implementation (tools/reference), which
// made the fixtures.
#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/checkpoint/tensor_file.h"
#include "saccade/model/decoder/decoder.h"
#include "saccade/search/beam_search.h"

#include "model/formula_weights.h"

namespace saccade::test {
namespace {

constexpr double kTolerance = 1e-4;

nlohmann::json fixture() {
  std::ifstream in(SACCADE_FIXTURES "/parity/decoders.json");
  return nlohmann::json::parse(in);
}

DecoderConfig config_of(const nlohmann::json& json) {
  DecoderConfig config;
  config.vocabulary = json.at("vocabulary");
  config.features = json.at("features");
  config.projection = json.at("projection");
  config.embedding = json.at("embedding");
  config.hidden = json.at("hidden");
  config.attention = json.at("attention");
  config.score = score_from_string(json.at("score"));
  config.gate = gate_from_string(json.at("gate"));
  config.context = context_from_string(json.at("context"));
  config.kind = attention_kind_from_string(json.at("kind"));
  config.tied = json.at("tied");
  config.output_tanh = json.at("output_tanh");
  return config;
}

double difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

class DecoderParity : public ::testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    const nlohmann::json all = fixture();
    json_ = all.at("variants").at(GetParam());
    name_ = json_.at("name");
    words_ = all.at("words").get<std::vector<std::int64_t>>();
    decoder_ = Decoder(config_of(json_.at("decoder")));
    set_formula_weights(*decoder_, name_ + ".decoder.");
    decoder_->eval();
    mode_ = default_attention_mode(decoder_->config().kind);
    features_.grid = {all.at("grid").at(0), all.at("grid").at(1)};
    features_.values = formula_tensor(name_ + ".features",
                                      {1, features_.grid.cells(), decoder_->config().features});
  }
  const at::Tensor& expected(const std::string& what) const {
    return tensors_.tensors.at(name_ + "." + what);
  }

  torch::NoGradGuard no_gradient_;
  TensorFile tensors_ = read_safetensors(SACCADE_FIXTURES "/parity/decoders.safetensors");
  nlohmann::json json_;
  std::string name_;
  std::vector<std::int64_t> words_;
  Decoder decoder_{nullptr};
  AttentionMode mode_ = AttentionMode::expected;
  Features features_;
};

INSTANTIATE_TEST_SUITE_P(EveryVariant, DecoderParity,
                         ::testing::Range(std::size_t(0), fixture().at("variants").size()),
                         [](const auto& info) {
                           std::string name = fixture().at("variants").at(info.param).at("name");
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

TEST_P(DecoderParity, StepMatchesTheReference) {
  State state = decoder_->start(features_);
  for (std::size_t t = 0; t < words_.size(); ++t) {
    const auto place = static_cast<std::int64_t>(t);
    const Step step = decoder_->step(state, torch::tensor({words_[t]}), mode_);
    EXPECT_LT(difference(step.logits[0], expected("logits")[place]), kTolerance) << "step " << t;
    EXPECT_LT(difference(step.alpha[0], expected("alphas")[place]), kTolerance) << "step " << t;
    EXPECT_LT(difference(step.gate[0], expected("gates")[place]), kTolerance) << "step " << t;
    state = step.next;
  }
}

TEST_P(DecoderParity, UnrollMatchesTheReference) {
  const auto T = static_cast<std::int64_t>(words_.size());
  UnrollOptions options;
  options.mode = mode_;
  const CaptionRows caption{
      torch::tensor(words_).view({1, T}), std::vector<std::int64_t>(words_.size(), 1), {0}};
  const Unrolled unrolled = decoder_->unroll(features_, caption, options);
  EXPECT_LT(difference(decoder_->logits(unrolled.hidden), expected("logits")), kTolerance);
  EXPECT_LT(difference(at::cat(unrolled.alphas), expected("alphas")), kTolerance);
  EXPECT_LT(difference(at::cat(unrolled.gates), expected("gates")), kTolerance);
}

TEST_P(DecoderParity, BeamSearchMatchesTheCaptionsAndMapsOfTheReference) {
  const StepFunction step = [&](const State& state, const at::Tensor& words) {
    return decoder_->step(state, words, mode_);
  };
  const nlohmann::json& captions = json_.at("captions");
  for (std::size_t i = 0; i < captions.size(); ++i) {
    BeamSearchOptions options;
    options.beam = captions[i].at("beam");
    options.length_penalty = captions[i].at("length_penalty");
    options.constraints.max_length = 12;
    const Hypothesis found = beam_search(step, decoder_->start(features_), options).at(0).at(0);
    EXPECT_EQ(found.ids, captions[i].at("ids").get<std::vector<std::int64_t>>()) << "caption " << i;
    EXPECT_EQ(found.finished, captions[i].at("finished").get<bool>()) << "caption " << i;
    EXPECT_NEAR(found.log_prob, captions[i].at("log_prob").get<double>(), 1e-3) << "caption " << i;
    EXPECT_NEAR(found.score, captions[i].at("score").get<double>(), 1e-3) << "caption " << i;
    const at::Tensor& maps = expected("caption_alphas." + std::to_string(i));
    EXPECT_LT(difference(torch::tensor(found.alphas).view_as(maps), maps), kTolerance)
        << "caption " << i;
  }
}

}  // namespace
}  // namespace saccade::test
