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

}  // namespace
}  // namespace saccade
