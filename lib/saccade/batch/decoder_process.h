#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "saccade/batch/preparation.h"
#include "saccade/image/image.h"
#include "saccade/image/prepare.h"

namespace saccade {

/// How images are decoded in processes of their own.
struct IsolationOptions {
  std::filesystem::path program;  ///< that calls serve_decoder
  /// Limit for decoding and preparing an image. Reading its file and waiting for memory do not
  /// count.
  std::chrono::milliseconds timeout = std::chrono::seconds(60);
  std::int64_t memory = std::int64_t(1) << 30;  ///< bytes that a process may use beside its code
};

/// Does what prepare_from_disk does, with the same results, but decodes in child processes, one for
/// each thread that prepares an image at the time. A crash, an endless loop or too much memory in a
/// codec ends only the process. Its image gets an error that says so, and the next one a new
/// process. The processes end with this one, however it ends. The decoders of all processes
/// together stay within the limit of decode_memory.h.
/// @throws std::runtime_error if the program cannot be started.
PrepareFunction prepare_in_processes(const InputConfig& config, const LoadOptions& options,
                                     const IsolationOptions& isolation);

/// The other side: decodes images for the process that started this one, which its standard input
/// and output are connected to, until that process ends.
/// @return the exit code
int serve_decoder();

}  // namespace saccade
