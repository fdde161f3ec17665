#include <cstdio>
#include <saccade/image/image.h>
#include <saccade/image/prepare.h>

int main(int argc, char** argv) {
  const saccade::Image image = saccade::load_image(argc > 1 ? argv[1] : "");
  const saccade::PreparedImage prepared = saccade::prepare(image, saccade::InputConfig());
  std::printf("%d %zu\n", prepared.placement.original_width, prepared.pixels.size());
}
