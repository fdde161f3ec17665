#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saccade {

/// Who may use the server. A web page that the user visits elsewhere must not: a browser sends its
/// requests to any address, but states the page's name in Host (DNS rebinding) or its origin in
/// Origin (cross-site requests).
class Access {
 public:
  /// @param hosts  names by which the server may be called, besides localhost and IP addresses
  /// @param token  that clients must show; empty: none
  Access(const std::vector<std::string>& hosts, std::string token);

  /// @param host    the header Host
  /// @param origin  the header Origin; empty if absent
  /// @throws RequestError 400 for a host that is no name, 403 for one that is not allowed or an
  ///         origin other than this server's.
  void require_same_site(std::string_view host, std::string_view origin) const;

  bool has_token() const { return !token_.empty(); }
  /// Takes the same time for every wrong token of one length.
  /// @param authorization  the header Authorization: "Bearer TOKEN"
  /// @throws RequestError 401 unless it has the token, or none is needed.
  void require_token(std::string_view authorization) const;

 private:
  std::vector<std::string> hosts_;
  std::string token_;
};

/// Whether an address, or the name localhost, can be reached from this machine only.
bool is_loopback(const std::string& host);

constexpr std::size_t kShortestToken = 16;

/// A token from the text of a file or a variable: without the spaces and line breaks around it.
/// @param source  for messages
/// @throws std::invalid_argument for a token of less than kShortestToken characters, or one with
///         other than visible ASCII characters.
std::string checked_token(std::string_view text, const std::string& source);

}  // namespace saccade
