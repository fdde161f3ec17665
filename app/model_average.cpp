#include <iostream>
#include <string>
#include <vector>

#include "saccade/io/output_check.h"
#include "saccade/model/bundle/average.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "engine_options.h"

namespace saccade::app {
namespace {

std::string card(const std::vector<std::string>& names, const Bundle& bundle) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "- " : "\n- ") + name;
  return draft_card("The mean of " + std::to_string(names.size()) + " models", list, bundle);
}

/// Stores the decoding options that are given in the bundle.
void set_decoding(const Arguments& arguments, Bundle& bundle) {
  const BeamSearchOptions search = caption_options(arguments, bundle).search;
  if (arguments.has("beam")) bundle.decoding["beam"] = search.beam;
  if (arguments.has("length-penalty")) bundle.decoding["length_penalty"] = search.length_penalty;
  if (arguments.has("max-length")) bundle.decoding["max_length"] = search.constraints.max_length;
  if (arguments.has("no-repeat-ngram")) {
    bundle.decoding["no_repeat_ngram"] = search.constraints.no_repeat_ngram;
  }
  if (arguments.has("repeat-penalty")) {
    bundle.decoding["repeat_penalty"] = search.constraints.repeat_penalty;
  }
}

}  // namespace

int run_model_average(const Arguments& arguments) {
  const auto names = arguments.get<std::vector<std::string>>("model");
  const auto shares = arguments.has("share") ? arguments.get<std::vector<double>>("share")
                                             : std::vector<double>(names.size(), 1.0);
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
