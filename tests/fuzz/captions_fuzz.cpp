// Caption files in all formats: token file, Karpathy and COCO JSON, JSONL, CSV.
#include "saccade/io/unicode.h"
#include "saccade/text/caption_records.h"

#include "fuzz.h"

namespace saccade::fuzz {

std::vector<std::string> seeds() {
  return {"a.jpg#0\ta dog runs .\na.jpg#1\ttwo dogs\nb.jpg#0\t\n",
          R"({"images": [{"filename": "a.jpg", "filepath": "val", "cocoid": 3, "split": "test", )"
          R"("sentences": [{"raw": "a dog", "tokens": ["a", "dog"]}]}]})",
          R"({"images": [{"id": 3, "file_name": "a.jpg"}], )"
          R"("annotations": [{"image_id": 3, "caption": "a dog"}]})",
          "{\"image\": \"a.jpg\", \"caption\": \"a dog\"}\n"
          "{\"image\": 7, \"captions\": [\"a\", \"b\"], \"split\": \"dev\"}\n",
          "image,caption,split\na.jpg,\"a dog, running\",train\n",
          "a.jpg,a dog\n",
          R"({"a.jpg": ["a dog", "dogs"], "3": [{"caption": "a cat"}]})",
          R"([{"image_id": 3, "caption": "a dog"}, {"image_id": 4, "captions": ["a cat"]}])",
          "{\"file_name\": \"a.jpg\", \"text\": \"a dog\"}\n{\"image\": \"b\", \"error\": \"x\"}\n",
          "image_name| comment_number| comment\na.jpg| 0| a | dog\na.jpg| 4   dogs\n",
          "\"\""};
}

void run(std::string_view input) {
  const auto path = as_file(input);
  for (const bool tokenized : {false, true}) {
    CaptionRecords file;
    const auto read = [&] { file = read_caption_records(path, {std::nullopt, tokenized}); };
    if (!accepted(input.size(), {256, 1 << 20}, read)) continue;
    for (const CaptionRecord& record : file.records) {
      require(!record.where.empty(), "a record has a location");
      require(!find_invalid_utf8(record.image), "an image name is UTF-8");
      for (const std::string& caption : record.captions) {
        require(!find_invalid_utf8(caption), "a caption is UTF-8");
      }
    }
    for (const auto* records : {&file.malformed, &file.repaired}) {
      for (const MalformedRecord& record : *records) {
        require(!record.where.empty() && !record.what.empty(),
                "a malformed record has a location and a reason");
      }
    }
  }
}

}  // namespace saccade::fuzz
