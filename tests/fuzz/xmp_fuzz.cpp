// Captions in XMP: what a document accepts is found in it, and is known as Saccade's.
#include "saccade/batch/xmp_description.h"

#include "fuzz.h"

namespace saccade::fuzz {

std::vector<std::string> seeds() {
  const std::string start =
      "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
      "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
      "xmlns:dc='http://purl.org/dc/elements/1.1/' ";
  const std::string end = "</rdf:RDF></x:xmpmeta><?xpacket end='w'?>";
  return {with_description("", "a dog"), start + "dc:description='a dog'/>" + end,
          start +
              "><dc:description><rdf:Alt><rdf:li xml:lang='de'>Hund</rdf:li></rdf:Alt>"
              "</dc:description></rdf:Description>" +
              end};
}

void run(std::string_view input) {
  const std::string xmp(input);
  const MemoryBound bound{128, 1 << 20};
  const bool valid = accepted(input.size(), bound, [&] { description_of_xmp(xmp); });
  std::string merged;
  const bool written =
      accepted(input.size(), bound, [&] { merged = with_description(xmp, "a cat & <dog>"); });
  if (xmp.empty()) return;
  require(written == valid, "what can be read can be written");
  if (!written) return;
  const auto found = description_of_xmp(merged);
  require(found && found->text == "a cat & <dog>", "the description is found");
  require(found->by_saccade, "and known as Saccade's");
  require(with_description(merged, "a cat & <dog>") == merged, "writing it again changes nothing");
}

}  // namespace saccade::fuzz
