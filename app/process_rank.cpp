#include "process_rank.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <system_error>

#include "arguments.h"

namespace saccade::app {
namespace {

/// The variables by which one kind of launcher tells a process its place.
struct Launcher {
  const char* rank;
  const char* size;
  const char* local_rank;
};

constexpr Launcher kTorchrun{"RANK", "WORLD_SIZE", "LOCAL_RANK"};
constexpr Launcher kOpenMpi{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
                            "OMPI_COMM_WORLD_LOCAL_RANK"};
constexpr Launcher kMpich{"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"};
// SLURM_NTASKS is also set in a batch script, which is one process. The number of tasks of a step
// is set by srun only.
constexpr Launcher kSrun{"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"};

std::int64_t whole_number(const Environment& environment, const std::string& name, std::int64_t low,
                          std::int64_t high) {
  const auto text = environment(name);
  const std::string expected =
      "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  if (!text) {
    throw UsageError("environment variable " + name + " is not set, expected " + expected +
                     "; start the processes with torchrun, mpirun or srun");
  }
  std::int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < low || number > high) {
    throw UsageError("environment variable " + name + " is \"" + *text + "\", expected " +
                     expected);
  }
  return number;
}

/// Where rank 0 listens, unless MASTER_ADDR and MASTER_PORT say so.
void find_first_process(const Environment& environment, ProcessGroupOptions& options) {
  constexpr std::int64_t kFirstPort = 20000, kPorts = 10000, kMaxJob = INT64_MAX;
  const bool one_node = environment("SLURM_STEP_NUM_NODES").value_or("1") == "1";
  const auto nodes = environment("SLURM_STEP_NODELIST");
  if (!one_node && nodes) options.address = first_host(*nodes);
  // Jobs that share a node need different ports.
  if (!environment("SLURM_JOB_ID")) return;
  const std::int64_t job = whole_number(environment, "SLURM_JOB_ID", 0, kMaxJob);
  options.port = static_cast<std::uint16_t>(kFirstPort + job % kPorts);
}

}  // namespace

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

ProcessGroupOptions process_group_of(const Environment& environment) {
  constexpr std::int64_t kMax = 100000;
  ProcessGroupOptions options;
  const Launcher* launcher = nullptr;
  for (const Launcher* one : {&kTorchrun, &kOpenMpi, &kMpich}) {
    const bool started = environment(one->rank) || environment(one->size);
    if (launcher == nullptr && started) launcher = one;
  }
  if (launcher == nullptr && environment(kSrun.size)) launcher = &kSrun;
  if (launcher == nullptr) return options;
  options.processes = whole_number(environment, launcher->size, 1, kMax);
  options.rank = whole_number(environment, launcher->rank, 0, options.processes - 1);
  if (launcher == &kSrun) find_first_process(environment, options);
  if (const auto address = environment("MASTER_ADDR")) options.address = *address;
  if (environment("MASTER_PORT")) {
    options.port = static_cast<std::uint16_t>(whole_number(environment, "MASTER_PORT", 1, 65535));
  }
  options.interface = environment("GLOO_SOCKET_IFNAME").value_or("");
  return options;
}

std::string first_host(const std::string& list) {
  const std::size_t end = list.find_first_of(",[");
  std::string host = list.substr(0, end);
  if (end == std::string::npos || list[end] == ',') return host;
  const std::size_t closing = list.find(']', end);
  host += list.substr(end + 1, list.find_first_of(",-]", end) - end - 1);
  if (closing == std::string::npos) return host;
  // Names may go on after the brackets, as in "rack[1-2]n[1-4]".
  return host + first_host(list.substr(closing + 1));
}

std::string device_of_process(const std::string& name, const Environment& environment) {
  if (name != "cuda") return name;
  constexpr std::int64_t kMax = 127;
  for (const Launcher& launcher : {kTorchrun, kOpenMpi, kMpich, kSrun}) {
    if (!environment(launcher.local_rank)) continue;
    return name + ":" + std::to_string(whole_number(environment, launcher.local_rank, 0, kMax));
  }
  return name;
}

}  // namespace saccade::app
