#include "saccade/io/tar_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <exception>
#include <new>
#include <stdexcept>

#include "saccade/io/tar_file.h"

namespace saccade {
namespace {

constexpr char kOwner[] = "saccade";

la_ssize_t write_bytes(archive* writer, void* file, const void* bytes, std::size_t count) {
  try {
    static_cast<DurableFile*>(file)->write(bytes, count);
    return static_cast<la_ssize_t>(count);
  } catch (const std::exception& error) {
    ::archive_set_error(writer, EIO, "%s", error.what());
    return -1;
  }
}

}  // namespace

TarWriter::TarWriter(const std::filesystem::path& path)
    : path_(path), file_(path), archive_(::archive_write_new(), &::archive_write_free) {
  if (!archive_) throw std::bad_alloc();
  ::archive_write_set_format_gnutar(archive_.get());
  ::archive_write_set_bytes_in_last_block(archive_.get(), 1);
  if (::archive_write_open(archive_.get(), &file_, nullptr, &write_bytes, nullptr) != ARCHIVE_OK) {
    fail();
  }
}

/// An archive that is not committed is closed before the file that it writes to.
TarWriter::~TarWriter() = default;

void TarWriter::fail() const {
  const char* reason = ::archive_error_string(archive_.get());
  throw std::runtime_error("tar archive \"" + path_.string() + "\" cannot be written: " +
                           (reason != nullptr ? reason : "unknown error"));
}

void TarWriter::add(const std::string& name, std::string_view bytes) {
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(::archive_entry_new(),
                                                                       &::archive_entry_free);
  if (!entry) throw std::bad_alloc();
  ::archive_entry_set_pathname(entry.get(), name.c_str());
  ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
  ::archive_entry_set_filetype(entry.get(), AE_IFREG);
  ::archive_entry_set_perm(entry.get(), 0644);
  ::archive_entry_set_uname(entry.get(), kOwner);
  ::archive_entry_set_mtime(entry.get(), 0, 0);
  if (::archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK ||
      ::archive_write_data(archive_.get(), bytes.data(), bytes.size()) !=
          static_cast<la_ssize_t>(bytes.size())) {
    fail();
  }
}

void TarWriter::commit() {
  if (::archive_write_close(archive_.get()) != ARCHIVE_OK) fail();
  file_.commit();
}

bool is_written_by_saccade(const std::filesystem::path& archive) {
  try {
    TarStream stream(archive);
    return stream.next() && stream.owner() == kOwner;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace saccade
