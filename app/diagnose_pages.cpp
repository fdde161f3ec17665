#include "diagnose_pages.h"

#include <iostream>
#include <stdexcept>
#include <vector>

#include "saccade/batch/source.h"
#include "saccade/explain/page/page_contents.h"
#include "saccade/explain/page/page_index.h"
#include "saccade/io/error_text.h"

#include "photograph.h"

namespace saccade::app {
namespace {

Page enriched(const std::string& path, const Image& photograph, const Diagnosis& diagnosis,
              const Enrich& enrich) {
  Page page = page_of(diagnosis, path, OverlayOptions{});
  enrich(page, photograph, diagnosis);
  return page;
}

}  // namespace

void write_diagnosis_page(const std::string& path, const Image& photograph,
                          const Diagnosis& diagnosis, const std::string& output,
                          const Enrich& enrich) {
  const auto file = write_page(enriched(path, photograph, diagnosis, enrich), photograph, output);
  std::cerr << "saccade: wrote " << file.string() << '\n';
}

int diagnose_folder(const std::string& source, const std::string& output,
                    const LoadOptions& reading, const Diagnose& diagnose, const Enrich& enrich) {
  const std::vector<std::string> paths = list_images(source);
  if (paths.empty()) throw std::runtime_error("no images in \"" + source + "\"");
  PageIndex index(output, source, {paths.begin(), paths.end()});
  std::size_t failed = 0;
  for (const std::string& path : paths) {
    try {
      const Image photograph = load_photograph(path, reading);
      const Diagnosis diagnosis = diagnose(photograph);
      index.add(enriched(path, photograph, diagnosis, enrich), photograph);
      std::cout << path << '\t' << diagnosis.caption.text << std::endl;
    } catch (...) {  // an unreadable image does not stop the others
      const std::string reason = current_error_text(path);
      std::cerr << "saccade: " << reason << '\n';
      index.add_failure(path, reason);
      ++failed;
    }
  }
  const auto file = index.finish();
  std::cerr << "saccade: wrote " << file.string() << " with " << paths.size() - failed << " images";
  if (failed > 0) std::cerr << "; " << failed << " could not be diagnosed";
  std::cerr << '\n';
  return failed == 0 ? 0 : 1;
}

}  // namespace saccade::app
