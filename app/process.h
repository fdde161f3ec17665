#pragma once

#include <atomic>
#include <cstdint>

namespace saccade::app {

/// Settings of the whole process, made once before anything else: the allocator keeps large blocks
/// (page faults would otherwise cost more than the arithmetic), oneDNN keeps all products and
/// convolutions that it has compiled (see even_rows.h), and OpenCV prints nothing.
void prepare_process();

/// Threads for matrix products and convolutions; 0 takes one per processor that this process may
/// use.
void set_threads(std::int64_t threads);

/// The processors that this process may use, ≥ 1.
std::int64_t available_processors();

/// From now on SIGINT and SIGTERM only set this flag, the second one ends the process.
const std::atomic<bool>& catch_interrupts();

}  // namespace saccade::app
