// The tokenizer and the Unicode functions that it uses.
#include "saccade/io/unicode.h"
#include "saccade/text/ptb_tokenizer.h"

#include "fuzz.h"

namespace saccade::fuzz {

std::vector<std::string> seeds() {
  return {"The man's dog -- it can't wait ... (3.5 p.m., $1,000.00) \"ok\"",
          "http://a.b/c?d=e me@x.org :-) &amp; <b> Größe ¡hola! 10/12/2020 +1 (555) 123-4567",
          "gonna wanna 'tis d'ye cannot  \xc2\xa0 \xe2\x80\x9cquoted\xe2\x80\x9d \xf0\x9f\x90\x95"};
}

void run(std::string_view input) {
  std::vector<std::string> tokens;
  accepted(input.size(), {256, 1 << 20}, [&] { tokens = ptb_tokenize(input); });
  for (const std::string& token : tokens) {
    require(!token.empty(), "a token is not empty");
    require(token.find('\n') == token.npos, "a token is on one line");
  }
  const std::u32string points = decode_utf8(input);
  const std::string text = encode_utf8(points);
  require(!find_invalid_utf8(text), "decoded text is encoded as UTF-8");
  require(decode_utf8(text) == points, "encoded text is decoded to the same code points");
  require(find_invalid_utf8(input).has_value() || text == input, "UTF-8 round-trips");
}

}  // namespace saccade::fuzz
