#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "saccade/training/process_group.h"

namespace saccade::app {

/// Configures the process; call it once, before anything else. The allocator keeps large blocks
/// (page faults would otherwise cost more than the arithmetic), oneDNN caches all compiled matrix
/// products and convolutions (see pad_rows), and OpenCV prints nothing.
void prepare_process();

/// Sets the number of threads for matrix products and convolutions; 0: one per available CPU.
void set_threads(std::int64_t threads);

/// The number of CPUs that this process may use, ≥ 1.
std::int64_t available_processors();

/// Makes the first SIGINT or SIGTERM set the returned flag; a second one ends the process.
/// @param last_words  if given, a process that still runs 0.7 s after the first signal prints this
///                    to stderr and ends with exit code 1, whatever its threads are doing. Must be
///                    a literal.
const std::atomic<bool>& catch_interrupts(const char* last_words = nullptr);

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
