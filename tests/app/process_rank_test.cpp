#include "process_rank.h"

#include <map>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arguments.h"

namespace saccade::app {
namespace {

using ::testing::HasSubstr;

using Variables = std::map<std::string, std::string>;

Environment environment_of(const Variables& variables) {
  return [=](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

/// The process group for these variables.
ProcessGroupOptions with(const Variables& variables) {
  return process_group_of(environment_of(variables));
}

std::string device(const std::string& name, const Variables& variables) {
  return device_of_process(name, environment_of(variables));
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

TEST(ProcessRank, ReadsTheVariablesOfMpich) {
  const auto options = with({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}, {"MASTER_ADDR", "n1"}});
  EXPECT_EQ(options.rank, 1);
  EXPECT_EQ(options.processes, 2);
  EXPECT_EQ(options.address, "n1");
}

TEST(ProcessRank, ReadsTheVariablesOfSrun) {
  Variables variables{{"SLURM_PROCID", "5"},         {"SLURM_NTASKS", "8"},
                      {"SLURM_STEP_NUM_TASKS", "8"}, {"SLURM_STEP_NUM_NODES", "2"},
                      {"SLURM_JOB_ID", "1234567"},   {"SLURM_STEP_NODELIST", "gpu[07-08]"}};
  const auto options = with(variables);
  EXPECT_EQ(options.rank, 5);
  EXPECT_EQ(options.processes, 8);
  EXPECT_EQ(options.address, "gpu07");
  EXPECT_EQ(options.port, 24567);
  variables["MASTER_ADDR"] = "10.0.0.1";
  variables["MASTER_PORT"] = "4321";
  EXPECT_EQ(with(variables).address, "10.0.0.1");
  EXPECT_EQ(with(variables).port, 4321);
  EXPECT_EQ(with({{"SLURM_PROCID", "1"},
                  {"SLURM_STEP_NUM_TASKS", "2"},
                  {"SLURM_STEP_NUM_NODES", "1"},
                  {"SLURM_STEP_NODELIST", "n1"}})
                .address,
            "127.0.0.1");
}

TEST(ProcessRank, IsOneProcessInABatchScriptOfSlurm) {
  EXPECT_EQ(with({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}, {"SLURM_JOB_ID", "1"}}).processes,
            1);
}

TEST(ProcessRank, TakesMpirunBeforeSrun) {
  const auto options = with({{"OMPI_COMM_WORLD_RANK", "1"},
                             {"OMPI_COMM_WORLD_SIZE", "2"},
                             {"SLURM_PROCID", "0"},
                             {"SLURM_STEP_NUM_TASKS", "1"}});
  EXPECT_EQ(options.rank, 1);
  EXPECT_EQ(options.processes, 2);
}

TEST(ProcessRank, FindsTheFirstHostOfAList) {
  EXPECT_EQ(first_host("n1"), "n1");
  EXPECT_EQ(first_host("n1,n2"), "n1");
  EXPECT_EQ(first_host("n[07-09,12],login"), "n07");
  EXPECT_EQ(first_host("n[3,5]"), "n3");
  EXPECT_EQ(first_host("rack[1-2]n[04-05].cluster,x"), "rack1n04.cluster");
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
  EXPECT_EQ(device("cuda", {{"SLURM_LOCALID", "2"}}), "cuda:2");
  EXPECT_EQ(device("cuda", {}), "cuda");
  EXPECT_EQ(device("cuda:2", {{"LOCAL_RANK", "1"}}), "cuda:2");
  EXPECT_EQ(device("cpu", {{"LOCAL_RANK", "1"}}), "cpu");
  EXPECT_THROW(device("cuda", {{"LOCAL_RANK", "first"}}), UsageError);
}

}  // namespace
}  // namespace saccade::app
