#include <algorithm>
#include <cstdio>
#include <saccade/saccade.h>

int main(int, char** argv) {
  const saccade::Captioner captioner = saccade::Captioner::load(argv[1]);  // a bundle
  const saccade::Image image = saccade::load_image(argv[2]);
  const saccade::CaptionOptions options = saccade::options_of(captioner.bundle().decoding);
  const saccade::Caption best = captioner.caption({image}, options).front().front();
  std::printf("%s\n", best.text.c_str());
  for (const saccade::CaptionWord& word : best.words) {
    const auto top = std::max_element(word.attention.begin(), word.attention.end());
    const auto cell = top - word.attention.begin();
    const saccade::Rect rect =
        best.placement.cell_rect(best.grid, cell / best.grid.cols, cell % best.grid.cols);
    std::printf("%-12s p %.2f  at %.0f, %.0f\n", word.word.c_str(), word.p(), rect.x, rect.y);
  }
}
