// Runs `batch - --output -` as a program that sends a line and waits for the answer.

#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "batch_command.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// The program with pipes for its standard input and output.
class Conversation {
 public:
  explicit Conversation(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), SACCADE_PROGRAM);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int in[2], out[2];
    if (::pipe(in) != 0 || ::pipe(out) != 0) throw std::runtime_error("cannot make a pipe");
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      for (const int end : {in[0], in[1], out[0], out[1]}) ::close(end);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }
  ~Conversation() {
    end();
    ::close(from_);
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  void say(const std::string& text) const {
    ASSERT_EQ(::write(to_, text.data(), text.size()), ssize_t(text.size()));
  }
  /// Waits for a line. @return without its line break; empty at the end
  std::string answer() const {
    std::string line;
    for (char c = 0; ::read(from_, &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }
  void end() {
    if (to_ >= 0) ::close(std::exchange(to_, -1));
  }
  int exit_code() {
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t process_ = -1;
  int to_ = -1, from_ = -1;
};

class BatchLines : public BatchCommand {
 protected:
  std::vector<std::string> line(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"batch", "-", "--output", "-", "--quiet", "--model", model_};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string image_of(const std::string& answer) const {
    return nlohmann::json::parse(answer).at("image");
  }

  const std::string a_ = photographs_ / "a.png", b_ = photographs_ / "b.jpg",
                    c_ = photographs_ / "deeper/c.jpg";
};

TEST_F(BatchLines, AnswersEachLineBeforeTheNextIsSent) {
  Conversation program(line());
  // Also an image that is broken, one that was there already, and no name at all.
  for (const std::string& path : {c_, a_, b_, a_, std::string()}) {
    program.say(path + "\n");
    EXPECT_EQ(image_of(program.answer()), path);
  }
  program.say("{\"path\": \"" + c_ + "\"}\n");
  EXPECT_EQ(image_of(program.answer()), c_);
  program.end();
  EXPECT_EQ(program.answer(), "");
  EXPECT_EQ(program.exit_code(), 3);
}

TEST_F(BatchLines, KeepTheOrderOfLinesThatArriveTogether) {
  Conversation program(line({"--batch-size", "1", "--allow-errors"}));
  std::string text;
  std::vector<std::string> paths;
  for (int i = 0; i < 30; ++i) paths.push_back(i % 3 == 0 ? b_ : i % 3 == 1 ? a_ : c_);
  for (const std::string& path : paths) text += path + "\r\n";
  text.resize(text.size() - 2);  // the last line has no end
  program.say(text);
  program.end();
  for (const std::string& path : paths) EXPECT_EQ(image_of(program.answer()), path);
  EXPECT_EQ(program.exit_code(), 0);
}

TEST_F(BatchLines, EndWithZeroForNoInputAndForFailuresThatAreAllowed) {
  {
    Conversation program(line());
    program.end();
    EXPECT_EQ(program.exit_code(), 0);
  }
  for (const bool allowed : {false, true}) {
    Conversation program(
        line(allowed ? std::vector<std::string>{"--allow-errors"} : std::vector<std::string>{}));
    program.say(b_ + "\n");
    program.end();
    EXPECT_THAT(program.answer(), HasSubstr("\"error\""));
    EXPECT_EQ(program.exit_code(), allowed ? 0 : 1);
  }
}

TEST_F(BatchLines, TakeNulAndWriteCsv) {
  Conversation program(line({"-0", "--format", "csv"}));
  EXPECT_THAT(program.answer(), StartsWith("image,caption,"));
  program.say(a_ + '\0');
  EXPECT_THAT(program.answer(), StartsWith(a_ + ","));
}

}  // namespace
}  // namespace saccade::test
