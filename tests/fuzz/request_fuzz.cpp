// Requests: the target, the headers Host, Origin and Authorization, and a body of any type.
#include <nlohmann/json.hpp>

#include "saccade/serve/access.h"
#include "saccade/serve/request.h"

#include "fuzz.h"

namespace saccade::fuzz {

namespace {

const char* const kToken = "0123456789abcdef";
constexpr MemoryBound kBound{64, 1 << 20};

/// RequestError states a status of 4xx, and its JSON is valid.
void check_error(const RequestError& error) {
  require(error.status >= 400 && error.status < 500, "a damaged request is the client's fault");
  require(nlohmann::json::parse(error_body(error)).contains("error"), "the error is valid JSON");
}

template <typename Action>
bool answered(std::size_t size, const Action& action) {
  return accepted(size, kBound, [&] {
    try {
      action();
    } catch (const RequestError& error) {
      check_error(error);
      throw;
    }
  });
}

}  // namespace

std::vector<std::string> seeds() {
  const std::string zero(1, '\0');
  const std::string before = "/v1/caption?beam=3&caption=a%20dog" + zero + "localhost:8080" + zero +
                             "http://localhost:8080" + zero + "Bearer " + kToken + zero;
  return {
      before + "image/jpeg" + zero + "bytes",
      before + "multipart/form-data; boundary=\"x\"" + zero +
          "--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\n\r\nb\r\n"
          "--x\r\nContent-Disposition: form-data; name=beam\r\n\r\n3\r\n--x--\r\n",
      before + "application/json" + zero +
          R"({"image": "data:image/png;base64,aGk=", "beam": 3, "hide": "0,0,1,1"})",
      before + "chat" + zero +
          R"({"messages": [{"role": "user", "content": [{"type": "image_url",
                 "image_url": {"url": "data:image/png;base64,aGk="}}]}], "max_tokens": 5})"};
}

void run(std::string_view input) {
  const auto parts = split(input, 6);
  const Access access({"photos.example"}, kToken);
  answered(input.size(), [&] { access.require_same_site(parts[1], parts[2]); });
  answered(input.size(), [&] { access.require_token(parts[3]); });
  RequestTarget target;
  answered(input.size(), [&] { target = parse_target(parts[0]); });
  ImageRequest request;
  const bool good = answered(input.size(), [&] {
    request = parts[4] == "chat"
                  ? read_chat_request(std::string(parts[5]))
                  : read_image_request(parts[4], std::string(parts[5]), target.parameters);
  });
  if (!good) return;
  require(!request.image.empty() && !request.name.empty(), "there is an image, and it has a name");
  require(request.image.size() <= parts[5].size(), "the image is part of the body");
  ParameterReader reader(request.parameters);
  answered(input.size(), [&] {
    const auto beam = reader.integer("beam", 1, 10, 3);
    require(beam >= 1 && beam <= 10, "an integer is in its range");
  });
  answered(input.size(), [&] { reader.numbers("hide", 4, 0, 1); });
  answered(input.size(), [&] { reader.choice("map", {"alpha"}, "alpha"); });
  answered(input.size(), [&] { reader.flag("photograph"); });
  answered(input.size(), [&] { reader.finish(); });
}

}  // namespace saccade::fuzz
