#include "saccade/training/caption_reward.h"

#include <cmath>

#include "saccade/text/ptb_tokenizer.h"

namespace saccade {
namespace {

constexpr char kEndWord[] = "<end>";

std::vector<References> references_of(const Dataset& train) {
  std::vector<References> all;
  for (const CaptionedImage& image : train.images) {
    if (image.captions.empty()) continue;
    References& references = all.emplace_back();
    for (const std::string& caption : image.captions) {
      references.push_back(ptb_tokenize(caption));
      references.back().emplace_back(kEndWord);
    }
  }
  return all;
}

double smoothed_bleu_4(const BleuCounts& counts) {
  if (counts.matched[0] == 0) return 0;
  double log_bleu = 0;
  for (std::size_t n = 0; n < kMaxOrder; ++n) {
    const double one = n > 0 ? 1 : 0;
    log_bleu += std::log((static_cast<double>(counts.matched[n]) + one) /
                         (static_cast<double>(counts.total[n]) + one)) /
                kMaxOrder;
  }
  const double shortness =
      static_cast<double>(counts.reference_length) / static_cast<double>(counts.hypothesis_length);
  return std::exp(log_bleu + std::min(0.0, 1 - shortness));
}

}  // namespace

CaptionReward::CaptionReward(const Dataset& train, const SelfCriticalConfig& config)
    : references_(references_of(train)),
      cider_(references_),
      cider_weight_(config.cider),
      bleu_weight_(config.bleu_4) {
  std::size_t next = 0;
  for (const CaptionedImage& image : train.images) {
    place_.push_back(next);
    if (!image.captions.empty()) ++next;
  }
}

double CaptionReward::operator()(Tokens caption, bool finished, std::size_t image) {
  if (finished) caption.emplace_back(kEndWord);
  const std::size_t place = place_.at(image);
  double reward = 0;
  if (cider_weight_ > 0) reward += cider_weight_ * cider_.score(caption, place);
  if (bleu_weight_ > 0) {
    reward += bleu_weight_ * smoothed_bleu_4(bleu_.count(caption, references_.at(place)));
  }
  return reward;
}

}  // namespace saccade
