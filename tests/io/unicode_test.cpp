#include "saccade/io/unicode.h"

#include <string>

#include <gtest/gtest.h>

namespace saccade {
namespace {

TEST(Unicode, DecodingAndEncodingAreInverse) {
  const std::string text = "a\u00e9\u20ac\U0001F600";
  EXPECT_EQ(decode_utf8(text), U"a\u00e9\u20ac\U0001F600");
  EXPECT_EQ(encode_utf8(decode_utf8(text)), text);
}

TEST(Unicode, FindsTheFirstByteThatIsNotUtf8) {
  EXPECT_FALSE(find_invalid_utf8("plain \u00e9"));
  EXPECT_EQ(find_invalid_utf8("ab\xff"), 2u);
  EXPECT_EQ(find_invalid_utf8("\xc3"), 0u);              // truncated
  EXPECT_EQ(find_invalid_utf8("x\xc0\xaf"), 1u);         // overlong
  EXPECT_EQ(find_invalid_utf8("\xed\xa0\x80"), 0u);      // surrogate
  EXPECT_EQ(find_invalid_utf8("\xf4\x90\x80\x80"), 0u);  // past the last code point
}

TEST(Unicode, ReplacesBytesThatAreNotUtf8) { EXPECT_EQ(decode_utf8("a\xff"), U"a\uFFFD"); }

TEST(Unicode, KnowsClassesBeyondAscii) {
  EXPECT_TRUE(is_letter(U'\u00e9'));
  EXPECT_TRUE(is_letter(U'\u65e5'));
  EXPECT_FALSE(is_letter(U'7'));
  EXPECT_FALSE(is_letter(U'\u20ac'));
  EXPECT_TRUE(is_space(U'\u3000'));
  EXPECT_EQ(to_lower(U'\u00c9'), U'\u00e9');
  EXPECT_EQ(to_lower(U'\u0416'), U'\u0436');
}

}  // namespace
}  // namespace saccade
