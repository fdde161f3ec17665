#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "saccade/io/unicode.h"

namespace saccade {
namespace {

TEST(PathText, KeepsValidUtf8) {
  EXPECT_EQ(path_text("a/größe 狗\n.jpg"), "a/größe 狗\n.jpg");
  EXPECT_EQ(path_text(""), "");
}

TEST(PathText, ReplacesEachInvalidByte) {
  EXPECT_EQ(path_text("caf\xe9.jpg"), "caf\xef\xbf\xbd.jpg");
  EXPECT_EQ(path_text("\xff\xfe"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(path_text("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");  // a truncated character
  EXPECT_EQ(path_text("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
}

TEST(PathText, IsAcceptedByTheJsonLibrary) {
  for (int byte = 1; byte < 256; ++byte) {
    const std::string name = std::string("a") + char(byte) + "b.jpg";
    EXPECT_NO_THROW(static_cast<void>(nlohmann::json(path_text(name)).dump())) << byte;
  }
}

TEST(OneLine, EscapesControlCharacters) {
  EXPECT_EQ(one_line("größe 狗.jpg"), "größe 狗.jpg");
  EXPECT_EQ(one_line("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(one_line(std::string_view("\x1B[2J\0\x7F", 6)), "\\x1B[2J\\x00\\x7F");
  EXPECT_EQ(one_line("next\xC2\x85line\xE2\x80\xA8"), "next\\x85line\\u2028");
  EXPECT_EQ(one_line("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(one_line(one_line("a\nb\\n")), "a\\nb\\n");
}

TEST(OneLine, KeepsLongTextWhole) {
  EXPECT_EQ(one_line(std::string(10'000, 'a')), std::string(10'000, 'a'));
}

}  // namespace
}  // namespace saccade
