#include <cstdlib>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arguments.h"
#include "process.h"

namespace saccade::app {
namespace {

using ::testing::HasSubstr;

using Variables = std::map<std::string, std::string>;

/// Sets these variables and unsets the others that are read.
void set(const Variables& variables) {
  for (const char* name :
       {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "OMPI_COMM_WORLD_RANK",
        "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "GLOO_SOCKET_IFNAME"}) {
    ::unsetenv(name);
  }
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
}

/// The variables while it lives; none afterwards, since programs that later tests start inherit
/// them.
class Environment {
 public:
  explicit Environment(const Variables& variables) { set(variables); }
  ~Environment() { set({}); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
};

/// The process group for these variables.
ProcessGroupOptions with(const Variables& variables) {
  const Environment environment(variables);
  return process_group_from_environment();
}

std::string device(const std::string& name, const Variables& variables) {
  const Environment environment(variables);
  return device_of_process(name);
}

std::string refusal(const Variables& variables) {
  try {
    with(variables);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ProcessRank, IsTheOnlyProcessByDefault) {
  EXPECT_EQ(with({}).processes, 1);
  EXPECT_EQ(with({{"MASTER_ADDR", "10.0.0.1"}}).rank, 0);
}

TEST(ProcessRank, ReadsTheVariablesOfTorchrun) {
  const auto options = with({{"RANK", "3"},
                             {"WORLD_SIZE", "4"},
                             {"MASTER_ADDR", "10.0.0.1"},
                             {"MASTER_PORT", "4321"},
                             {"GLOO_SOCKET_IFNAME", "eth1"}});
  EXPECT_EQ(options.rank, 3);
  EXPECT_EQ(options.processes, 4);
  EXPECT_EQ(options.address, "10.0.0.1");
  EXPECT_EQ(options.port, 4321);
  EXPECT_EQ(options.interface, "eth1");
}

TEST(ProcessRank, ReadsTheVariablesOfMpirun) {
  const auto options = with({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}});
  EXPECT_EQ(options.rank, 1);
  EXPECT_EQ(options.processes, 2);
  EXPECT_EQ(options.address, "127.0.0.1");
}

TEST(ProcessRank, NamesAMissingOrInvalidVariable) {
  EXPECT_THAT(refusal({{"RANK", "0"}}), HasSubstr("WORLD_SIZE is not set"));
  EXPECT_THAT(refusal({{"WORLD_SIZE", "2"}}), HasSubstr("RANK is not set"));
  EXPECT_THAT(refusal({{"RANK", "2"}, {"WORLD_SIZE", "2"}}),
              HasSubstr("RANK is \"2\", expected a whole number from 0 to 1"));
  EXPECT_THAT(refusal({{"RANK", "0"}, {"WORLD_SIZE", "two"}}), HasSubstr("WORLD_SIZE is \"two\""));
  EXPECT_THAT(refusal({{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_PORT", "70000"}}),
              HasSubstr("MASTER_PORT is \"70000\""));
}

TEST(ProcessRank, AssignsEachLocalProcessItsOwnGpu) {
  EXPECT_EQ(device("cuda", {{"RANK", "5"}, {"LOCAL_RANK", "1"}}), "cuda:1");
  EXPECT_EQ(device("cuda", {{"OMPI_COMM_WORLD_LOCAL_RANK", "3"}}), "cuda:3");
  EXPECT_EQ(device("cuda", {}), "cuda");
  EXPECT_EQ(device("cuda:2", {{"LOCAL_RANK", "1"}}), "cuda:2");
  EXPECT_EQ(device("cpu", {{"LOCAL_RANK", "1"}}), "cpu");
  EXPECT_THROW(device("cuda", {{"LOCAL_RANK", "first"}}), UsageError);
}

}  // namespace
}  // namespace saccade::app
