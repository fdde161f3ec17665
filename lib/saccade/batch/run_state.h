#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/batch/shard.h"
#include "saccade/io/locked_file.h"

namespace saccade {

/// What a run of `batch` is: what its results depend on, and how far it has come. Written as JSON
/// beside the output; docs/schemas/batch-state.schema.json describes the file.
struct RunManifest {
  std::string program;               ///< version of the program
  std::vector<std::string> command;  ///< the command line, for people
  nlohmann::ordered_json options = nlohmann::ordered_json::object();  ///< name to value
  std::string model;                                                  ///< as given
  std::string model_sha256;  ///< of everything in the model that results depend on
  std::string cpu;           ///< class of the CPU, by the instruction set that is used, or "cuda"
  std::string precision;     ///< of the computation: "float32"
  Shard shard;               ///< count 1: the whole run
  bool complete = false;     ///< every image has a row
  std::int64_t captioned = 0, failed = 0;  ///< rows, once complete
};

/// @throws std::runtime_error naming `path` for a text that write_manifest did not write.
RunManifest parse_manifest(const std::string& text, const std::filesystem::path& path);
std::string manifest_text(const RunManifest& manifest);

/// In what the runs differ, as far as results depend on it: "--beam was 3 and is now 5", …
std::vector<std::string> differences(const RunManifest& earlier, const RunManifest& now);

/// The manifest of a run on disk. It is locked while this object exists, so that an output has one
/// writer.
class RunState {
 public:
  /// What the user permits.
  struct Permission {
    bool force = false;  ///< to continue an output of another model or other options
    /// To replace an output, except that of the same command line when it was interrupted.
    bool overwrite = false;
  };

  /// Decides whether the run continues an output or starts a new one, and notes that it is running.
  /// @param file    the manifest
  /// @param output  the output, which may not exist
  /// @throws std::runtime_error if another run uses the manifest, or it cannot be written;
  ///         std::invalid_argument if an output would be lost or mixed without permission. Nothing
  ///         is changed then.
  RunState(const std::filesystem::path& file, const std::filesystem::path& output,
           const RunManifest& now, const Permission& permission);

  /// Whether the run continues the output.
  bool resumes() const { return resumes_; }

  /// Notes that every image has a row.
  void complete(std::int64_t captioned, std::int64_t failed);

 private:
  bool decide(const std::filesystem::path& output, const Permission& permission) const;

  std::filesystem::path path_;
  LockedFile file_;
  RunManifest manifest_;
  bool resumes_ = false;
};

}  // namespace saccade
