#include <iostream>
#include <string>
#include <vector>

#include "saccade/io/output_check.h"
#include "saccade/model/average.h"
#include "saccade/model/draft_card.h"

#include "arguments.h"
#include "command.h"
#include "default_model.h"

namespace saccade::app {
namespace {

std::string card(const std::vector<std::string>& names, const Bundle& bundle) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "- " : "\n- ") + name;
  return draft_card("The mean of " + std::to_string(names.size()) + " models", list, bundle);
}

/// What is to be decoded with from now on, where the options say so.
void set_decoding(const Arguments& arguments, Bundle& bundle) {
  const BeamSearchOptions search = arguments.caption_options(bundle).search;
  if (arguments.has("beam")) bundle.decoding["beam"] = search.beam;
  if (arguments.has("length-penalty")) bundle.decoding["length_penalty"] = search.length_penalty;
  if (arguments.has("max-length")) bundle.decoding["max_length"] = search.constraints.max_length;
  if (arguments.has("no-repeat-ngram")) {
    bundle.decoding["no_repeat_ngram"] = search.constraints.no_repeat_ngram;
  }
}

}  // namespace

int run_model_average(int argc, const char* const* argv) {
  Arguments arguments(
      "model average", "model average DIR… --output DIR",
      "Writes a model whose weights are the mean of several models' that were trained on from one "
      "(a model soup); it is often better than each. The size of its input is the first one's.",
      "saccade model average runs/a/best runs/b/best --output models/mean --length-penalty 0.7");
  arguments.add()("model", "a bundle or its name, repeatable",
                  cxxopts::value<std::vector<std::string>>())(
      "share", "of each model in turn, repeatable (default: the same of all)",
      cxxopts::value<std::vector<double>>())("output", "the bundle to write",
                                             cxxopts::value<std::string>());
  arguments.add_decoding_options("as the first model's");
  arguments.positional("model");
  if (!arguments.parse(argc, argv)) return 0;
  if (!arguments.has("model")) throw UsageError("model average: name the models to average");
  if (!arguments.has("output")) throw UsageError("model average: --output is missing");
  const auto names = arguments.get<std::vector<std::string>>("model");
  const auto shares = arguments.has("share") ? arguments.get<std::vector<double>>("share")
                                             : std::vector<double>(names.size(), 1.0);
  if (shares.size() != names.size()) {
    throw UsageError("model average: " + std::to_string(names.size()) + " models have " +
                     std::to_string(shares.size()) + " --share; give one for each, or none");
  }
  for (const double share : shares) Arguments::require_range("share", share, 1e-6, 1e6);
  const auto output = arguments.get<std::string>("output");
  std::vector<std::filesystem::path> folders;
  for (const std::string& name : names) folders.push_back(find_model(name));
  require_output_folder(output, folders);
  require_bundle_place(output);
  Bundle bundle = average_bundles(folders, shares);
  set_decoding(arguments, bundle);
  save_bundle(output, bundle, Storage::fp16, card(names, bundle));
  std::cout << output << ": the mean of " << names.size() << " models\n";
  return 0;
}

}  // namespace saccade::app
