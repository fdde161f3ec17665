#include "saccade/serve/request.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <optional>

#include <nlohmann/json.hpp>

#include "saccade/io/base64.h"
#include "saccade/io/json.h"
#include "saccade/io/text_file.h"
#include "saccade/io/unicode.h"

namespace saccade {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxParameters = 64;
constexpr std::size_t kMaxPartHeader = 4096;  // bytes

[[noreturn]] void bad_request(const std::string& code, const std::string& message) {
  throw RequestError(400, code, message);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
      if (low < 0)
        bad_request("bad_target", "the URL has a % that is not followed by two hex digits");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (find_invalid_utf8(out)) bad_request("bad_target", "the URL is not UTF-8");
  return out;
}

void add_parameter(Parameters& parameters, const std::string& name, std::string value) {
  if (parameters.size() >= kMaxParameters) {
    bad_request("bad_parameter",
                "the request has more than " + std::to_string(kMaxParameters) + " parameters");
  }
  if (find_invalid_utf8(name) || find_invalid_utf8(value)) {
    bad_request("bad_parameter", "a parameter is not UTF-8");
  }
  if (!parameters.emplace(name, std::move(value)).second) {
    bad_request("bad_parameter", "the parameter \"" + one_line(name) + "\" is given twice");
  }
}

/// The value of an attribute of a header: `boundary` of `multipart/form-data; boundary=x`.
std::optional<std::string> attribute(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at < header.size()) {
    ++at;
    while (at < header.size() && (header[at] == ' ' || header[at] == '\t')) ++at;
    const std::size_t equals = header.find('=', at);
    if (equals == std::string_view::npos) return std::nullopt;
    const bool wanted = lower_ascii(header.substr(at, equals - at)) == name;
    std::string value;
    at = equals + 1;
    if (at < header.size() && header[at] == '"') {
      for (++at; at < header.size() && header[at] != '"'; ++at) {
        if (header[at] == '\\' && at + 1 < header.size()) ++at;
        value += header[at];
      }
      if (at >= header.size()) return std::nullopt;  // the quote never ends
      at = header.find(';', at);
    } else {
      const std::size_t end = std::min(header.find(';', at), header.size());
      value = trimmed(std::string(header.substr(at, end - at)));
      at = end;
    }
    if (wanted) return value;
  }
  return std::nullopt;
}

void set_image(ImageRequest& request, std::string bytes) {
  if (!request.image.empty()) bad_request("bad_body", "the request has two images; send one");
  if (bytes.empty()) bad_request("no_image", "the image is empty (0 bytes)");
  request.image = std::move(bytes);
}

/// One part of a form, with its header lines.
void read_part(ImageRequest& request, std::string_view head, std::string_view content) {
  std::optional<std::string> name, file;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos)
      bad_request("bad_body", "a part of the form has a bad header");
    if (lower_ascii(line.substr(0, colon)) != "content-disposition") continue;
    name = attribute(line.substr(colon + 1), "name");
    file = attribute(line.substr(colon + 1), "filename");
  }
  if (!name) bad_request("bad_body", "a part of the form has no name");
  if (*name == "image" || *name == "file") {
    set_image(request, std::string(content));
    if (file && !file->empty() && request.name.empty()) request.name = *file;
  } else if (*name == "name") {
    request.name = std::string(content);
  } else {
    add_parameter(request.parameters, *name, std::string(content));
  }
}

void read_form(ImageRequest& request, std::string_view content_type, std::string_view body) {
  const auto boundary = attribute(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 70) {
    bad_request("bad_body",
                "the Content-Type multipart/form-data has no boundary of 1 to 70 characters");
  }
  const std::string line = "--" + *boundary;
  std::size_t at = 0;
  if (body.substr(0, line.size()) != line) {
    at = body.find("\r\n" + line);
    if (at == std::string_view::npos)
      bad_request("bad_body", "the form's boundary is not in the body");
    at += 2;
  }
  for (;;) {
    at += line.size();
    if (body.substr(at, 2) == "--") return;
    if (body.substr(at, 2) != "\r\n")
      bad_request("bad_body", "the form is damaged after a boundary");
    at += 2;
    const std::size_t blank = body.substr(at, kMaxPartHeader).find("\r\n\r\n");
    if (blank == std::string_view::npos)
      bad_request("bad_body", "a part of the form has a bad header");
    const std::string_view head = body.substr(at, blank);
    at += blank + 4;
    const std::size_t end = body.find("\r\n" + line, at);
    if (end == std::string_view::npos)
      bad_request("bad_body", "the form ends before its last boundary");
    read_part(request, head, body.substr(at, end - at));
    at = end + 2;
  }
}

std::string decoded_base64(std::string_view text) {
  auto bytes = decode_base64(text);
  if (!bytes)
    bad_request("bad_image", "the image is not base64 with padding and without line breaks");
  return std::move(*bytes);
}

/// The bytes of a data: URI.
std::string decoded_uri(std::string_view uri) {
  const std::size_t comma = uri.find(',');
  if (comma == std::string_view::npos) bad_request("bad_image", "the data: URI has no comma");
  if (!ends_with(lower_ascii(uri.substr(0, comma)), ";base64")) {
    bad_request("bad_image", "the data: URI is not base64: expected data:image/jpeg;base64,…");
  }
  return decoded_base64(uri.substr(comma + 1));
}

bool is_data_uri(std::string_view text) { return lower_ascii(text.substr(0, 5)) == "data:"; }

json parsed_object(const std::string& body) {
  json parsed;
  try {
    parsed = parse_strict_json(body, "the request body");
  } catch (const std::runtime_error& error) {
    bad_request("bad_json", error.what());
  }
  if (!parsed.is_object()) bad_request("bad_json", "the request body is not a JSON object");
  return parsed;
}

void read_object(ImageRequest& request, const std::string& body) {
  const json parsed = parsed_object(body);
  for (const auto& [key, value] : parsed.items()) {
    if (key == "image") {
      if (!value.is_string()) bad_request("bad_image", "\"image\" is not a string of base64");
      const auto& text = value.get_ref<const std::string&>();
      set_image(request, is_data_uri(text) ? decoded_uri(text) : decoded_base64(text));
    } else if (key == "name" && value.is_string()) {
      request.name = value.get<std::string>();
    } else if (value.is_string()) {
      add_parameter(request.parameters, key, value.get<std::string>());
    } else if (value.is_number() || value.is_boolean()) {
      add_parameter(request.parameters, key, value.dump());
    } else {
      bad_request("bad_parameter",
                  "\"" + one_line(key) + "\" is neither a string nor a number nor a boolean");
    }
  }
}

}  // namespace

std::string error_body(const RequestError& error) {
  const nlohmann::ordered_json body{
      {"error",
       {{"message", error.what()},
        {"type", error.status < 500 ? "invalid_request_error" : "server_error"},
        {"code", error.code}}}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

RequestTarget parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') bad_request("bad_target", "the URL has no path");
  RequestTarget out;
  const std::size_t question = std::min(target.find('?'), target.size());
  out.path = percent_decoded(target.substr(0, question), false);
  std::string_view query = target.substr(std::min(question + 1, target.size()));
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    add_parameter(out.parameters, percent_decoded(pair.substr(0, equals), true),
                  percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true));
  }
  return out;
}

ImageRequest read_image_request(std::string_view content_type, std::string body,
                                Parameters parameters) {
  ImageRequest request;
  request.parameters = std::move(parameters);
  const auto name = request.parameters.find("name");
  if (name != request.parameters.end()) {
    request.name = name->second;
    request.parameters.erase(name);
  }
  const std::string type =
      lower_ascii(trimmed(std::string(content_type.substr(0, content_type.find(';')))));
  if (type == "multipart/form-data") {
    read_form(request, content_type, body);
  } else if (type == "application/json") {
    read_object(request, body);
  } else {
    set_image(request, std::move(body));
  }
  if (request.image.empty()) {
    bad_request("no_image", type == "application/json"
                                ? "the request has no \"image\": expected base64 or a data: URI"
                                : "the form has no part \"image\"");
  }
  request.name = request.name.empty() ? "image" : valid_utf8(request.name);
  return request;
}

ImageRequest read_chat_request(const std::string& body) {
  const json parsed = parsed_object(body);
  ImageRequest request;
  request.name = "image";
  const json* url = nullptr;
  const auto messages = parsed.find("messages");
  if (messages == parsed.end() || !messages->is_array()) {
    bad_request("bad_json", "\"messages\" is missing or not an array");
  }
  for (const json& message : *messages) {
    if (!message.is_object() || !message.contains("content")) continue;
    const json& content = message["content"];
    if (!content.is_array()) continue;
    for (const json& part : content) {
      if (!part.is_object() || part.value("type", json()) != "image_url") continue;
      const auto found = part.find("image_url");
      if (found == part.end()) continue;
      url = found->is_object() && found->contains("url") ? &(*found)["url"] : &*found;
    }
  }
  if (url == nullptr || !url->is_string()) {
    bad_request("no_image", "no message has a part of type image_url");
  }
  const auto& text = url->get_ref<const std::string&>();
  if (!is_data_uri(text)) {
    bad_request("bad_image", "the image_url is not a data: URI; this server fetches nothing");
  }
  set_image(request, decoded_uri(text));
  for (const char* key : {"max_completion_tokens", "max_tokens"}) {
    const auto limit = parsed.find(key);
    if (limit == parsed.end() || limit->is_null()) continue;
    if (!limit->is_number_integer()) {
      bad_request("bad_parameter", std::string("\"") + key + "\" is not an integer");
    }
    // The number of words of a caption is limited anyway.
    if (limit->get<double>() <= 50) request.parameters["max_length"] = limit->dump();
    break;
  }
  if (parsed.contains("stream") && parsed["stream"] == true) {
    bad_request("bad_parameter", "\"stream\" is not supported; leave it out");
  }
  return request;
}

const std::string* ParameterReader::find(const std::string& name) {
  read_.insert(name);
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? nullptr : &found->second;
}

namespace {

[[noreturn]] void refuse_value(const std::string& name, const std::string& value,
                               const std::string& expected) {
  bad_request("bad_parameter", "the parameter \"" + name + "\" is \"" +
                                   one_line(value.substr(0, 80)) + "\"; expected " + expected);
}

/// The number that the whole text spells, or nothing.
std::optional<double> number_of(const std::string& text) {
  if (text.empty() || text.find_first_not_of("+-.0123456789eE") != std::string::npos) {
    return std::nullopt;
  }
  char* end = nullptr;
  errno = 0;
  const double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || errno != 0 || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string bound_text(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::int64_t ParameterReader::integer(const std::string& name, std::int64_t low, std::int64_t high,
                                      std::int64_t otherwise) {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  const auto number = number_of(*value);
  if (!number || *number != std::floor(*number) || *number < double(low) ||
      *number > double(high)) {
    refuse_value(name, *value,
                 "an integer from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return static_cast<std::int64_t>(*number);
}

double ParameterReader::number(const std::string& name, double low, double high, double otherwise) {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  const auto number = number_of(*value);
  if (!number || *number < low || *number > high) {
    refuse_value(name, *value, "a number from " + bound_text(low) + " to " + bound_text(high));
  }
  return *number;
}

bool ParameterReader::flag(const std::string& name, bool otherwise) {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  if (*value == "true" || *value == "1") return true;
  if (*value == "false" || *value == "0") return false;
  refuse_value(name, *value, "true or false");
}

std::string ParameterReader::text(const std::string& name, const std::string& otherwise) {
  const std::string* value = find(name);
  return value == nullptr ? otherwise : *value;
}

std::string ParameterReader::choice(const std::string& name,
                                    const std::vector<std::string>& choices,
                                    const std::string& otherwise) {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  if (std::find(choices.begin(), choices.end(), *value) != choices.end()) return *value;
  std::string expected;
  for (const std::string& one : choices) expected += (expected.empty() ? "one of " : ", ") + one;
  refuse_value(name, *value, expected);
}

std::vector<double> ParameterReader::numbers(const std::string& name, std::size_t count, double low,
                                             double high) {
  const std::string* value = find(name);
  std::vector<double> out;
  if (value == nullptr) return out;
  const std::string expected = std::to_string(count) + " numbers from " + bound_text(low) + " to " +
                               bound_text(high) + ", separated by commas";
  for (std::size_t at = 0; at <= value->size();) {
    const std::size_t comma = std::min(value->find(',', at), value->size());
    const auto number = number_of(value->substr(at, comma - at));
    if (!number || *number < low || *number > high) refuse_value(name, *value, expected);
    out.push_back(*number);
    at = comma + 1;
  }
  if (out.size() != count) refuse_value(name, *value, expected);
  return out;
}

void ParameterReader::finish() const {
  for (const auto& [name, value] : parameters_) {
    if (read_.count(name) == 0) {
      bad_request("bad_parameter", "the parameter \"" + one_line(name.substr(0, 80)) +
                                       "\" is unknown here; remove it");
    }
  }
}

}  // namespace saccade
