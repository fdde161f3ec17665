#include "saccade/serve/access.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <stdexcept>
#include <utility>

#include <openssl/crypto.h>

#include "saccade/io/text_file.h"
#include "saccade/io/unicode.h"
#include "saccade/serve/request.h"

namespace saccade {
namespace {

/// A host without its port: "localhost" of "localhost:8080", "::1" of "[::1]:8080".
std::string host_name(std::string_view host) {
  const auto bad = [&]() -> std::string {
    throw RequestError(400, "bad_host", "the header Host is missing or not a host and a port");
  };
  std::string_view port;
  std::string name;
  if (!host.empty() && host.front() == '[') {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return bad();
    name = host.substr(1, end - 1);
    port = host.substr(end + 1);
  } else {
    const std::size_t colon = std::min(host.find(':'), host.size());
    name = host.substr(0, colon);
    port = host.substr(colon);
  }
  const bool digits = port.empty() || (port.front() == ':' && port.size() <= 6 &&
                                       port.find_first_not_of("0123456789", 1) == port.npos);
  if (name.empty() || !digits) return bad();
  return lower_ascii(name);
}

bool is_ip_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

Access::Access(const std::vector<std::string>& hosts, std::string token)
    : token_(std::move(token)) {
  for (const std::string& host : hosts) hosts_.push_back(lower_ascii(host));
}

void Access::require_same_site(std::string_view host, std::string_view origin) const {
  const std::string name = host_name(host);
  const bool allowed = is_ip_address(name) || name == "localhost" ||
                       std::find(hosts_.begin(), hosts_.end(), name) != hosts_.end();
  if (!allowed) {
    throw RequestError(403, "foreign_host",
                       "this server is not called \"" + one_line(name.substr(0, 80)) +
                           "\"; start it with --allow-host to permit the name");
  }
  if (origin.empty()) return;
  const std::string lower = lower_ascii(origin), own = lower_ascii(host);
  if (lower != "http://" + own && lower != "https://" + own) {
    throw RequestError(403, "foreign_origin", "requests from pages of other sites are refused");
  }
}

void Access::require_token(std::string_view authorization) const {
  if (token_.empty()) return;
  constexpr std::string_view kScheme = "bearer ";
  const bool bearer = lower_ascii(authorization.substr(0, kScheme.size())) == kScheme;
  const std::string shown =
      bearer ? trimmed(std::string(authorization.substr(kScheme.size()))) : "";
  if (shown.size() == token_.size() &&
      CRYPTO_memcmp(shown.data(), token_.data(), token_.size()) == 0) {
    return;
  }
  throw RequestError(401, "bad_token",
                     shown.empty() ? "this server needs a token: Authorization: Bearer TOKEN"
                                   : "the token is wrong");
}

bool is_loopback(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return lower_ascii(host) == "localhost";
}

std::string checked_token(std::string_view text, const std::string& source) {
  std::string token = trimmed(std::string(text));
  const bool visible =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 127; });
  if (!visible || token.size() < kShortestToken) {
    throw std::invalid_argument(source + ": a token has at least " +
                                std::to_string(kShortestToken) +
                                " letters, digits or signs of ASCII, without spaces; make one "
                                "with `openssl rand -hex 32`");
  }
  return token;
}

}  // namespace saccade
