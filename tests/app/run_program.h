#pragma once

#include <fcntl.h>
#include <filesystem>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "temporary_folder.h"

namespace saccade::test {

/// A running process of this build's `saccade`.
class RunningProgram {
 public:
  /// @param scratch  folder for the files of stdin, stdout and stderr
  RunningProgram(const std::filesystem::path& scratch, std::vector<std::string> arguments,
                 const std::string& input = "",
                 const std::filesystem::path& program = SACCADE_PROGRAM)
      : out_(scratch / "stdout"), err_(scratch / "stderr") {
    write_file(scratch / "stdin", input);
    arguments.insert(arguments.begin(), program);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const std::string in = scratch / "stdin";
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("cannot fork");
    if (process_ == 0) {
      redirect(in.c_str(), O_RDONLY, STDIN_FILENO);
      redirect(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
      redirect(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
  }
  ~RunningProgram() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
  }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  void send(int signal) const { ::kill(process_, signal); }

  /// Waits for the process. @return its exit code, or 128 + the signal that ended it
  int wait() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  std::string out() const { return read_file(out_); }
  std::string err() const { return read_file(err_); }

 private:
  static void redirect(const char* path, int flags, int descriptor) {
    ::dup2(::open(path, flags, 0600), descriptor);
  }

  std::filesystem::path out_;
  std::filesystem::path err_;
  pid_t process_ = -1;
};

struct ProgramResult {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs the program and waits for it.
inline ProgramResult run_program(const std::filesystem::path& scratch,
                                 const std::vector<std::string>& arguments,
                                 const std::string& input = "",
                                 const std::filesystem::path& program = SACCADE_PROGRAM) {
  RunningProgram running(scratch, arguments, input, program);
  const int code = running.wait();
  return {code, running.out(), running.err()};
}

}  // namespace saccade::test
