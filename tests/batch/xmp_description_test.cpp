#include "saccade/batch/xmp_description.h"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// An XMP document with this in its rdf:RDF.
std::string xmp_of(const std::string& contents) {
  return "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>\n"
         "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
         "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" +
         contents + "</rdf:RDF></x:xmpmeta>\n<?xpacket end='w'?>\n";
}

const std::string kDc = "xmlns:dc='http://purl.org/dc/elements/1.1/'";

TEST(XmpDescription, IsFoundInEveryForm) {
  const std::string list =
      "<rdf:Alt><rdf:li xml:lang='de'>Hund</rdf:li>"
      "<rdf:li xml:lang='x-default'>a dog</rdf:li></rdf:Alt>";
  for (const std::string& contents :
       {std::string("<rdf:Description ") + kDc + "><dc:description>" + list +
            "</dc:description></rdf:Description>",
        "<rdf:Description " + kDc + " dc:description='a dog'/>",
        "<rdf:Description " + kDc + "><dc:description>a dog</dc:description></rdf:Description>",
        "<rdf:Description/><rdf:Description><d:description "
        "xmlns:d='http://purl.org/dc/elements/1.1/'>" +
            list + "</d:description></rdf:Description>"}) {
    const auto found = description_of_xmp(xmp_of(contents));
    ASSERT_TRUE(found) << contents;
    EXPECT_EQ(found->text, "a dog") << contents;
    EXPECT_FALSE(found->by_saccade);
  }
}

TEST(XmpDescription, IsNotAnEmptyOneOrThatOfAnotherNamespace) {
  for (const std::string& contents :
       {std::string("<rdf:Description/>"), std::string(),
        "<rdf:Description " + kDc +
            "><dc:description><rdf:Alt><rdf:li xml:lang='x-default'/></rdf:Alt>"
            "</dc:description></rdf:Description>",
        std::string("<rdf:Description xmlns:dc='other'><dc:description>a dog</dc:description>"
                    "</rdf:Description>")}) {
    EXPECT_FALSE(description_of_xmp(xmp_of(contents))) << contents;
  }
}

TEST(XmpDescription, IsKnownAsSaccadesUntilItChanges) {
  const std::string written = with_description("", "a dog & <cat>");
  EXPECT_EQ(description_of_xmp(written)->text, "a dog & <cat>");
  EXPECT_TRUE(description_of_xmp(written)->by_saccade);
  std::string changed = written;
  changed.replace(changed.find("a dog"), 5, "two dogs");
  EXPECT_FALSE(description_of_xmp(changed)->by_saccade);
  const std::string again = with_description(changed, "a cat");
  EXPECT_TRUE(description_of_xmp(again)->by_saccade);
  EXPECT_EQ(with_description(again, "a cat"), again);
}

TEST(XmpDescription, LeavesEverythingElseAsItIs) {
  const std::string before = "<!-- by hand -->\n  <rdf:Description rdf:about=''\n    " + kDc +
                             " xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'>\n";
  const std::string after =
      "   <dc:subject><rdf:Bag><rdf:li>tree &amp; sky</rdf:li></rdf:Bag></dc:subject>\n"
      "  </rdf:Description>\n";
  const std::string german = "<rdf:li xml:lang='de'>Hund</rdf:li>";
  const std::string old =
      xmp_of(before + "<dc:description><rdf:Alt>" + german +
             "<rdf:li xml:lang='x-default'>old</rdf:li></rdf:Alt></dc:description>" + after);
  const std::string merged = with_description(old, "a dog");
  EXPECT_EQ(description_of_xmp(merged)->text, "a dog");
  EXPECT_THAT(merged, Not(HasSubstr("old")));
  for (const char* part : {"<!-- by hand -->", "xmp:Rating=\"4\"", ">Hund</rdf:li>",
                           "<rdf:li>tree &amp; sky</rdf:li>", "<?xpacket end='w'?>"}) {
    EXPECT_THAT(merged, HasSubstr(part));
  }
}

TEST(XmpDescription, ReplacesAnAttribute) {
  const std::string merged = with_description(
      xmp_of("<rdf:Description " + kDc + " dc:description='old' dc:format='image/jpeg'/>"),
      "a dog");
  EXPECT_EQ(description_of_xmp(merged)->text, "a dog");
  EXPECT_THAT(merged,
              ::testing::AllOf(Not(HasSubstr("old")), HasSubstr("dc:format=\"image/jpeg\"")));
}

TEST(XmpDescription, UsesTheDocumentsOwnPrefixes) {
  const std::string merged = with_description(
      "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><r:Description "
      "xmlns:dc='other' dc:title='kept'/></r:RDF>",
      "a dog");
  EXPECT_EQ(description_of_xmp(merged)->text, "a dog");
  EXPECT_THAT(merged, HasSubstr("<r:li xml:lang=\"x-default\">a dog</r:li>"));
  EXPECT_THAT(merged, HasSubstr("dc:title=\"kept\""));
}

TEST(XmpDescription, DeclaresThePrefixesThatTheDocumentLacks) {
  for (const std::string contents : {"", "<Description/>"}) {
    const std::string merged = with_description(
        "<RDF xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" + contents + "</RDF>", "a dog");
    EXPECT_TRUE(description_of_xmp(merged)->by_saccade) << merged;
    EXPECT_EQ(with_description(merged, "a dog"), merged);
  }
}

TEST(XmpDescription, ReplacesCharactersThatXmlCannotHold) {
  EXPECT_EQ(description_of_xmp(with_description("",
                                                "a\x01"
                                                "b"))
                ->text,
            "a\xEF\xBF\xBD"
            "b");
}

TEST(XmpDescription, IsReadFromUtf16) {
  const std::string text = xmp_of("<rdf:Description " + kDc + " dc:description='a dog'/>");
  std::string wide = "\xFF\xFE";
  for (const char c : text) wide += {c, '\0'};
  EXPECT_EQ(description_of_xmp(wide)->text, "a dog");
}

TEST(XmpDescription, IsRefusedWhereThereIsNoXmp) {
  std::string nested = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>";
  for (int i = 0; i < 100'000; ++i) nested += "<a>";
  std::string ends;
  for (int i = 0; i < 100'000; ++i) ends += "</a>";
  for (const std::string& text :
       {std::string("a dog"), std::string("<html/>"), std::string("<x:xmpmeta"),
        xmp_of("<rdf:Description a='\xFF'/>"), nested + ends + "</rdf:RDF>"}) {
    EXPECT_THROW(description_of_xmp(text), std::invalid_argument);
    EXPECT_THROW(with_description(text, "a dog"), std::invalid_argument);
  }
}

}  // namespace
}  // namespace saccade
