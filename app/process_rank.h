#pragma once

#include <string>

#include "saccade/training/process_group.h"

namespace saccade::app {

/// Which of several processes this is, by the environment that its starter set:
///   torchrun and its like   RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT
///   Open MPI's mpirun       OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE; MASTER_ADDR and
///                           MASTER_PORT where the processes run on several machines
/// GLOO_SOCKET_IFNAME names the network interface. Without any of these it is the only one.
/// @throws UsageError naming the variable that is missing or is no number of the kind
ProcessGroupOptions process_group_from_environment();

/// A device by the name that was given to all processes: `cuda` is each one's own, numbered by its
/// place on the machine (LOCAL_RANK, OMPI_COMM_WORLD_LOCAL_RANK) where the starter says it.
std::string device_of_process(const std::string& name);

}  // namespace saccade::app
