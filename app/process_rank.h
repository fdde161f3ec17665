#pragma once

#include "saccade/training/process_group.h"

namespace saccade::app {

/// Which of several processes this is, by the environment that its starter set:
///   torchrun and its like   RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT
///   Open MPI's mpirun       OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE; MASTER_ADDR and
///                           MASTER_PORT where the processes run on several machines
/// GLOO_SOCKET_IFNAME names the network interface. Without any of these it is the only one.
/// @throws UsageError naming the variable that is missing or is no number of the kind
ProcessGroupOptions process_group_from_environment();

}  // namespace saccade::app
