#include "saccade/text/ptb_tokenizer.h"

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "saccade/io/unicode.h"

namespace saccade {
namespace {

std::string tokenized(const std::string& text) {
  std::string joined;
  for (const std::string& token : ptb_tokenize(text)) joined += (joined.empty() ? "" : " ") + token;
  return joined;
}

TEST(PtbTokenizer, LowersCaseAndDropsPunctuation) {
  EXPECT_EQ(tokenized("A dog runs, jumps; and barks!"), "a dog runs jumps and barks");
  EXPECT_EQ(tokenized("Two dogs: one black - one white -- playing ..."),
            "two dogs one black one white playing");
  EXPECT_EQ(tokenized("Is it a cat ?"), "is it a cat");
}

TEST(PtbTokenizer, SplitsContractions) {
  EXPECT_EQ(tokenized("He doesn't know and can't go"), "he does n't know and ca n't go");
  EXPECT_EQ(tokenized("it's John's, they'll say I'm"), "it 's john 's they 'll say i 'm");
  EXPECT_EQ(tokenized("we've you're she'd won't"), "we 've you 're she 'd wo n't");
  EXPECT_EQ(tokenized("I'd've"), "i 'd 've");
}

TEST(PtbTokenizer, SplitsWordsWrittenAsOne) {
  EXPECT_EQ(tokenized("gonna gotta wanna lemme gimme"), "gon na got ta wan na lem me gim me");
  EXPECT_EQ(tokenized("cannot 'tis 'twas dunno"), "can not 't is 't was du n no");
}

TEST(PtbTokenizer, KeepsTextThatIsAlreadySplit) {
  EXPECT_EQ(tokenized("a woman 's arms do n't"), "a woman 's arms do n't");
  const std::string once = tokenized("Mr. Smith can't buy a $5 t-shirt in the U.S. (really)");
  EXPECT_EQ(tokenized(once), once);
}

TEST(PtbTokenizer, KeepsApostrophesInsideWords) {
  EXPECT_EQ(tokenized("o'clock rock 'n' roll ma'am c'mon"), "o'clock rock 'n' roll ma'am c'mon");
  EXPECT_EQ(tokenized("the '80s and O'Malley"), "the '80s and o'malley");
  EXPECT_EQ(tokenized("y'all"), "y' all");
  EXPECT_EQ(tokenized("the dogs' toys"), "the dogs toys");
}

TEST(PtbTokenizer, WritesBracketsByName) {
  EXPECT_EQ(tokenized("a sign (red) [big] {old}"),
            "a sign -lrb- red -rrb- -lsb- big -rsb- -lcb- old -rcb-");
}

TEST(PtbTokenizer, DropsAllKindsOfQuotes) {
  EXPECT_EQ(tokenized("says \"stop\" and 'go' ``now''"), "says stop and go now");
  EXPECT_EQ(tokenized("\u201cstop\u201d \u2018go\u2019 \u00abnow\u00bb"), "stop go now");
  EXPECT_EQ(tokenized("don\u2019t it\u2019s"), "do n't it 's");
}

TEST(PtbTokenizer, KeepsNumbersWhole) {
  EXPECT_EQ(tokenized("1,000.50 at 12:55 is 3.5 or .5 or -2"),
            "1,000.50 at 12:55 is 3.5 or .5 or -2");
  EXPECT_EQ(tokenized("number 23, the 5th of 1980's"), "number 23 the 5th of 1980 's");
  EXPECT_EQ(tokenized("1/2 \u00bd 12/25/2013"), "1\\/2 1\\/2 12\\/25\\/2013");
  EXPECT_EQ(tokenized("3 1/2"), "3\u00a01\\/2");
}

TEST(PtbTokenizer, WritesCurrenciesAsTheTreebankDoes) {
  EXPECT_EQ(tokenized("$5 \u00a35 \u20ac5 5\u00a2 US$5"), "$ 5 # 5 $ 5 5 cents us$ 5");
}

TEST(PtbTokenizer, KeepsHyphenatedWords) {
  EXPECT_EQ(tokenized("A 35-year-old in a t-shirt, tri-colored."),
            "a 35-year-old in a t-shirt tri-colored");
  EXPECT_EQ(tokenized("a U.S.-based 3.5-inch heel"), "a u.s.-based 3.5-inch heel");
  EXPECT_EQ(tokenized("black/white"), "black\\/white");
  EXPECT_EQ(tokenized("dog\u2014cat a--b"), "dog cat a b");
}

TEST(PtbTokenizer, KeepsThePeriodOfAbbreviations) {
  EXPECT_EQ(tokenized("Mr. Smith and Dr. No in the U.S. at 5 p.m. etc."),
            "mr. smith and dr. no in the u.s. at 5 p.m. etc.");
  EXPECT_EQ(tokenized("no. 5 and no."), "no. 5 and no");
  EXPECT_EQ(tokenized("Ill. but ill."), "ill. but ill");
  EXPECT_EQ(tokenized("vitamin A. The dog"), "vitamin a the dog");
}

TEST(PtbTokenizer, WritesCommonBritishSpellingsAsAmerican) {
  EXPECT_EQ(tokenized("a grey theatre of colourful colours"), "a gray theater of colorful colors");
  EXPECT_EQ(tokenized("Grey"), "grey");
  EXPECT_EQ(tokenized("four hours of flour, detour, glamour"),
            "four hours of flour detour glamour");
}

TEST(PtbTokenizer, ReadsUnicode) {
  EXPECT_EQ(tokenized("CAF\u00c9 na\u00efve \u65e5\u672c \u041c\u041e\u0421\u041a\u0412\u0410"),
            "caf\u00e9 na\u00efve \u65e5\u672c \u043c\u043e\u0441\u043a\u0432\u0430");
  EXPECT_EQ(tokenized("a dog \U0001F600\u200b"), "a dog");
  EXPECT_EQ(tokenized("a\u00a0dog\u3000runs"), "a dog runs");
  EXPECT_EQ(tokenized("bad \xff\xfe bytes"), "bad bytes");
}

TEST(PtbTokenizer, ReadsEntitiesTagsAndAddresses) {
  EXPECT_EQ(tokenized("a &quot;cat&quot; &amp; dog&apos;s"), "a cat & dog 's");
  EXPECT_EQ(tokenized("<b>bold</b> x < y"), "<b> bold </b> x < y");
  EXPECT_EQ(tokenized("see http://a.org/b, or me@x.com"), "see http:\\/\\/a.org\\/b or me@x.com");
  EXPECT_EQ(tokenized("@bob #cats :-)"), "@bob #cats :--rrb-");
}

TEST(PtbTokenizer, AcceptsEmptyTextAndLineBreaks) {
  EXPECT_TRUE(ptb_tokenize("").empty());
  EXPECT_TRUE(ptb_tokenize(" . , \t\n").empty());
  EXPECT_EQ(tokenized("a dog\nruns\r\nhome"), "a dog runs home");
}

TEST(PtbTokenizer, SurvivesRandomMixturesOfMarks) {
  const std::string alphabet = "aAn'tsTdl.,-/&;:<>!?0912 \"`()@#$*_=\\yo%\xc3\xa9\xe2\x80\x99";
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t length = random() % 12;
    for (std::size_t i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
    for (const std::string& token : ptb_tokenize(text)) {
      ASSERT_FALSE(token.empty()) << text;
      ASSERT_FALSE(find_invalid_utf8(token)) << text;
      ASSERT_EQ(token.find(' '), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace saccade
