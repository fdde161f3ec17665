#include "saccade/io/json.h"

#include <functional>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(StrictJson, RefusesDuplicateKeysAtAnyDepth) {
  EXPECT_THAT(refusal([] { parse_strict_json(R"({"a": 1, "a": 2})", "x.json"); }),
              AllOf(HasSubstr("x.json"), HasSubstr("\"a\""), HasSubstr("twice")));
  EXPECT_THAT(refusal([] { parse_strict_json(R"({"a": [{"b": 1, "b": 1}]})", "x.json"); }),
              HasSubstr("\"b\""));
}

TEST(StrictJson, AllowsTheSameKeyInDifferentObjects) {
  const auto json = parse_strict_json(R"({"a": {"a": 1}, "b": [{"a": 2}, {"a": 3}]})", "x.json");
  EXPECT_EQ(json["b"][1]["a"], 3);
}

TEST(StrictJson, RefusesInvalidJsonAndTrailingText) {
  for (const char* text : {"", "{", "{\"a\": 1} x", "{'a': 1}", "{\"a\": \"\xff\"}"}) {
    EXPECT_THAT(refusal([&] { parse_strict_json(text, "x.json"); }), HasSubstr("x.json")) << text;
  }
}

TEST(StrictJson, GivesTheParsersReasonWithoutItsErrorNumber) {
  const std::string text = refusal([] { parse_strict_json("[1, x]", "x.json"); });
  EXPECT_THAT(text, AllOf(HasSubstr("x.json: not valid JSON (parse error at line 1, column 5"),
                          Not(HasSubstr("json.exception"))));
}

TEST(StrictJson, RefusesTooDeepNesting) {
  const auto nested = [](std::size_t levels) {
    return "{\"a\": " + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
  };
  EXPECT_NO_THROW(parse_strict_json(nested(100), "x.json"));
  for (const std::size_t levels : {101u, 1'000'000u}) {
    EXPECT_THAT(refusal([&] { parse_strict_json(nested(levels), "x.json"); }),
                AllOf(HasSubstr("x.json"), HasSubstr("deeper than 100 levels")));
  }
}

TEST(StrictJson, RefusesTooManyValuesForItsLength) {
  const auto list = [](const std::string& item, std::size_t count) {
    std::string text = "[" + item;
    for (std::size_t i = 1; i < count; ++i) text += "," + item;
    return text + "]";
  };
  EXPECT_NO_THROW(parse_strict_json(list("0", 4000), "x.json"));
  EXPECT_NO_THROW(parse_strict_json(list("\"a\"", 100'000), "x.json"));
  EXPECT_THAT(refusal([&] { parse_strict_json(list("[]", 100'000), "x.json"); }),
              HasSubstr("more than one value"));
}

TEST(StrictJson, ReadsManyObjectsInTimeProportionalToTheirNumber) {
  std::string text = "[{\"a\": 1}";
  for (int i = 0; i < 200'000; ++i) text += ", {\"a\": 1}";
  EXPECT_EQ(parse_strict_json(text + "]", "x.json").size(),
            200'001u);  // quadratic time would take minutes
}

TEST(JsonFields, NamesAFieldByItsFullPath) {
  const auto json = parse_strict_json(R"({"outer": {"inner": {"size": "big"}}})", "x.json");
  JsonFields top(json, "");
  auto inner = top.object("outer").object("inner");
  EXPECT_THAT(refusal([&] { inner.integer("size", 1, 9); }),
              AllOf(HasSubstr("outer.inner.size"), HasSubstr("\"big\""), HasSubstr("1…9")));
  EXPECT_THAT(refusal([&] { inner.integer("width", 1, 9); }),
              AllOf(HasSubstr("outer.inner.width"), HasSubstr("missing")));
}

TEST(JsonFields, RefusesAnIntegerOutOfRangeWithoutWrappingAround) {
  const auto json = parse_strict_json(
      R"({"huge": 18446744073709551615, "below": -1, "real": 2.0, "top": 9, "bottom": 1})", "");
  JsonFields fields(json, "");
  for (const char* key : {"huge", "below", "real"}) {
    EXPECT_THROW(fields.integer(key, 0, 9), std::runtime_error) << key;
  }
  EXPECT_THROW(fields.integer("huge", INT64_MIN, INT64_MAX), std::runtime_error);
  EXPECT_EQ(fields.integer("top", 1, 9), 9);
  EXPECT_EQ(fields.integer("bottom", 1, 9), 1);
}

TEST(JsonFields, EscapesAHostileKeyInMessages) {
  const std::string key("\0a\n", 3);
  const nlohmann::json json{{key, 1}, {std::string(5000, 'k'), 2}};
  JsonFields fields(json, "decoder");
  try {
    fields.boolean(key);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "decoder.\"\\u0000a\\n\" is 1; expected true or false");
  }
  try {
    fields.finish();
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_LT(std::string(error.what()).size(), 200U);
  }
}

TEST(JsonFields, RefusesUnknownKeys) {
  const auto json = parse_strict_json(R"({"known": true, "unknwon": 1})", "");
  JsonFields fields(json, "part");
  EXPECT_TRUE(fields.boolean("known"));
  EXPECT_THAT(refusal([&] { fields.finish(); }), HasSubstr("part.unknwon"));
}

TEST(JsonFields, AcceptsExactlyTheRequestedCountOfFiniteNumbers) {
  const auto json = parse_strict_json(R"({"good": [1, 2.5], "mixed": [1, "2"], "none": []})", "");
  JsonFields fields(json, "");
  EXPECT_EQ(fields.numbers("good", 2), (std::vector<double>{1, 2.5}));
  EXPECT_THROW(fields.numbers("good", 3), std::runtime_error);
  EXPECT_THROW(fields.numbers("mixed", 2), std::runtime_error);
  EXPECT_THROW(fields.numbers("none", 1), std::runtime_error);
}

}  // namespace
}  // namespace saccade
