#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "saccade/io/durable_file.h"

struct archive;

namespace saccade {

/// Writes a tar archive of small files, plain and in the format of GNU tar, which holds names of
/// any length and any bytes. The same members give the same bytes. As with DurableFile, the archive
/// has its name only when it is whole. All errors are std::runtime_error that name the archive.
class TarWriter {
 public:
  explicit TarWriter(const std::filesystem::path& path);
  ~TarWriter();
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;

  void add(const std::string& name, std::string_view bytes);
  void commit();

 private:
  [[noreturn]] void fail() const;

  const std::filesystem::path path_;
  DurableFile file_;
  std::unique_ptr<archive, int (*)(archive*)> archive_;
};

/// Whether the file is a tar archive that TarWriter wrote, by the owner of its first member.
bool is_written_by_saccade(const std::filesystem::path& archive);

}  // namespace saccade
