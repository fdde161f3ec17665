#include "saccade/io/error_text.h"

#include <cstdlib>
#include <cxxabi.h>
#include <initializer_list>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>
#include <typeinfo>

#include "saccade/io/json.h"
#include "saccade/io/unicode.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// Exceptions are distinguished by their type names, so that this file needs neither LibTorch nor
/// OpenCV.
std::string type_name(const std::exception& error) {
  const char* mangled = typeid(error).name();
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(mangled, nullptr, nullptr, nullptr), &std::free);
  return name ? name.get() : mangled;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Removes everything up to and including `mark`, if present.
void drop_through(std::string& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at != std::string::npos) text.erase(0, at + mark.size());
}

/// Removes `mark` and everything after it.
void drop_from(std::string& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at != std::string::npos) text.erase(at);
}

void trim(std::string& text) {
  constexpr char kAround[] = " \t\r\n";
  text.erase(0, text.find_first_not_of(kAround));
  text.erase(text.find_last_not_of(" \t\r\n.") + 1);
}

enum class Origin { own, torch, opencv, json, files, memory, other };

Origin origin_of(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return Origin::memory;
  if (dynamic_cast<const fs::filesystem_error*>(&error) != nullptr) return Origin::files;
  const std::string name = type_name(error);
  const auto is_of = [&](std::initializer_list<const char*> spaces) {
    for (const char* space : spaces) {
      if (starts_with(name, space)) return true;
    }
    return false;
  };
  if (is_of({"c10::", "at::", "torch::", "caffe2::"})) {
    return contains(error.what(), "allocate memory") || contains(error.what(), "out of memory")
               ? Origin::memory
               : Origin::torch;
  }
  if (is_of({"cv::"})) {
    return contains(error.what(), "Insufficient memory") ? Origin::memory : Origin::opencv;
  }
  if (is_of({"nlohmann::"})) return Origin::json;
  // Saccade throws only these two types. Other exceptions of the C++ library indicate a bug.
  if (dynamic_cast<const std::runtime_error*>(&error) != nullptr ||
      dynamic_cast<const std::invalid_argument*>(&error) != nullptr) {
    return Origin::own;
  }
  return Origin::other;
}

/// "MESSAGE\nException raised from FUNCTION at FILE:LINE (most recent call first): …"
std::string torch_reason(std::string text) {
  drop_from(text, "\nException raised from");
  drop_through(text, "please report a bug to PyTorch.");
  if (starts_with(text, "[enforce fail at")) drop_through(text, "] ");
  trim(text);
  drop_from(text, "\n");
  drop_from(text, "(Could this error message be improved?");
  trim(text);
  return text;
}

/// "OpenCV(VERSION) FILE:LINE: error: (NUMBER:KIND) MESSAGE in function 'NAME'"
std::string opencv_reason(std::string text) {
  drop_through(text, "error: (");
  drop_through(text, ") ");
  drop_from(text, " in function '");
  trim(text);
  drop_from(text, "\n");
  return text;
}

std::string reason(Origin origin, const std::exception& error) {
  switch (origin) {
    case Origin::own:
      return error.what();
    case Origin::torch:
      return torch_reason(error.what());
    case Origin::opencv:
      return opencv_reason(error.what());
    case Origin::json:
      return json_reason(dynamic_cast<const nlohmann::json::exception&>(error));
    case Origin::files:
      return dynamic_cast<const fs::filesystem_error&>(error).code().message();
    case Origin::memory:
      return "there is not enough memory; close other programs or process less data at once";
    case Origin::other:
      break;
  }
  std::string text = error.what();
  drop_from(text, "\n");
  return text;
}

/// Rephrases a message that is not Saccade's own.
std::string sentence(Origin origin, const std::exception& error) {
  const std::string why = reason(origin, error);
  constexpr char kReport[] = "); please report it with the command that you ran";
  switch (origin) {
    case Origin::torch:
      return "an internal error occurred in LibTorch (" + why + kReport;
    case Origin::opencv:
      return "an internal error occurred in OpenCV (" + why + kReport;
    case Origin::json:
      return "the JSON has an unexpected structure (" + why + ")";
    case Origin::other:
      return "an internal error occurred (" + why + kReport;
    default:
      return why;
  }
}

std::string placed(const std::string& about, const std::string& text) {
  return one_line(about.empty() ? text : about + ": " + text);
}

}  // namespace

std::string plain_reason(const std::exception& error) { return reason(origin_of(error), error); }

std::string error_text(const std::exception& error, const std::string& about) {
  const Origin origin = origin_of(error);
  if (origin == Origin::own) {
    const std::string text = one_line(error.what());
    return text.empty() ? placed(about, "an error occurred that has no description") : text;
  }
  if (origin == Origin::files) {
    const auto& failed = dynamic_cast<const fs::filesystem_error&>(error);
    return placed(failed.path1().empty() ? about : failed.path1().string(),
                  sentence(origin, error));
  }
  return placed(about, sentence(origin, error));
}

std::string current_error_text(const std::string& about) {
  try {
    throw;
  } catch (const std::exception& error) {
    return error_text(error, about);
  } catch (...) {
    return placed(about, "an error occurred that has no description");
  }
}

void rethrow_readable(const fs::path& about) {
  try {
    throw;
  } catch (const std::exception& error) {
    if (origin_of(error) == Origin::own) throw;
    throw std::runtime_error(error_text(error, about.string()));
  } catch (...) {
    throw std::runtime_error(current_error_text(about.string()));
  }
}

}  // namespace saccade
