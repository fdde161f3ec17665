// The `saccade-decoder` program. `saccade batch --isolate` starts it to decode images: it links
// neither LibTorch nor the model, so that it starts in a moment and a crash costs one image.

#include <exception>

#include "saccade/batch/decoder_process.h"
#include "saccade/image/image.h"

int main() {
  try {
    saccade::silence_codecs();
    return saccade::serve_decoder();
  } catch (const std::exception&) {
    return 1;
  }
}
