#include "saccade/io/sha256.h"

#include <stdexcept>

#include <openssl/evp.h>

namespace saccade {

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("this machine's OpenSSL cannot compute SHA-256");
  }
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text.push_back("0123456789abcdef"[digest[i] >> 4]);
    text.push_back("0123456789abcdef"[digest[i] & 15]);
  }
  return text;
}

}  // namespace saccade
