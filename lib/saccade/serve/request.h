#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saccade {

/// A request that cannot be answered, as the client is told.
struct RequestError : std::runtime_error {
  /// @param status   of HTTP: 400…599
  /// @param code     a name for programs, e.g. "bad_parameter"
  /// @param message  one sentence
  RequestError(int status, std::string code, const std::string& message)
      : std::runtime_error(message), status(status), code(std::move(code)) {}

  int status;
  std::string code;
};

/// The JSON of an error: {"error": {"message", "type", "code"}}, as in OpenAI's API. `type` is
/// "invalid_request_error" for 4xx, else "server_error".
std::string error_body(const RequestError& error);

/// Options of a request by name.
using Parameters = std::map<std::string, std::string>;

/// The target of a request: "/v1/caption?beam=3".
struct RequestTarget {
  std::string path;       ///< percent-decoded, starts with "/"
  Parameters parameters;  ///< percent-decoded, + is a space
};

/// @throws RequestError 400 for a target that does not start with "/", an invalid escape, text that
///         is not UTF-8 or a parameter that is given twice.
RequestTarget parse_target(std::string_view target);

/// An image and the options of what to do with it.
struct ImageRequest {
  std::string image;  ///< the bytes of an image file
  std::string name;   ///< of the image, for messages and answers; never opened
  Parameters parameters;
};

/// Reads a body:
///   multipart/form-data  the part "image" or "file" is the image, the others are parameters
///   application/json     {"image": base64 or data: URI, "name": text, …parameters}
///   anything else        the bytes of the image
/// @param parameters  of the query; the body may not repeat them. `name` names the image.
/// @throws RequestError 400 saying what is wrong.
ImageRequest read_image_request(std::string_view content_type, std::string body,
                                Parameters parameters);

/// Reads a body of OpenAI's chat completions. The image is the last image_url of the messages and
/// must be a data: URI: nothing is fetched. The texts of the messages are ignored. `max_tokens` or
/// `max_completion_tokens` becomes the parameter max_length.
/// @throws RequestError 400 saying what is wrong.
ImageRequest read_chat_request(const std::string& body);

/// Reads parameters by name, checks types and ranges, and finally rejects the ones never read.
/// Every member throws RequestError 400 naming the parameter.
class ParameterReader {
 public:
  /// @param parameters  must outlive this object.
  explicit ParameterReader(const Parameters& parameters) : parameters_(parameters) {}

  bool has(const std::string& name) const { return parameters_.count(name) > 0; }
  std::int64_t integer(const std::string& name, std::int64_t low, std::int64_t high,
                       std::int64_t otherwise);
  double number(const std::string& name, double low, double high, double otherwise);
  /// "true" or "1", "false" or "0"
  bool flag(const std::string& name, bool otherwise = false);
  std::string text(const std::string& name, const std::string& otherwise = "");
  /// One of the choices.
  std::string choice(const std::string& name, const std::vector<std::string>& choices,
                     const std::string& otherwise);
  /// Exactly `count` numbers in [low, high], separated by commas.
  std::vector<double> numbers(const std::string& name, std::size_t count, double low, double high);

  void finish() const;

 private:
  const std::string* find(const std::string& name);

  const Parameters& parameters_;
  std::set<std::string> read_;
};

}  // namespace saccade
