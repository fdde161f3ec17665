#include "batch_options.h"

#include <filesystem>
#include <string>
#include <vector>

namespace saccade::app {
namespace {

std::string text_option(const Arguments& arguments, const char* name,
                        const std::string& otherwise = "") {
  return arguments.has(name) ? arguments.get<std::string>(name) : otherwise;
}

void require_one_of(const Arguments& arguments, const char* name,
                    const std::vector<std::string>& values) {
  const std::string given = text_option(arguments, name, values.front());
  std::string known;
  for (const std::string& value : values) {
    if (given == value) return;
    known += (known.empty() ? "" : " or ") + value;
  }
  throw UsageError(std::string("option --") + name + " is \"" + given + "\"; expected " + known);
}

/// Runs `read`, and puts the option's name before the message of a std::invalid_argument.
template <typename Read>
auto reading(const char* name, Read&& read) -> decltype(read()) {
  try {
    return read();
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("option --") + name + ": " + error.what());
  }
}

void check_embedding(const Arguments& arguments) {
  if (!arguments.has("embed")) return;
#ifndef SACCADE_WITH_EXIV2
  throw UsageError(
      "batch: this program cannot write into images; build it with the CMake option "
      "-DSACCADE_WITH_EXIV2=ON, which puts it under the GPL, or use --sidecar xmp");
#endif
  if (arguments.has("sidecar") || arguments.has("output")) {
    throw UsageError(
        "batch: --embed writes into the images, so it excludes --sidecar and --output");
  }
}

}  // namespace

void add_result_options(Arguments& arguments) {
  auto add = arguments.add();
  const auto text = [] { return cxxopts::value<std::string>(); };
  add("format", "jsonl or csv (default: csv for a FILE named *.csv, else jsonl)", text(), "NAME");
  add("fields",
      "what a line of JSON says, comma-separated: caption, words, p (of each word), maps "
      "(attention of each word), verdicts (of `saccade diagnose` on each word, which takes a "
      "second per image), n_best (all captions of the beam)",
      cxxopts::value<std::string>()->default_value("caption"), "NAMES");
  add("prefix", "text before every caption", text(), "TEXT");
  add("suffix", "text after every caption", text(), "TEXT");
  add("template",
      "text of every caption; {caption} stands for the caption, {name} for the image's file name, "
      "{stem} for that name without extension",
      cxxopts::value<std::string>()->default_value("{caption}"), "TEXT");
  add("sidecar",
      "write a file per image beside it, or below the folder --output: txt (the caption), json "
      "(the record) or xmp (the caption as dc:description, merged into a file that is "
      "there); of the images in shard.tar into shard.captions.tar",
      text(), "KIND");
  add("sidecar-name", "stem: a.txt for a.jpg; full: a.jpg.txt (default: stem, for xmp full)",
      text(), "NAME");
  add("embed",
      "write the caption into each image: XMP dc:description, IPTC Caption-Abstract and EXIF "
      "ImageDescription; pixels stay as they are; needs a build with Exiv2");
  add("skip-existing",
      "with --sidecar or --embed: skip images that have such a file, or a description by others, "
      "which is "
      "kept in any case unless --overwrite is given; says nothing about them");
  add("shard",
      "caption part I of N (I from 0), chosen by a hash of the path below SOURCE; `saccade merge` "
      "joins the outputs",
      text(), "I/N");
  arguments.choices("format", {"jsonl", "csv"});
  arguments.choices("sidecar", {"txt", "json"});
  arguments.choices("sidecar-name", {"stem", "full"});
}

void check_result_options(const Arguments& arguments) {
  require_one_of(arguments, "format", {"jsonl", "csv"});
  require_one_of(arguments, "sidecar", {"txt", "json", "xmp"});
  require_one_of(arguments, "sidecar-name", {"stem", "full"});
  record_options(arguments);
  shard_option(arguments);
  check_embedding(arguments);
  const bool sidecar = arguments.has("sidecar");
  const bool files = has_sidecars(arguments);
  if (files && arguments.has("format")) {
    throw UsageError("batch: --format is of one output file, so it excludes --sidecar and --embed");
  }
  if (files && arguments.has("shard")) {
    throw UsageError("batch: files beside the images need no merging; give --shard an --output");
  }
  if (!sidecar && arguments.has("sidecar-name")) {
    throw UsageError("batch: --sidecar-name needs --sidecar");
  }
  if (!files && arguments.has("skip-existing")) {
    throw UsageError("batch: --skip-existing needs --sidecar or --embed");
  }
  const bool lines =
      files ? text_option(arguments, "sidecar") == "json" : format_of(arguments) == "jsonl";
  if (!lines && arguments.has("fields")) {
    throw UsageError("batch: --fields needs JSON: --format jsonl or --sidecar json");
  }
}

RecordOptions record_options(const Arguments& arguments) {
  RecordOptions options;
  reading("fields", [&] { set_fields(options, arguments.get<std::string>("fields")); });
  const std::string text = arguments.get<std::string>("template");
  if (text.find("{caption}") == std::string::npos) {
    throw UsageError("option --template: \"" + text + "\" does not contain {caption}");
  }
  options.text = text_option(arguments, "prefix") + text + text_option(arguments, "suffix");
  return options;
}

std::string format_of(const Arguments& arguments) {
  if (arguments.has("format")) return arguments.get<std::string>("format");
  const std::filesystem::path output = text_option(arguments, "output");
  return output.extension() == ".csv" && !has_sidecars(arguments) ? "csv" : "jsonl";
}

RowFormat row_format(const std::string& name) { return name == "csv" ? csv_rows() : json_lines(); }

std::string row_of(const Arguments& arguments, const BatchRecord& record,
                   const RecordOptions& options) {
  return format_of(arguments) == "csv" ? to_csv_row(record, options)
                                       : to_json_line(record, options);
}

Shard shard_option(const Arguments& arguments) {
  if (!arguments.has("shard")) return {};
  return reading("shard", [&] { return parse_shard(arguments.get<std::string>("shard")); });
}

bool has_sidecars(const Arguments& arguments) {
  return arguments.has("sidecar") || arguments.has("embed");
}

std::string source_of(const Arguments& arguments) {
  return arguments.get<std::vector<std::string>>("source").front();
}

SidecarOptions sidecar_options(const Arguments& arguments) {
  SidecarOptions options;
  const std::string kind = text_option(arguments, "sidecar");
  options.kind = arguments.has("embed") ? SidecarKind::image
                 : kind == "xmp"        ? SidecarKind::xmp
                 : kind == "json"       ? SidecarKind::json
                                        : SidecarKind::txt;
  options.full_name =
      text_option(arguments, "sidecar-name", kind == "xmp" ? "full" : "stem") == "full";
  options.overwrite = arguments.has("overwrite");
  options.source = source_of(arguments);
  if (arguments.has("output")) options.mirror = arguments.get<std::string>("output");
  return options;
}

}  // namespace saccade::app
