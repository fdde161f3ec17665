#include "saccade/batch/source.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fnmatch.h>
#include <fstream>
#include <glob.h>
#include <iconv.h>
#include <iterator>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "saccade/io/csv.h"
#include "saccade/io/file_format.h"
#include "saccade/io/tar_file.h"
#include "saccade/io/text_file.h"
#include "saccade/io/unicode.h"

namespace saccade {

namespace fs = std::filesystem;

namespace {

constexpr const char* kStandardInput = "standard input";
constexpr const char* kPathColumns[] = {"path",  "file_path", "filepath",  "image_path",
                                        "image", "file",      "file_name", "filename"};

/// @param path  below the folder, or as written in a list
bool matches(const std::vector<std::string>& patterns, const fs::path& path) {
  const std::string name = path.filename().string();
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    const bool whole = pattern.find('/') != std::string::npos;
    return ::fnmatch(pattern.c_str(), whole ? path.c_str() : name.c_str(), 0) == 0;
  });
}

bool is_wanted(const SourceOptions& options, const fs::path& path) {
  return (options.include.empty() || matches(options.include, path)) &&
         !matches(options.exclude, path);
}

/// Files that operating systems keep beside images, hidden files and trash folders.
bool is_hidden(const fs::path& name) {
  const std::string text = name.string();
  if (!text.empty() && text.front() == '.') return true;
  static constexpr std::array kKept{"@eadir",   "thumbs",       "thumbs.db",
                                    "__macosx", "$recycle.bin", "#recycle"};
  return std::find(kKept.begin(), kKept.end(), lower_ascii(text)) != kKept.end();
}

bool leads_nowhere(const fs::directory_entry& entry) {
  std::error_code error;
  if (!entry.is_symlink(error) || fs::exists(fs::status(entry.path(), error))) return false;
  const fs::path target = fs::read_symlink(entry.path(), error);
  return has_image_extension(entry.path()) || has_image_extension(target) ||
         has_tar_extension(entry.path().native()) || has_tar_extension(target.native());
}

bool is_tar(const fs::path& path) {
  std::error_code error;
  return has_tar_extension(path.native()) && fs::is_regular_file(path, error);
}

/// Whether a member of an archive is wanted, by the rules for files and folders of a folder.
/// @param below  the archive's path within the source, with a slash, or empty
bool is_wanted_member(const SourceOptions& options, const std::string& below,
                      const std::string& name) {
  for (std::size_t start = 0; start < name.size();) {
    const std::size_t stop = std::min(name.find('/', start), name.size());
    const std::string part = name.substr(start, stop - start);
    start = stop + 1;
    if (part.empty() || part == "." || part == "..") continue;
    if (!options.hidden && is_hidden(part)) return false;
    if (stop < name.size() && matches(options.exclude, below + name.substr(0, stop))) return false;
  }
  return is_wanted(options, below + name);
}

/// Adds the images of a tar archive, and the archive itself if not all of it can be read, so that
/// the run records an error for it.
void add_tar(const std::string& path, const std::string& below, const SourceOptions& options,
             std::vector<std::string>& paths) {
  const TarListing listing = list_tar(path);
  for (const std::string& name : listing.images) {
    if (is_wanted_member(options, below, name)) paths.push_back(path + "/" + name);
  }
  if (!listing.problem.empty()) paths.push_back(path);
}

class Walk {
 public:
  Walk(const fs::path& top, const SourceOptions& options) : top_(top), options_(options) {}

  std::vector<std::string> run() { return run_at(top_); }

  /// What `run` finds at one place.
  std::vector<std::string> run_at(const fs::path& place) {
    if (place == top_) {
      add(top_, {});
    } else if (const auto below = searched_at(place)) {
      add_entry(fs::directory_entry(place), *below);
    }
    return sorted();
  }

  std::vector<std::string> folders_at(const fs::path& place) {
    only_folders_ = true;
    run_at(place);
    return std::move(folders_);
  }

 private:
  /// The path of a place within the source, unless a folder that leads to it is not searched.
  std::optional<fs::path> searched_at(const fs::path& place) const {
    const fs::path below = place.lexically_relative(top_);
    fs::path folder;
    for (const fs::path& name : below) {
      if (!options_.hidden && is_hidden(name)) return std::nullopt;
      if (!folder.empty() && matches(options_.exclude, folder)) return std::nullopt;
      folder /= name;
    }
    return below;
  }

  std::vector<std::string> sorted() {
    std::sort(paths_.begin(), paths_.end());
    if (std::none_of(paths_.begin(), paths_.end(), is_tar)) return std::move(paths_);
    std::vector<std::string> expanded;
    const std::size_t prefix = (top_ / "").native().size();
    for (std::string& path : paths_) {
      if (is_tar(path)) {
        add_tar(path, path.substr(prefix) + "/", options_, expanded);
      } else {
        expanded.push_back(std::move(path));
      }
    }
    return expanded;
  }

  /// @param below  the folder's path within the source
  void add(const fs::path& folder, const fs::path& below) {
    if (only_folders_) folders_.push_back(folder.string());
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      const fs::path name = entries->path().filename();
      if (options_.hidden || !is_hidden(name)) add_entry(*entries, below / name);
    }
    if (error) paths_.push_back(folder.string());
  }

  void add_entry(const fs::directory_entry& entry, const fs::path& below) {
    std::error_code ignored;  // an entry that has vanished is neither folder nor file
    if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
      if (!matches(options_.exclude, below)) add(entry.path(), below);
      return;
    }
    if (only_folders_) return;
    // Which of an archive's members are wanted is decided when it is read.
    const bool tar = is_tar(entry.path()) && !matches(options_.exclude, below);
    if (!tar && !is_wanted(options_, below)) return;
    const bool image = entry.is_regular_file(ignored) &&
                       (has_image_extension(entry.path()) || image_format_of_file(entry.path()));
    if (tar || image || leads_nowhere(entry)) paths_.push_back(entry.path().string());
  }

  const fs::path& top_;
  const SourceOptions& options_;
  bool only_folders_ = false;
  std::vector<std::string> paths_;
  std::vector<std::string> folders_;
};

bool is_pattern(const std::string& source) {
  return source.find_first_of("*?[") != std::string::npos;
}

/// The existing paths that match a shell pattern, sorted.
std::vector<std::string> matching_paths(const std::string& pattern) {
  glob_t found{};
  const int status = ::glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::string> paths;
  if (status == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  std::sort(paths.begin(), paths.end());
  if (paths.empty()) throw std::runtime_error("no file or folder matches " + pattern);
  return paths;
}

/// Adds a path of a list.
void add_listed(std::string path, const SourceOptions& options, std::vector<std::string>& paths) {
  if (is_tar(path)) {
    if (!matches(options.exclude, path)) add_tar(path, path + "/", options, paths);
  } else if (is_wanted(options, path)) {
    paths.push_back(std::move(path));
  }
}

/// Converts UTF-16 with a byte order mark (as PowerShell writes) to UTF-8. Removes a UTF-8 mark.
std::string as_utf8(std::string text, const fs::path& name) {
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) return text.substr(3);
  if (text.compare(0, 2, "\xFF\xFE") != 0 && text.compare(0, 2, "\xFE\xFF") != 0) return text;
  const iconv_t converter = ::iconv_open("UTF-8", "UTF-16");
  std::string out(2 * text.size() + 4, '\0');
  char* from = text.data();
  char* to = out.data();
  std::size_t left = text.size(), room = out.size();
  const std::size_t failed = ::iconv(converter, &from, &left, &to, &room);
  ::iconv_close(converter);
  if (failed == std::size_t(-1)) {
    throw std::runtime_error("the list " + name.string() + " is invalid UTF-16; save it as UTF-8");
  }
  out.resize(out.size() - room);
  return out;
}

std::vector<std::string> split(const std::string& text, char end) {
  std::vector<std::string> paths;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t stop = std::min(text.find(end, start), text.size());
    std::string path = text.substr(start, stop - start);
    if (end == '\n' && !path.empty() && path.back() == '\r') path.pop_back();
    if (!path.empty()) paths.push_back(std::move(path));
    start = stop + 1;
  }
  return paths;
}

/// The path as written, or below the table's folder if it exists only there.
std::string resolved(const std::string& path, const fs::path& table) {
  std::error_code error;
  if (fs::path(path).is_absolute() || fs::exists(path, error)) return path;
  const fs::path beside = table.parent_path() / path;
  return fs::exists(beside, error) ? beside.string() : path;
}

std::string usual_columns() {
  std::string text;
  for (const char* name : kPathColumns) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::vector<std::string> read_csv_list(const std::string& text, const fs::path& name,
                                       const SourceOptions& options) {
  const std::vector<CsvRow> rows = parse_csv(text, name);
  const std::vector<std::string>& header = rows.front().fields;
  auto column = header.end();
  if (!options.column.empty()) {
    column = std::find(header.begin(), header.end(), options.column);
  } else {
    for (const char* usual : kPathColumns) {
      if (column == header.end()) column = std::find(header.begin(), header.end(), usual);
    }
  }
  if (column == header.end()) {
    throw std::runtime_error(name.string() + ": the header has no column " +
                             (options.column.empty()
                                  ? "of paths (" + usual_columns() + "); name it with --column"
                                  : "\"" + options.column + "\""));
  }
  const auto place = static_cast<std::size_t>(column - header.begin());
  std::vector<std::string> paths;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].fields.size() != header.size()) {
      refuse_line(name, rows[i].line,
                  "has " + std::to_string(rows[i].fields.size()) + " fields, but the header has " +
                      std::to_string(header.size()));
    }
    paths.push_back(resolved(rows[i].fields[place], name));
  }
  return paths;
}

std::string path_in(const nlohmann::json& object, const SourceOptions& options) {
  std::vector<std::string> names(std::begin(kPathColumns), std::end(kPathColumns));
  if (!options.column.empty()) names = {options.column};
  for (const std::string& name : names) {
    const auto found = object.find(name);
    if (found != object.end() && found->is_string()) return found->get<std::string>();
  }
  return "";
}

std::vector<std::string> read_json_list(const std::string& text, const fs::path& name,
                                        const SourceOptions& options) {
  std::vector<std::string> paths;
  for_each_line(text, [&](std::size_t number, const std::string& line) {
    const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
    if (!object.is_object()) refuse_line(name, number, "is not a JSON object");
    const std::string path = path_in(object, options);
    if (path.empty()) {
      refuse_line(name, number,
                  options.column.empty() ? "has no path (" + usual_columns() + ")"
                                         : "has no string \"" + options.column + "\"");
    }
    paths.push_back(resolved(path, name));
  });
  return paths;
}

bool starts_with_object(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string::npos || text[start] != '{') return false;
  const std::string first = text.substr(start, text.find('\n', start) - start);
  return nlohmann::json::parse(first, nullptr, false).is_object();
}

[[noreturn]] void refuse_nul(const fs::path& name) {
  throw std::runtime_error("the list " + name.string() +
                           " contains NUL bytes, so it is not UTF-8 text; if its paths end with "
                           "NUL, as written by find -print0, add -0; if it is UTF-16 or UTF-32, "
                           "save it as UTF-8");
}

/// The folder of which the images that a name stands for lie below.
fs::path folder_of(const std::string& name) {
  std::error_code error;
  fs::path path = fs::absolute(name).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // the name ended with a slash
  if (fs::is_directory(name, error) || is_tar(name)) return path;
  if (!names_many_images(name)) return path.parent_path();
  fs::path fixed;
  for (const fs::path& part : path.parent_path()) {
    if (is_pattern(part.string())) break;
    fixed /= part;
  }
  return fixed;
}

fs::path common_folder(const fs::path& one, const fs::path& other) {
  fs::path common;
  for (auto a = one.begin(), b = other.begin(); a != one.end() && b != other.end() && *a == *b;
       ++a, ++b) {
    common /= *a;
  }
  return common;
}

}  // namespace

bool names_many_images(const std::string& name) {
  std::error_code error;
  const fs::file_status status = fs::status(name, error);
  if (fs::is_directory(status) || is_tar(name)) return true;
  return !fs::exists(status) && is_pattern(name) && !tar_member(name);
}

PlacedImages place_images(const std::vector<std::string>& names, const SourceOptions& options) {
  PlacedImages images;
  for (const std::string& name : names) {
    const fs::path folder = folder_of(name);
    images.folder = images.folder.empty() ? folder : common_folder(images.folder, folder);
  }
  std::set<fs::path> known;
  const auto add = [&](const std::string& path) {
    fs::path place = fs::absolute(path).lexically_normal().lexically_relative(images.folder);
    // A tar archive that cannot be read stands for itself.
    if (place == ".") place = fs::path(path).filename();
    if (!known.insert(place).second) return;
    images.paths.push_back(path);
    images.places.push_back(std::move(place));
  };
  for (const std::string& name : names) {
    if (!names_many_images(name)) {
      add(name);
    } else {
      for (const std::string& path : list_images(name, options)) add(path);
    }
  }
  return images;
}

std::vector<std::string> read_list(std::istream& in, const fs::path& name,
                                   const SourceOptions& options) {
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) throw std::runtime_error("cannot read the list of images " + name.string());
  std::vector<std::string> paths;
  if (options.nul_separated) {
    paths = split(text, '\0');
  } else {
    text = as_utf8(std::move(text), name);
    if (text.find('\0') != std::string::npos) refuse_nul(name);
    const std::string extension = lower_ascii(name.extension().string());
    if (extension == ".jsonl" || starts_with_object(text)) {
      paths = read_json_list(text, name, options);
    } else if (extension == ".csv" || !options.column.empty()) {
      paths = read_csv_list(text, name, options);
    } else {
      paths = split(text, '\n');
    }
  }
  std::vector<std::string> wanted;
  wanted.reserve(paths.size());
  for (std::string& path : paths) add_listed(std::move(path), options, wanted);
  return wanted;
}

std::vector<std::string> list_images_at(const fs::path& folder, const fs::path& place,
                                        const SourceOptions& options) {
  return Walk(folder, options).run_at(place);
}

std::vector<std::string> list_folders_at(const fs::path& folder, const fs::path& place,
                                         const SourceOptions& options) {
  return Walk(folder, options).folders_at(place);
}

std::vector<std::string> list_images(const fs::path& source, const SourceOptions& options) {
  std::error_code error;
  const fs::file_status status = fs::status(source, error);
  std::vector<std::string> paths;
  if (!fs::exists(status) && is_pattern(source)) {
    for (std::string& path : matching_paths(source)) {
      if (fs::is_directory(path, error)) {
        for (std::string& image : Walk(path, options).run()) paths.push_back(std::move(image));
      } else {
        add_listed(std::move(path), options, paths);
      }
    }
    return paths;
  }
  if (!fs::exists(status)) {
    throw std::runtime_error("no such file or folder: " + source.string());
  }
  if (fs::is_directory(status)) {
    // The given folder must be readable; unreadable subfolders are listed, see the header.
    const fs::directory_iterator readable(source, error);
    if (error) {
      throw std::runtime_error("cannot read the folder " + source.string() + ": " +
                               error.message());
    }
    return Walk(source, options).run();
  }
  if (is_tar(source)) {
    add_tar(source, "", options, paths);
    return paths;
  }
  if (has_image_extension(source) || image_format_of_file(source)) return {source.string()};
  std::ifstream list(source, std::ios::binary);
  if (!list) throw std::runtime_error("cannot read the list of images " + source.string());
  return read_list(list, source, options);
}

ListStream::ListStream(int descriptor, SourceOptions options)
    : descriptor_(descriptor), options_(std::move(options)) {}

/// Reads what has arrived, or waits for more.
bool ListStream::read() {
  constexpr std::size_t kBytes = 1 << 16;
  const std::size_t before = text_.size();
  text_.resize(before + kBytes);
  ssize_t count = 0;
  do {
    count = ::read(descriptor_, text_.data() + before, kBytes);
  } while (count < 0 && errno == EINTR);
  text_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0) {
    throw std::runtime_error("cannot read the list of images " + std::string(kStandardInput) +
                             ": " + std::generic_category().message(errno));
  }
  return count > 0;
}

std::vector<std::string> ListStream::next(std::size_t most) {
  const char end = options_.nul_separated ? '\0' : '\n';
  for (;;) {
    const bool may_be_mark =
        text_.empty() || std::string("\xEF\xFF\xFE").find(text_[0]) != std::string::npos;
    if (!started_ && (ended_ || text_.size() >= 3 || !may_be_mark)) {
      started_ = true;
      if (!options_.nul_separated) {
        const std::string mark = text_.substr(0, 2);
        while ((mark == "\xFF\xFE" || mark == "\xFE\xFF") && !ended_) ended_ = !read();
        text_ = as_utf8(std::move(text_), kStandardInput);
      }
    }
    const bool line = text_.find(end) != std::string::npos;
    if (started_ && (line || ended_)) {
      std::vector<std::string> paths = take_lines(most);
      // All lines may have been excluded.
      if (!paths.empty() || (ended_ && text_.empty())) return paths;
    } else {
      ended_ = !read();
    }
  }
}

std::vector<std::string> ListStream::take_lines(std::size_t most) {
  const char end = options_.nul_separated ? '\0' : '\n';
  std::vector<std::string> paths;
  std::size_t start = 0;
  while (paths.size() < most && start < text_.size()) {
    const std::size_t stop = text_.find(end, start);
    if (stop == std::string::npos && !ended_) break;
    add_line(text_.substr(start, stop - start), paths);
    start = std::min(stop, text_.size() - 1) + 1;
  }
  text_.erase(0, start);
  return paths;
}

void ListStream::add_line(std::string line, std::vector<std::string>& paths) const {
  if (!options_.nul_separated) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.find('\0') != std::string::npos) refuse_nul(kStandardInput);
    if (starts_with_object(line)) {
      const std::string path = path_in(nlohmann::json::parse(line), options_);
      if (!path.empty()) line = path;
    }
  }
  add_listed(std::move(line), options_, paths);
}

}  // namespace saccade
