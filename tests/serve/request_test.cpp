#include "saccade/serve/request.h"

#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "saccade/io/base64.h"

namespace saccade::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

/// The code of the RequestError 400 that the action throws; empty: none.
std::string refusal_of(const std::function<void()>& action) {
  try {
    action();
    return "";
  } catch (const RequestError& error) {
    EXPECT_EQ(error.status, 400);
    EXPECT_STRNE(error.what(), "");
    return error.code;
  }
}

std::string form(const std::string& parts) { return parts + "--x--\r\n"; }

std::string part(const std::string& disposition, const std::string& content) {
  return "--x\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
}

ImageRequest read_form_of(const std::string& body) {
  return read_image_request("multipart/form-data; boundary=x", body, {});
}

TEST(RequestTarget, HasThePathAndTheDecodedParameters) {
  const RequestTarget target =
      parse_target("/v1/caption?beam=3&caption=a+dog%20%C3%A9&flag&x=1%2B1");
  EXPECT_EQ(target.path, "/v1/caption");
  EXPECT_THAT(target.parameters, UnorderedElementsAre(Pair("beam", "3"), Pair("caption", "a dog é"),
                                                      Pair("flag", ""), Pair("x", "1+1")));
  EXPECT_THAT(parse_target("/").parameters, IsEmpty());
  EXPECT_THAT(parse_target("/?&&").parameters, IsEmpty());
}

TEST(RequestTarget, IsRefusedIfItIsDamaged) {
  for (const char* bad : {"", "v1", "http://host/", "/a%", "/a%4", "/a%zz", "/a%ff", "/?a=%ff"}) {
    EXPECT_EQ(refusal_of([&] { parse_target(bad); }), "bad_target") << bad;
  }
  EXPECT_EQ(refusal_of([] { parse_target("/?a=1&a=2"); }), "bad_parameter");
  std::string many = "/?";
  for (int i = 0; i < 100; ++i) many += "p" + std::to_string(i) + "=1&";
  EXPECT_EQ(refusal_of([&] { parse_target(many); }), "bad_parameter");
}

TEST(ImageBody, IsTheImageUnlessItsTypeSaysOtherwise) {
  for (const char* type :
       {"", "image/jpeg", "application/octet-stream", "application/x-www-form-urlencoded"}) {
    const ImageRequest request = read_image_request(type, "bytes", {{"beam", "2"}, {"name", "a"}});
    EXPECT_EQ(request.image, "bytes");
    EXPECT_EQ(request.name, "a");
    EXPECT_THAT(request.parameters, ElementsAre(Pair("beam", "2")));
  }
  EXPECT_EQ(read_image_request("", "bytes", {}).name, "image");
  EXPECT_EQ(refusal_of([] { read_image_request("image/jpeg", "", {}); }), "no_image");
}

TEST(ImageBody, MayBeAForm) {
  const std::string image("\xff\xd8\r\n--\0--x", 10);
  const ImageRequest request = read_form_of(form(
      part("name=\"beam\"", "4") + part("name=image; filename=\"my \\\"photo\\\".jpg\"", image)));
  EXPECT_EQ(request.image, image);
  EXPECT_EQ(request.name, "my \"photo\".jpg");
  EXPECT_THAT(request.parameters, ElementsAre(Pair("beam", "4")));
  EXPECT_EQ(read_form_of("preamble\r\n" + form(part("name=\"file\"", "i"))).image, "i");
}

TEST(ImageBody, IsRefusedIfTheFormIsDamaged) {
  const std::string good = form(part("name=\"image\"", "content"));
  for (std::size_t length = 0; length < good.size() - 4; ++length) {
    EXPECT_NE(refusal_of([&] { read_form_of(good.substr(0, length)); }), "") << length;
  }
  EXPECT_EQ(refusal_of([&] { read_form_of(form(part("name=\"beam\"", "1"))); }), "no_image");
  EXPECT_EQ(
      refusal_of([&] { read_form_of(form(part("name=image", "a") + part("name=file", "b"))); }),
      "bad_body");
  EXPECT_EQ(refusal_of([&] { read_form_of(form(part("noname=image", "a"))); }), "bad_body");
  EXPECT_EQ(refusal_of([&] { read_form_of(form(part("name=\"image", "a"))); }), "bad_body");
  for (const char* type : {"multipart/form-data",
                           "multipart/form-data; boundary=", "multipart/form-data; boundary=\"x"}) {
    EXPECT_EQ(refusal_of([&] { read_image_request(type, good, {}); }), "bad_body") << type;
  }
}

TEST(ImageBody, MayBeJson) {
  const std::string text = encode_base64("bytes");
  for (const std::string& image : {text, "data:image/png;base64," + text}) {
    const ImageRequest request = read_image_request(
        "Application/JSON; charset=utf-8",
        R"({"image": ")" + image + R"(", "name": "n", "beam": 3, "p": 0.5, "flag": true})", {});
    EXPECT_EQ(request.image, "bytes");
    EXPECT_EQ(request.name, "n");
    EXPECT_THAT(request.parameters,
                UnorderedElementsAre(Pair("beam", "3"), Pair("p", "0.5"), Pair("flag", "true")));
  }
}

TEST(ImageBody, IsRefusedIfTheJsonIsDamaged) {
  const auto read = [](const std::string& body, const Parameters& query = {}) {
    return refusal_of([&] { read_image_request("application/json", body, query); });
  };
  EXPECT_EQ(read(""), "bad_json");
  EXPECT_EQ(read("[]"), "bad_json");
  EXPECT_EQ(read("{\"image\": \"aGk=\""), "bad_json");
  EXPECT_EQ(read(std::string(5000, '[')), "bad_json");
  EXPECT_EQ(read("{}"), "no_image");
  EXPECT_EQ(read(R"({"image": ""})"), "no_image");
  EXPECT_EQ(read(R"({"image": 5})"), "bad_image");
  EXPECT_EQ(read(R"({"image": "a b"})"), "bad_image");
  EXPECT_EQ(read(R"({"image": "data:image/png,abc"})"), "bad_image");
  EXPECT_EQ(read(R"({"image": "data:image/png;base64"})"), "bad_image");
  EXPECT_EQ(read(R"({"image": "/etc/passwd"})"), "bad_image");
  EXPECT_EQ(read(R"({"image": "aGk=", "beam": [1]})"), "bad_parameter");
  EXPECT_EQ(read(R"({"image": "aGk=", "beam": 1})", {{"beam", "2"}}), "bad_parameter");
}

TEST(ChatBody, HasTheLastImageAsADataUri) {
  const ImageRequest request = read_chat_request(R"({"model": "m", "max_tokens": 7, "messages": [
    {"role": "system", "content": "be brief"},
    {"role": "user", "content": [
      {"type": "image_url", "image_url": {"url": "data:image/png;base64,Zmlyc3Q="}},
      {"type": "text", "text": "and"},
      {"type": "image_url", "image_url": {"url": "data:image/png;base64,bGFzdA=="}}]}]})");
  EXPECT_EQ(request.image, "last");
  EXPECT_THAT(request.parameters, ElementsAre(Pair("max_length", "7")));
}

TEST(ChatBody, IsRefusedWithoutAnImageOrWithOneElsewhere) {
  const auto read = [](const std::string& body) {
    return refusal_of([&] { read_chat_request(body); });
  };
  const auto with_url = [](const std::string& url) {
    return R"({"messages": [{"content": [{"type": "image_url", "image_url": )" + url + "}]}]}";
  };
  EXPECT_EQ(read("{}"), "bad_json");
  EXPECT_EQ(read(R"({"messages": [{"role": "user", "content": "hello"}, 3, {}]})"), "no_image");
  EXPECT_EQ(read(with_url("5")), "no_image");
  EXPECT_EQ(read(with_url(R"({"url": "http://example.com/a.png"})")), "bad_image");
  EXPECT_EQ(read(with_url(R"({"url": "file:///etc/passwd"})")), "bad_image");
  EXPECT_EQ(read(R"({"stream": true, "messages": [{"content": [{"type": "image_url",
      "image_url": "data:;base64,aGk="}]}]})"),
            "bad_parameter");
}

TEST(ParameterReader, ReadsNumbersAndFlagsWithinTheirLimits) {
  const Parameters parameters{{"beam", "3"}, {"p", "2.5e-1"}, {"on", "true"}, {"box", "0,0.5,1,1"}};
  ParameterReader reader(parameters);
  EXPECT_EQ(reader.integer("beam", 1, 10, 5), 3);
  EXPECT_EQ(reader.integer("other", 1, 10, 5), 5);
  EXPECT_EQ(reader.number("p", 0, 1, 0), 0.25);
  EXPECT_TRUE(reader.flag("on"));
  EXPECT_THAT(reader.numbers("box", 4, 0, 1), ElementsAre(0, 0.5, 1, 1));
  EXPECT_EQ(refusal_of([&] { reader.finish(); }), "");
}

TEST(ParameterReader, OffersChoices) {
  const Parameters parameters{{"map", "alpha"}};
  ParameterReader reader(parameters);
  EXPECT_EQ(reader.choice("map", {"alpha", "occlusion"}, "occlusion"), "alpha");
  EXPECT_EQ(reader.choice("color", {"red"}, "red"), "red");
  EXPECT_EQ(refusal_of([&] { reader.choice("map", {"occlusion"}, ""); }), "bad_parameter");
}

TEST(ParameterReader, NamesAParameterThatIsOutOfRangeOrUnknown) {
  for (const char* bad : {"", "0", "11", "1.5", "3x", " 3", "nan", "inf", "1e999", "0x3", "--1"}) {
    const Parameters parameters{{"beam", bad}};
    ParameterReader reader(parameters);
    EXPECT_EQ(refusal_of([&] { reader.integer("beam", 1, 10, 5); }), "bad_parameter") << bad;
  }
  for (const char* bad : {"", ",", "1", "0,0,1", "0,0,1,1,1", "0,0,1,x", "0,0,1,1,", "0,0,1,2"}) {
    const Parameters parameters{{"box", bad}};
    ParameterReader reader(parameters);
    EXPECT_EQ(refusal_of([&] { reader.numbers("box", 4, 0, 1); }), "bad_parameter") << bad;
  }
  const Parameters parameters{{"beem", "3"}};
  try {
    ParameterReader(parameters).finish();
    FAIL();
  } catch (const RequestError& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"beem\" is unknown"));
  }
}

TEST(RequestError, IsAnObjectWithMessageTypeAndCode) {
  const auto json = nlohmann::json::parse(error_body({503, "busy", "try \"later\" \xff"}));
  EXPECT_EQ(json["error"]["code"], "busy");
  EXPECT_EQ(json["error"]["type"], "server_error");
  EXPECT_EQ(json["error"]["message"], "try \"later\" \xEF\xBF\xBD");
  EXPECT_EQ(nlohmann::json::parse(error_body({404, "a", "b"}))["error"]["type"],
            "invalid_request_error");
}

}  // namespace
}  // namespace saccade::test
