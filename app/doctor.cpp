#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>
#include <torch/version.h>

#include "saccade/io/unicode.h"
#include "saccade/model/device.h"
#include "saccade/model/instruction_set.h"

#include "commands.h"
#include "engine_options.h"
#include "machine.h"
#include "process.h"

namespace saccade::app {

namespace fs = std::filesystem;

namespace {

/// What is known about this machine and this build.
struct Findings {
  std::string opencv;
  std::string processor;
  std::vector<std::string> instructions;
  std::string libtorch_instructions;
  InstructionSet used = InstructionSet::portable;  // by Saccade's kernels
  bool native_bf16 = false;
  std::int64_t cores = 0;  // available to this process
  std::int64_t threads = 0;
  fs::path blas;
  std::optional<BlasThreads> openblas;
  std::optional<Memory> memory;
  double gflops = 0;
  double gflops_bf16 = 0;  // 0: no native bfloat16
  fs::path bundle;
  std::string bundle_error;
  std::vector<std::string> advice;  // one sentence each
};

/// The version in the name of a loaded library: "4.6.0" for libopencv_core.so.4.6.0.
std::string version_of(const std::string& library) {
  const auto files = loaded_libraries(library);
  if (files.empty()) return "not loaded";
  const std::string name = files.front().filename().string();
  const std::size_t at = name.find(".so.");
  return at == std::string::npos ? name : name.substr(at + 4);
}

std::string openblas_words(std::optional<BlasThreads> threads) {
  if (!threads) return "not OpenBLAS";
  switch (*threads) {
    case BlasThreads::none:
      return "OpenBLAS without threads";
    case BlasThreads::own:
      return "OpenBLAS with its own threads";
    case BlasThreads::openmp:
      return "OpenBLAS with OpenMP";
  }
  return "";
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> advise(const Findings& found) {
  std::vector<std::string> advice;
  if (found.openblas != BlasThreads::openmp) {
    advice.push_back(
        "The BLAS in use is " + openblas_words(found.openblas) +
        "; install libopenblas0-openmp and choose it with update-alternatives --config "
        "libblas.so.3-$(gcc -print-multiarch).");
  }
  if (loaded_libraries("libgomp").size() + loaded_libraries("libomp").size() +
          loaded_libraries("libiomp5").size() >
      1) {
    advice.push_back(
        "More than one OpenMP runtime is loaded, and their threads compete; use BLAS and "
        "LibTorch packages of the same distribution.");
  }
  if (found.instructions.empty()) {
    advice.push_back(
        "The CPU's instruction sets are unknown; mount /proc. Without it LibTorch may also "
        "use its slowest kernels.");
  } else if (found.used < cpu_instruction_set()) {
    advice.push_back(
        std::string("The CPU has ") + to_string(cpu_instruction_set()) + ", but only " +
        to_string(found.used) +
        " is used; unset ONEDNN_MAX_CPU_ISA and ATEN_CPU_CAPABILITY, and mount /proc in a chroot.");
  }
  const bool fast = has(found.instructions, "avx2") || has(found.instructions, "asimd");
  if (fast && found.gflops < 10.0 * static_cast<double>(found.threads)) {
    advice.push_back(
        "Matrix products are slower than expected for this CPU; check whether other programs "
        "use it, and which BLAS is in use.");
  }
  if (found.memory && found.memory->available < (std::int64_t{1} << 30)) {
    advice.push_back(
        "Less than 1 GiB of memory is free; close other programs, or run batch with a smaller "
        "--batch-size.");
  }
  if (!found.bundle_error.empty()) {
    advice.push_back("No default model: " + found.bundle_error + ".");
  }
  return advice;
}

Findings examine() {
  Findings found;
  found.opencv = version_of("libopencv_core.so");
  found.processor = processor_name();
  found.instructions = instruction_sets();
  found.libtorch_instructions = libtorch_instruction_set();
  found.used = instruction_set();
  found.native_bf16 = product_type(at::kBFloat16, at::kCPU) == at::kBFloat16;
  found.cores = available_processors();
  found.threads = at::get_num_threads();
  const auto blas = loaded_libraries("libblas.so");
  const auto openblas = loaded_libraries("libopenblas");
  if (!openblas.empty()) {
    found.blas = openblas.front();
  } else if (!blas.empty()) {
    found.blas = blas.front();
  }
  found.openblas = openblas_threads();
  found.memory = memory();
  found.gflops = measure_gflops(false);
  if (found.native_bf16) found.gflops_bf16 = measure_gflops(true);
  try {
    found.bundle = find_model("default");
  } catch (const std::exception& error) {
    found.bundle_error = error.what();
  }
  found.advice = advise(found);
  return found;
}

void print_text(const Findings& found) {
  const auto line = [](const char* name, const std::string& value) {
    std::printf("%-14s%s\n", name, value.c_str());
  };
  const auto gib = [](std::int64_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
    return std::string(text);
  };
  const auto rounded = [](double value) { return std::to_string(std::llround(value)); };
  line("saccade", SACCADE_VERSION);
  line("LibTorch", TORCH_VERSION);
  line("OpenCV", found.opencv);
  line("CPU", (found.processor.empty() ? "unknown" : found.processor) + ", " +
                  std::to_string(found.cores) + " cores");
  line("instructions",
       (found.instructions.empty() ? "none known" : joined(found.instructions, " ")) +
           "; LibTorch uses " +
           (found.libtorch_instructions.empty() ? "unknown" : found.libtorch_instructions) +
           ", Saccade " + to_string(found.used));
  line("precision", found.native_bf16
                        ? "float and bfloat16, both natively"
                        : "float natively; bfloat16 is computed in float (no AVX-512 BF16)");
  line("threads", std::to_string(found.threads));
  line("BLAS",
       openblas_words(found.openblas) + (found.blas.empty() ? "" : ", " + found.blas.string()));
  line("speed", rounded(found.gflops) + " GFLOP/s in float" +
                    (found.native_bf16 ? ", " + rounded(found.gflops_bf16) + " in bfloat16" : ""));
  line("memory", found.memory
                     ? gib(found.memory->available) + " free of " + gib(found.memory->total)
                     : "unknown");
  line("model", found.bundle.empty() ? "none" : found.bundle.string());
  std::printf("\n");
  if (found.advice.empty()) std::printf("Nothing to improve.\n");
  for (const std::string& sentence : found.advice) std::printf("%s\n", sentence.c_str());
}

void print_json(const Findings& found) {
  nlohmann::ordered_json json;
  json["saccade"] = SACCADE_VERSION;
  json["libtorch"] = TORCH_VERSION;
  json["opencv"] = found.opencv;
  json["processor"] = found.processor;
  json["cores"] = found.cores;
  json["instruction_sets"] = found.instructions;
  json["libtorch_instruction_set"] = found.libtorch_instructions;
  json["instruction_set_used"] = to_string(found.used);
  json["native_precisions"] = nlohmann::json::array({"float"});
  if (found.native_bf16) json["native_precisions"].push_back("bfloat16");
  json["threads"] = found.threads;
  json["blas"] = {{"file", path_text(found.blas)}, {"kind", openblas_words(found.openblas)}};
  json["gflops"] = {{"float", found.gflops}, {"bfloat16", nullptr}};
  if (found.native_bf16) json["gflops"]["bfloat16"] = found.gflops_bf16;
  if (found.memory) {
    json["memory"] = {{"total", found.memory->total}, {"available", found.memory->available}};
  }
  json["model"] = nullptr;
  if (!found.bundle.empty()) json["model"] = path_text(found.bundle);
  json["advice"] = nlohmann::ordered_json::array();
  for (const std::string& sentence : found.advice) json["advice"].push_back(valid_utf8(sentence));
  std::cout << json.dump() << '\n';
}

}  // namespace

int run_doctor(const Arguments& arguments) {
  set_threads(arguments.get<std::int64_t>("threads"));
  const Findings found = examine();
  if (arguments.has("json")) {
    print_json(found);
  } else {
    print_text(found);
  }
  return 0;
}

}  // namespace saccade::app
