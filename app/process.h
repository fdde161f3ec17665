#pragma once

#include <atomic>
#include <cstdint>

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

}  // namespace saccade::app
