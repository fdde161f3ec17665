#include "saccade/data/holdout.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/data/dataset_listing.h"

#include "data/data_folder.h"

namespace saccade::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;

class HoldoutFolder : public DataFolder {
 protected:
  /// Lists `count` images without a split, in reverse order if asked.
  DatasetListing list(int count, const std::optional<Holdout>& holdout, bool reversed = false) {
    std::string text = "image,caption\n";
    for (int i = 0; i < count; ++i) {
      text += std::to_string(reversed ? count - 1 - i : i) + ".jpg,A dog\n";
    }
    put("captions.csv", text);
    DatasetSource from = source();
    from.holdout = holdout;
    return list_dataset(from);
  }
  std::set<std::string> dev_of(const DatasetListing& listing) {
    std::set<std::string> names;
    for (const ListedImage& listed : listing.images) {
      if (listed.split == "dev") names.insert(listed.image.name);
    }
    EXPECT_EQ(names.size(), listing.held_out);
    return names;
  }
};

TEST_F(HoldoutFolder, HoldsOutAboutTheShare) {
  const DatasetListing listing = list(2000, Holdout{0.1, 1});
  EXPECT_THAT(listing.splits(), ElementsAre("train", "dev"));
  EXPECT_NEAR(double(listing.held_out), 200, 40);
  EXPECT_EQ(list(2000, std::nullopt).held_out, 0U);
  EXPECT_EQ(list(2000, Holdout{0, 1}).held_out, 0U);
}

TEST_F(HoldoutFolder, DependsOnlyOnNameAndSeed) {
  const auto dev = dev_of(list(300, Holdout{0.2, 5}));
  EXPECT_EQ(dev_of(list(300, Holdout{0.2, 5}, true)), dev) << "another order";
  EXPECT_NE(dev_of(list(300, Holdout{0.2, 6})), dev) << "another seed";
  EXPECT_THAT(dev, IsSubsetOf(dev_of(list(600, Holdout{0.2, 5})))) << "more images";
  EXPECT_EQ(holdout_position("/here/a.jpg", 1), holdout_position("/there/a.jpg", 1))
      << "a data set may be moved";
  EXPECT_NE(holdout_position("x/a.jpg", 1), holdout_position("y/a.jpg", 1));
  // The first 13 digits of the SHA-256 of "1\na.jpg", by sha256sum.
  EXPECT_DOUBLE_EQ(holdout_position("a.jpg", 1), double(0xab24612e51a10ull) / 4503599627370496.0);
}

TEST_F(HoldoutFolder, LeavesAnImageOnEachSide) {
  EXPECT_EQ(list(2, Holdout{0.001, 1}).held_out, 1U);
  EXPECT_EQ(list(2, Holdout{0.9, 1}).held_out, 1U);
  EXPECT_THAT(refusal([&] { list(1, Holdout{0.1, 1}); }), HasSubstr("contains one image"));
}

TEST_F(HoldoutFolder, KeepsSplitsThatTheDataHas) {
  put("captions.jsonl",
      "{\"image\": \"a.jpg\", \"caption\": \"A dog\", \"split\": \"train\"}\n"
      "{\"image\": \"b.jpg\", \"caption\": \"A dog\", \"split\": \"val\"}\n");
  DatasetSource from = source("captions.jsonl");
  from.holdout = Holdout{0.5, 1};
  EXPECT_EQ(list_dataset(from).held_out, 0U);
  put("captions.jsonl",
      "{\"image\": \"a.jpg\", \"caption\": \"A dog\", \"split\": \"train\"}\n"
      "{\"image\": \"b.jpg\", \"caption\": \"A dog\", \"split\": \"train\"}\n"
      "{\"image\": \"c.jpg\", \"caption\": \"A dog\", \"split\": \"test\"}\n");
  const DatasetListing listing = list_dataset(from);
  EXPECT_THAT(listing.splits(), ElementsAre("train", "dev", "test"));
  EXPECT_EQ(listing.images[2].split, "test");
}

TEST(Holdout, IsFoundInTheProvenanceOfModels) {
  const nlohmann::json own{{"holdout", to_json(Holdout{0.25, 7})}};
  const auto found = recorded_holdout(own);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->share, 0.25);
  EXPECT_EQ(found->seed, 7U);
  EXPECT_TRUE(recorded_holdout({{"average", {{{"provenance", own}}}}})) << "a mean of models";
  for (const char* text : {"{}", "[]", "3", R"({"holdout": 3})", R"({"holdout": {"share": "x"}})",
                           R"({"average": []})", R"({"average": [{}]})",
                           R"({"holdout": {"share": 0.1, "seed": -1}})"}) {
    EXPECT_FALSE(recorded_holdout(nlohmann::json::parse(text))) << text;
  }
}

}  // namespace
}  // namespace saccade::test
