#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

namespace saccade::test {

/// The header of a tar member, as POSIX describes it. @param type  '0' file, '2' link, '5' folder
inline std::string tar_header(const std::string& name, std::size_t size, char type = '0',
                              const std::string& target = "") {
  std::string header(512, '\0');
  char number[13];
  header.replace(0, name.size(), name);
  header.replace(100, 7, "0000644");
  std::snprintf(number, sizeof number, "%011zo", size);
  header.replace(124, 11, number);
  header.replace(136, 11, "00000000000");
  header.replace(148, 8, "        ");
  header[156] = type;
  header.replace(157, target.size(), target);
  header.replace(257, 8, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  std::snprintf(number, sizeof number, "%06o", sum);
  header.replace(148, 7, std::string(number, 7));
  return header;
}

/// A file in a tar archive: its header, and its bytes up to a multiple of 512.
inline std::string tar_file(const std::string& name, const std::string& bytes) {
  return tar_header(name, bytes.size()) + bytes +
         std::string((512 - bytes.size() % 512) % 512, '\0');
}

/// Bytes that begin as those of a JPEG.
inline std::string jpeg_like(std::size_t size, char fill = 'x') {
  return "\xFF\xD8\xFF" + std::string(size - 3, fill);
}

/// The end of every tar archive.
inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace saccade::test
