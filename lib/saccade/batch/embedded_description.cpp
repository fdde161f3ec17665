#include "saccade/batch/embedded_description.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>
#include <vector>

#ifdef SACCADE_WITH_EXIV2
#include <exiv2/exiv2.hpp>
#endif

#include "saccade/io/durable_file.h"

namespace saccade {

bool has_writable_metadata(FileFormat format) {
  return format == FileFormat::jpeg || format == FileFormat::png || format == FileFormat::webp ||
         format == FileFormat::tiff || format == FileFormat::jpeg_2000;
}

#ifdef SACCADE_WITH_EXIV2

namespace fs = std::filesystem;

namespace {

constexpr char kDcDescription[] = "Xmp.dc.description";
constexpr char kSaccadeDescription[] = "Xmp.saccade.Description";
constexpr char kIptcCaption[] = "Iptc.Application2.Caption";
constexpr char kIptcCharset[] = "Iptc.Envelope.CharacterSet";
constexpr char kExifDescription[] = "Exif.Image.ImageDescription";
constexpr std::size_t kMaxIptcCaption = 2000;
constexpr char kUtf8Charset[] = "\x1B%G";  // ISO 2022

/// Exiv2's XMP toolkit has global state.
std::unique_lock<std::mutex> exiv2() {
  static std::mutex mutex;
  std::unique_lock lock(mutex);
  static const bool once = [] {
    Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
    Exiv2::XmpParser::initialize();
    Exiv2::XmpProperties::registerNs(kXmpNamespace, "saccade");
    return true;
  }();
  static_cast<void>(once);
  return lock;
}

std::vector<Exiv2::byte> contents_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::invalid_argument("it cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Calls `action`, and says in Saccade's words that Exiv2 has failed.
template <typename Action>
auto with_exiv2(Action&& action) {
  const auto lock = exiv2();
  try {
    return action();
  } catch (const std::invalid_argument&) {
    throw;
  } catch (const std::exception& error) {
    throw std::invalid_argument(std::string("Exiv2 cannot read or write its metadata: ") +
                                error.what());
  }
}

bool writes(Exiv2::Image& image, Exiv2::MetadataId metadata) {
  const Exiv2::AccessMode mode = image.checkMode(metadata);
  return mode == Exiv2::amWrite || mode == Exiv2::amReadWrite;
}

template <typename Data, typename Key>
std::string text_of(const Data& data, const Key& key) {
  const auto found = data.findKey(key);
  const std::string text = found == data.end() ? "" : found->toString();
  return text.find_first_not_of(" \t\r\n") == std::string::npos ? "" : text;
}

const Exiv2::LangAltValue* alternatives_in(const Exiv2::XmpData& xmp) {
  const auto found = xmp.findKey(Exiv2::XmpKey(kDcDescription));
  return found == xmp.end() ? nullptr : dynamic_cast<const Exiv2::LangAltValue*>(&found->value());
}

std::string xmp_text(const Exiv2::XmpData& xmp) {
  if (const auto* alternatives = alternatives_in(xmp)) {
    const auto usual = alternatives->value_.find("x-default");
    if (usual != alternatives->value_.end() && !usual->second.empty()) return usual->second;
    for (const auto& [language, text] : alternatives->value_) {
      if (!text.empty()) return text;
    }
    return "";
  }
  return text_of(xmp, Exiv2::XmpKey(kDcDescription));
}

/// The beginning of a text that has at most so many bytes, in whole UTF-8 characters.
std::string beginning_of(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void set_xmp(Exiv2::XmpData& xmp, const std::string& text) {
  Exiv2::LangAltValue alternatives;
  if (const auto* old = alternatives_in(xmp)) alternatives.value_ = old->value_;
  alternatives.value_["x-default"] = text;
  xmp[kDcDescription].setValue(&alternatives);
  xmp[kSaccadeDescription] = text;
}

void set_iptc(Exiv2::IptcData& iptc, const std::string& text) {
  const auto caption = iptc.findKey(Exiv2::IptcKey(kIptcCaption));
  if (caption != iptc.end()) iptc.erase(caption);
  if (!is_ascii(text)) {
    const bool others_are_ascii = std::all_of(
        iptc.begin(), iptc.end(), [](const auto& one) { return is_ascii(one.toString()); });
    const auto charset = iptc.findKey(Exiv2::IptcKey(kIptcCharset));
    const bool utf8 = charset != iptc.end() && charset->toString() == kUtf8Charset;
    if (!utf8 && !others_are_ascii) return;
    iptc[kIptcCharset] = std::string(kUtf8Charset);
  }
  iptc[kIptcCaption] = beginning_of(text, kMaxIptcCaption);
}

std::vector<Exiv2::byte> with_metadata(const std::vector<Exiv2::byte>& bytes,
                                       const std::string& text) {
  const auto image = Exiv2::ImageFactory::open(bytes.data(), bytes.size());
  image->readMetadata();
  if (!writes(*image, Exiv2::mdXmp)) throw std::invalid_argument("its format holds no XMP");
  set_xmp(image->xmpData(), text);
  if (writes(*image, Exiv2::mdIptc)) set_iptc(image->iptcData(), text);
  if (writes(*image, Exiv2::mdExif)) image->exifData()[kExifDescription] = text;
  image->writeMetadata();
  Exiv2::BasicIo& written = image->io();
  if (written.open() != 0) throw std::runtime_error("the result cannot be read");
  std::vector<Exiv2::byte> result(written.size());
  if (static_cast<std::size_t>(written.read(result.data(), written.size())) != result.size()) {
    throw std::runtime_error("the result cannot be read");
  }
  return result;
}

/// What tells whether a file has changed.
auto state_of(const struct stat& status) {
  return std::make_tuple(status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                         status.st_mtim.tv_nsec);
}

struct stat status_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw std::invalid_argument("it does not exist");
  return status;
}

}  // namespace

std::optional<ImageDescription> embedded_description(const fs::path& image) {
  return with_exiv2([&]() -> std::optional<ImageDescription> {
    const auto opened = Exiv2::ImageFactory::open(image.string());
    opened->readMetadata();
    const std::string xmp = xmp_text(opened->xmpData());
    const std::string iptc = text_of(opened->iptcData(), Exiv2::IptcKey(kIptcCaption));
    const std::string exif = text_of(opened->exifData(), Exiv2::ExifKey(kExifDescription));
    ImageDescription found;
    found.text = !xmp.empty() ? xmp : !iptc.empty() ? iptc : exif;
    if (found.text.empty()) return std::nullopt;
    const std::string own = text_of(opened->xmpData(), Exiv2::XmpKey(kSaccadeDescription));
    found.by_saccade = xmp == own && (iptc.empty() || iptc == beginning_of(own, kMaxIptcCaption)) &&
                       (exif.empty() || exif == own);
    return found;
  });
}

void require_embeddable(const fs::path& image) {
  const struct stat status = status_of(image);
  if (!S_ISREG(status.st_mode)) throw std::invalid_argument("it is not a regular file");
  if ((status.st_mode & 0222) == 0 || ::access(image.c_str(), W_OK) != 0) {
    throw std::invalid_argument("it is read-only");
  }
  if (status.st_nlink > 1) {
    throw std::invalid_argument("it has " + std::to_string(status.st_nlink) +
                                " names (hard links), of which one would get the caption");
  }
  std::ifstream in(image, std::ios::binary);
  std::vector<std::uint8_t> start(kIdentifyingBytes);
  in.read(reinterpret_cast<char*>(start.data()), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  const FileFormat format = identify_format(ByteView(start.data(), start.size()));
  if (!has_writable_metadata(format)) {
    throw std::invalid_argument(std::string("Exiv2 cannot write ") + to_string(format) + " files");
  }
}

void embed_description(const fs::path& image, const std::string& description) {
  require_embeddable(image);
  const struct stat before = status_of(image);
  const auto bytes = with_exiv2([&] { return with_metadata(contents_of(image), description); });
  DurableFile file(image);
  file.write(bytes.data(), bytes.size());
  if (state_of(before) != state_of(status_of(image))) {
    throw std::invalid_argument("it was changed while it was captioned");
  }
  file.commit();
}

#else

namespace {

[[noreturn]] void refuse_without_exiv2() {
  throw std::logic_error("this build has no Exiv2: SACCADE_WITH_EXIV2 is off");
}

}  // namespace

std::optional<ImageDescription> embedded_description(const std::filesystem::path&) {
  refuse_without_exiv2();
}
void require_embeddable(const std::filesystem::path&) { refuse_without_exiv2(); }
void embed_description(const std::filesystem::path&, const std::string&) { refuse_without_exiv2(); }

#endif

}  // namespace saccade
