// Image lists: those of `batch` (text, CSV, JSONL) and those of a split.
#include <set>
#include <sstream>

#include "saccade/batch/source.h"
#include "saccade/metrics/caption_files.h"
#include "saccade/metrics/image_matching.h"

#include "fuzz.h"

namespace saccade::fuzz {

std::vector<std::string> seeds() {
  return {"a.jpg\nfolder/b.png\r\n\nc.jpg",
          "\r\n\r\n",
          "id,path\n1,a.jpg\n2,\"b, c.jpg\"\n",
          "{\"path\": \"a.jpg\"}\n{\"path\": \"b.jpg\", \"x\": 1}\n",
          std::string("a.jpg\0b\nc.jpg\0", 14),
          std::string("\xff\xfe"
                      "a\0.\0j\0p\0g\0\n\0",
                      14)};
}

void run(std::string_view input) {
  const MemoryBound bound{256, 1 << 20};
  for (const char* name : {"list.txt", "list.csv"}) {
    for (const bool nul_separated : {false, true}) {
      std::istringstream in{std::string(input)};
      SourceOptions options;
      options.nul_separated = nul_separated;
      std::vector<std::string> paths;
      accepted(input.size(), bound, [&] { paths = read_list(in, name, options); });
      for (const std::string& path : paths) {
        require(path.find('\0') == path.npos || !nul_separated, "NUL terminates a path");
      }
    }
  }
  std::vector<std::string> names;
  accepted(input.size(), bound, [&] { names = read_image_list(as_file(input)); });
  std::set<std::string> images;
  for (const std::string& name : names) {
    require(images.insert(image_path(name)).second, "a list names an image once");
  }
}

}  // namespace saccade::fuzz
