#include "saccade/io/error_text.h"

#include <new>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "temporary_folder.h"

namespace saccade::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// The error_text of the exception that `action` throws.
template <typename Action>
std::string text_of(Action&& action, const std::string& about = "") {
  try {
    action();
  } catch (...) {
    return current_error_text(about);
  }
  return "nothing was thrown";
}

TEST(ErrorText, KeepsSaccadesOwnMessages) {
  const std::string message = "a.jpg: cannot be read; make it readable";
  EXPECT_EQ(error_text(std::runtime_error(message), "b.jpg"), message);
  EXPECT_EQ(error_text(std::invalid_argument(message), "b.jpg"), message);
}

TEST(ErrorText, IsOneLineWhateverTheNameOfTheFile) {
  const std::string name = "two\nlines " + std::string(300, 'a') + "\x1B[2J.jpg";
  const std::string shown = "two\\nlines " + std::string(300, 'a') + "\\x1B[2J.jpg";
  EXPECT_EQ(error_text(std::runtime_error(name + " is bad")), shown + " is bad");
  EXPECT_THAT(error_text(std::bad_alloc(), name), StartsWith(shown + ": there is not"));
  EXPECT_THAT(text_of([&] { fs::directory_iterator over(name); }), StartsWith(shown + ": "));
}

TEST(ErrorText, PutsTheSubjectBeforeAForeignMessage) {
  EXPECT_THAT(error_text(std::bad_alloc(), "a.jpg"),
              StartsWith("a.jpg: there is not enough memory"));
  EXPECT_THAT(error_text(std::bad_alloc()), StartsWith("there is not enough memory"));
}

TEST(ErrorText, NamesTheFileAndTheReasonOfAFileSystemError) {
  const TemporaryFolder folder;
  const fs::path absent = folder.path() / "absent";
  EXPECT_EQ(text_of([&] { fs::directory_iterator over(absent); }),
            absent.string() + ": No such file or directory");
}

TEST(ErrorText, DropsTheNumbersOfTheJsonParser) {
  const std::string wrong_type =
      text_of([] { nlohmann::json::parse("[1]").at(0).get<std::string>(); }, "a.json");
  EXPECT_THAT(wrong_type, StartsWith("a.json: the JSON has an unexpected structure ("));
  EXPECT_THAT(wrong_type, Not(HasSubstr("json.exception")));
  EXPECT_THAT(text_of([] { return nlohmann::json::parse("{"); }), Not(HasSubstr("json.exception")));
}

TEST(ErrorText, ReportsUnexpectedExceptionsAsInternalErrors) {
  EXPECT_THAT(text_of([] { static_cast<void>(std::string().at(1)); }, "a.jpg"),
              StartsWith("a.jpg: an internal error occurred ("));
  EXPECT_THAT(text_of([] { throw 1; }, "a.jpg"), StartsWith("a.jpg: an error occurred"));
}

TEST(ErrorText, TurnsOnlyForeignExceptionsIntoRuntimeErrors) {
  const auto type_after = [](auto thrown) -> std::string {
    try {
      with_readable_errors("file", [&] { throw thrown; });
    } catch (const std::invalid_argument&) {
      return "invalid_argument";
    } catch (const std::runtime_error& error) {
      return error.what();
    } catch (...) {
    }
    return "another";
  };
  EXPECT_EQ(type_after(std::invalid_argument("own")), "invalid_argument");
  EXPECT_EQ(type_after(std::runtime_error("own")), "own");
  EXPECT_THAT(type_after(std::bad_alloc()), StartsWith("file: there is not enough memory"));
  EXPECT_THAT(type_after(1), StartsWith("file: an error occurred"));
  EXPECT_EQ(with_readable_errors("file", [] { return 3; }), 3);
}

}  // namespace
}  // namespace saccade::test
