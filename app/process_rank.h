#pragma once

#include <string>

#include "saccade/training/process_group.h"

namespace saccade::app {

/// The rank of this process, from the environment that the process launcher sets:
///   torchrun and others   RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT
///   Open MPI's mpirun     OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE; on several machines also
///                         MASTER_ADDR and MASTER_PORT
/// GLOO_SOCKET_IFNAME names the network interface. Without rank and size there is one process.
/// @throws UsageError naming a variable that is not set or out of range
ProcessGroupOptions process_group_from_environment();

/// The device of this process for a device name that all processes share: `cuda` becomes `cuda:N`,
/// with N the local rank (LOCAL_RANK or OMPI_COMM_WORLD_LOCAL_RANK) if it is set.
/// @throws UsageError if the local rank is not a number from 0 to 127
std::string device_of_process(const std::string& name);

}  // namespace saccade::app
