#include "saccade/model/bundle/average.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "temporary_folder.h"
#include "tiny_bundle.h"

namespace saccade {
namespace {

using test::TemporaryFolder;
using test::tiny_bundle;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string save(const TemporaryFolder& folder, const std::string& name, const Bundle& bundle) {
  save_bundle(folder / name, bundle, Storage::fp32, "# Card\n");
  return (folder / name).string();
}

/// The tiny model with a different offset added to every weight.
Bundle moved() {
  Bundle bundle = tiny_bundle();
  for (const auto& [name, tensor] : bundle_tensors(bundle.encoder, bundle.decoder)) {
    const at::Tensor steps = torch::linspace(-0.5, 0.25, tensor.numel()).view(tensor.sizes());
    at::Tensor(tensor).detach().add_(steps);
  }
  bundle.provenance = {{"data", "moved"}};
  return bundle;
}

TEST(AverageBundles, TakesTheWeightedMeanOfEveryWeight) {
  const TemporaryFolder folder;
  const Bundle a = tiny_bundle(), b = moved();
  const Bundle mean = average_bundles({save(folder, "a", a), save(folder, "b", b)}, {1, 3});
  const auto of_a = bundle_tensors(a.encoder, a.decoder);
  const auto of_b = bundle_tensors(b.encoder, b.decoder);
  const auto of_mean = bundle_tensors(mean.encoder, mean.decoder);
  ASSERT_EQ(of_mean.size(), of_a.size());
  for (const auto& [name, tensor] : of_mean) {
    EXPECT_TRUE(at::allclose(tensor, of_a.at(name) * 0.25 + of_b.at(name) * 0.75, 1e-5, 1e-6))
        << name;
  }
  EXPECT_EQ(mean.decoding, a.decoding);
  EXPECT_EQ(mean.provenance["average"][1]["share"], 0.75);
  EXPECT_EQ(mean.provenance["average"][1]["provenance"]["data"], "moved");
}

TEST(AverageBundles, KeepsTheInputSizeOfTheFirstModel) {
  const TemporaryFolder folder;
  Bundle larger = moved();
  larger.config.input.size *= 2;
  const std::string a = save(folder, "a", tiny_bundle()), b = save(folder, "b", larger);
  const Bundle mean = average_bundles({b, a}, {1, 1});
  EXPECT_EQ(mean.config.input.size, 64);
  EXPECT_EQ(mean.provenance["average"][0]["input_size"], 64);
  EXPECT_EQ(mean.provenance["average"][1]["input_size"], 32);
}

TEST(AverageBundles, OfOneModelIsTheModel) {
  const TemporaryFolder folder;
  const Bundle a = tiny_bundle();
  const Bundle mean = average_bundles({save(folder, "a", a)}, {7});
  const auto of_mean = bundle_tensors(mean.encoder, mean.decoder);
  for (const auto& [name, tensor] : bundle_tensors(a.encoder, a.decoder)) {
    EXPECT_TRUE(at::equal(of_mean.at(name), tensor)) << name;
  }
}

TEST(AverageBundles, RefusesModelsOfAnotherKind) {
  const TemporaryFolder folder;
  const std::string a = save(folder, "a", tiny_bundle());
  Bundle hard = tiny_bundle();
  hard.config.decoder.kind = AttentionKind::hard;
  const std::string other = save(folder, "hard", hard);
  EXPECT_THAT(
      [&] {
        average_bundles({a, other}, {1, 1});
      },
      ThrowsMessage<std::runtime_error>(AllOf(HasSubstr(other), HasSubstr("config"))));
  Bundle words = tiny_bundle();
  words.vocabulary = Vocabulary({"a", "cat", "runs"});
  const std::string cats = save(folder, "cats", words);
  EXPECT_THAT(
      [&] {
        average_bundles({a, cats}, {1, 1});
      },
      ThrowsMessage<std::runtime_error>(AllOf(HasSubstr(cats), HasSubstr("vocabulary"))));
}

TEST(AverageBundles, RefusesInvalidShares) {
  const TemporaryFolder folder;
  const std::string a = save(folder, "a", tiny_bundle());
  EXPECT_THROW(average_bundles({a}, {0}), std::invalid_argument);
  EXPECT_THROW(average_bundles({a}, {-1}), std::invalid_argument);
  EXPECT_THROW(average_bundles({a, a}, {1}), std::invalid_argument);
  EXPECT_THROW(average_bundles({}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace saccade
