#include "saccade/explain/page/html.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "temporary_folder.h"

namespace saccade::test {
namespace {

using nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(EscapeHtml, EscapesAllSpecialCharacters) {
  EXPECT_EQ(escape_html("<img src=x onerror='a(\"b\")'>&"),
            "&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt;&amp;");
  EXPECT_EQ(escape_html("größe 猫"), "größe 猫");
  EXPECT_EQ(escape_html("a\xFF"), "a\xEF\xBF\xBD");
  EXPECT_EQ(escape_html(std::string("a\0b\x7F", 4)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(JsonForHtml, CannotEndItsElementAndParsesToTheSameValue) {
  const std::string evil = "</script><script>alert(1)</script><!-- & \xE2\x80\xA8 \"";
  const ordered_json json{{"<key>", evil}};
  const std::string text = json_for_html(json);
  EXPECT_THAT(text, Not(HasSubstr("<")));
  EXPECT_THAT(text, Not(HasSubstr(">")));
  EXPECT_THAT(text, Not(HasSubstr("&")));
  EXPECT_EQ(ordered_json::parse(text), json);
  EXPECT_TRUE(ordered_json::accept(json_for_html({{"a", "\xFF"}})));
}

TEST(Base64, MatchesTheStandard) {  // RFC 4648, section 10
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64(std::string("\0\xFF", 2)), "AP8=");
}

TEST(PolicyHash, MatchesOpenssl) {  // `printf "alert('Hello, world.');" | openssl dgst -sha256
                                    // -binary | base64`
  EXPECT_EQ(policy_hash("alert('Hello, world.');"),
            "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
}

TEST(PagePolicy, AllowsTheStyleTheScriptAndImagesFromTheSources) {
  EXPECT_EQ(page_policy("a", "b", "data:"),
            "default-src 'none'; img-src data:; style-src '" + policy_hash("a") +
                "'; script-src '" + policy_hash("b") + "'; base-uri 'none'; form-action 'none'");
}

TEST(FillTemplate, InsertsValuesWithoutSearchingThem) {
  EXPECT_EQ(fill_template("a {{x}} b {{y}}{{x}}", {{"x", "{{y}}"}, {"y", "2"}}),
            "a {{y}} b 2{{y}}");
  EXPECT_EQ(fill_template("a {{ b", {}), "a {{ b");
  EXPECT_THROW(fill_template("{{z}}", {{"x", ""}}), std::logic_error);
}

TEST(PageAssets, AreTheSourceFiles) {
  const std::filesystem::path folder =
      std::filesystem::path(SACCADE_SOURCE_DIR) / "assets" / "page";
  const std::string head = read_file(folder / "head.html");
  EXPECT_EQ(kPageTemplate, head + read_file(folder / "top.html") + read_file(folder / "view.html") +
                               read_file(folder / "end.html"));
  EXPECT_EQ(kIndexTemplate, head + read_file(folder / "index.html"));
  EXPECT_EQ(kPageStyle, read_file(folder / "base.css") + read_file(folder / "page.css"));
  for (const char* part : {"maps.js", "model.js", "page.js", "matrix.js", "start.js"}) {
    EXPECT_NE(kPageScript.find(read_file(folder / part)), std::string_view::npos) << part;
  }
}

}  // namespace
}  // namespace saccade::test
