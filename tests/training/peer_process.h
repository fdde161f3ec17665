#pragma once

#include <arpa/inet.h>
#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "saccade/training/process_group.h"

namespace saccade::test {

/// A free port below the range of ephemeral ports, which could be taken again before the processes
/// connect.
inline std::uint16_t free_port() {
  static std::uint32_t next = static_cast<std::uint32_t>(::getpid()) * 7;
  for (;;) {
    const auto port = static_cast<std::uint16_t>(20000 + next++ % 12000);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool free = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    if (free) return port;
  }
}

inline ProcessGroupOptions peer_options(std::int64_t rank, std::uint16_t port) {
  ProcessGroupOptions options;
  options.rank = rank;
  options.processes = 2;
  options.port = port;
  options.timeout_seconds = 60;
  return options;
}

/// Runs the current test again in another process, as rank 1.
class Peer {
 public:
  Peer(std::uint16_t port, const std::filesystem::path& output) {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    const std::string filter =
        std::string("--gtest_filter=") + info->test_suite_name() + "." + info->name();
    process_ = ::fork();
    if (process_ != 0) return;
    ::unsetenv("GTEST_TOTAL_SHARDS");  // the test must run regardless of its shard
    ::unsetenv("GTEST_SHARD_INDEX");
    ::setenv("SACCADE_TEST_PORT", std::to_string(port).c_str(), 1);
    ::setenv("SACCADE_TEST_OUTPUT", output.c_str(), 1);
    ::execl("/proc/self/exe", "test", filter.c_str(), "--gtest_brief=1", nullptr);
    ::_exit(127);
  }
  ~Peer() { wait(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  int wait() {
    int status = 0;
    if (process_ > 0) ::waitpid(process_, &status, 0);
    process_ = -1;
    return status;
  }
  /// In the other process, the port to connect to; otherwise nothing.
  static std::optional<std::uint16_t> port() {
    const char* port = std::getenv("SACCADE_TEST_PORT");
    if (port == nullptr) return std::nullopt;
    return static_cast<std::uint16_t>(std::stoi(port));
  }

 private:
  pid_t process_ = -1;
};

}  // namespace saccade::test
