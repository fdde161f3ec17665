#include "saccade/serve/access.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "saccade/serve/request.h"

namespace saccade::test {
namespace {

const char* const kToken = "0123456789abcdef";

/// The status of the RequestError that the action throws; 0: none.
int status_of(const std::function<void()>& action) {
  try {
    action();
    return 0;
  } catch (const RequestError& error) {
    return error.status;
  }
}

TEST(Access, KnowsAddressesLocalhostAndItsOwnNames) {
  const Access access({"Photos.example"}, "");
  for (const char* host : {"localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080",
                           "10.0.0.7", "[::1]:8080", "[fe80::1]", "photos.example:443"}) {
    EXPECT_EQ(status_of([&] { access.require_same_site(host, ""); }), 0) << host;
  }
  for (const char* host :
       {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example"}) {
    EXPECT_EQ(status_of([&] { access.require_same_site(host, ""); }), 403) << host;
  }
  for (const char* host :
       {"", ":80", "localhost:", "localhost:x", "localhost:123456", "[::1", "[]"}) {
    const int status = status_of([&] { access.require_same_site(host, ""); });
    EXPECT_TRUE(status == 400 || std::string(host) == "localhost:") << host << ' ' << status;
  }
}

TEST(Access, RefusesRequestsFromPagesOfOtherSites) {
  const Access access({}, "");
  const std::string host = "localhost:8080";
  EXPECT_EQ(status_of([&] { access.require_same_site(host, "http://localhost:8080"); }), 0);
  EXPECT_EQ(status_of([&] { access.require_same_site(host, "https://LOCALHOST:8080"); }), 0);
  for (const char* origin :
       {"null", "http://localhost", "http://localhost:8081", "http://127.0.0.1:8080",
        "http://evil.example", "file://localhost:8080", "http://localhost:8080.evil.example"}) {
    EXPECT_EQ(status_of([&] { access.require_same_site(host, origin); }), 403) << origin;
  }
}

TEST(Access, AsksForTheTokenIfThereIsOne) {
  const Access access({}, kToken);
  EXPECT_EQ(status_of([&] { access.require_token(std::string("Bearer ") + kToken); }), 0);
  EXPECT_EQ(status_of([&] { access.require_token(std::string("bearer  ") + kToken); }), 0);
  for (const std::string bad :
       {"", "Bearer", "Bearer ", "Bearer 0123456789abcdeF", "Bearer 0123456789abcdef0",
        "Basic 0123456789abcdef", "0123456789abcdef"}) {
    EXPECT_EQ(status_of([&] { access.require_token(bad); }), 401) << bad;
  }
  EXPECT_EQ(status_of([] { Access({}, "").require_token(""); }), 0);
}

TEST(Access, TellsLoopbackFromOtherAddresses) {
  for (const char* host : {"127.0.0.1", "127.8.8.8", "::1", "localhost"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "example.com", "", "127.0.0.1.example"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(Access, RefusesShortTokensAndThoseWithSpaces) {
  EXPECT_EQ(checked_token(std::string(kToken) + "\n", "file"), kToken);
  for (const char* bad : {"", "short", "0123456789 abcdef", "0123456789abcdé\xc3\xa9"}) {
    EXPECT_THROW(checked_token(bad, "file"), std::invalid_argument) << bad;
  }
}

}  // namespace
}  // namespace saccade::test
