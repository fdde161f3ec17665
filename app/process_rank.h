#pragma once

#include <functional>
#include <optional>
#include <string>

#include "saccade/training/process_group.h"

namespace saccade::app {

/// Gives the value of an environment variable; std::nullopt if it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
/// The environment of this process.
std::optional<std::string> environment_variable(const std::string& name);

/// The rank of this process, from the variables that the program that started it sets, the first of
///   torchrun and others      RANK, WORLD_SIZE
///   mpirun of Open MPI       OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE
///   mpirun of MPICH, Intel   PMI_RANK, PMI_SIZE
///   srun                     SLURM_PROCID, SLURM_STEP_NUM_TASKS
/// MASTER_ADDR and MASTER_PORT say where rank 0 listens; under srun, the default is the first node
/// of the step, at a port that depends on the job. GLOO_SOCKET_IFNAME names the network interface.
/// Without rank and size there is one process, also in a batch script of Slurm.
/// @throws UsageError naming a variable that is not set or out of range
ProcessGroupOptions process_group_of(const Environment& environment);

/// The first host of a list as Slurm writes it, e.g. "n07" of "n[07-09,12],login".
std::string first_host(const std::string& list);

/// The device of this process for a device name that all processes share: `cuda` becomes `cuda:N`,
/// with N the rank within the machine (LOCAL_RANK, OMPI_COMM_WORLD_LOCAL_RANK, MPI_LOCALRANKID or
/// SLURM_LOCALID) if it is set.
/// @throws UsageError if that is not a number from 0 to 127
std::string device_of_process(const std::string& name, const Environment& environment);

}  // namespace saccade::app
