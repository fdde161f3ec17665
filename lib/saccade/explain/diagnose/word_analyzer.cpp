#include "saccade/explain/diagnose/word_analyzer.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <torch/utils.h>

#include "saccade/explain/maps/blur.h"
#include "saccade/explain/maps/region.h"
#include "saccade/image/prepare.h"
#include "saccade/text/content_words.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/explain/maps/masked_views.h"
#include "saccade/search/substitution.h"
#include "saccade/search/word_presence.h"

namespace saccade {
namespace {

// Rows of the fillers and views of the first pass.
constexpr std::int64_t kImageMean = 0, kTrainingMean = 1;
constexpr std::int64_t kSeen = 0, kNoImage = 1;
constexpr PresenceOptions kPresence;

/// A content word under interrogation, and where the views about it lie.
struct Suspect {
  std::int64_t place = 0;
  std::vector<std::int64_t> rivals;
  std::int64_t region_view = 0, first_draw = 0, draws = 0, blurred_view = -1;
};

}  // namespace

struct Interrogator::Impl {
  const Bundle& bundle;
  std::shared_ptr<const WordKinds> kinds;
  at::Tensor mean_annotation;         // 1×D
  at::Tensor presence_without_image;  // V
  std::vector<bool> content;          // V
  StepFunction step;

  Features encode(const at::Tensor& pixels) const {
    Encoder encoder = bundle.encoder;
    return encoder->forward(pixels);
  }
  std::vector<std::int64_t> choose_rivals(const FollowedSentence& followed, std::int64_t place,
                                          const DiagnosisOptions& options) const;
  void add_asked_rivals(std::vector<Suspect>& suspects, const GivenSentence& sentence,
                        const DiagnosisOptions& options) const;
  State hide(const Features& features, const at::Tensor& pixels, std::vector<Suspect>& suspects,
             Diagnosis& diagnosis, const DiagnosisOptions& options) const;
  void fill(Diagnosis& diagnosis, const std::vector<Suspect>& suspects,
            const FollowedSentence& followed, const FollowedSentence& hidden,
            const at::Tensor& sentences, const at::Tensor& presence) const;
};

Interrogator::Interrogator(const Captioner& captioner, std::shared_ptr<const WordKinds> kinds,
                           const at::Tensor& mean_annotation)
    : impl_(new Impl{captioner.bundle(), std::move(kinds), mean_annotation, {}, {}, {}}) {
  torch::InferenceMode guard;
  const Bundle& bundle = impl_->bundle;
  const Glimpse glimpse = default_glimpse(bundle.config.decoder.kind);
  const Decoder decoder = bundle.decoder;
  impl_->step = [decoder, glimpse](const State& state, const at::Tensor& words) {
    return decoder->step(state, words, glimpse);
  };
  for (std::int64_t id = 0; id < bundle.vocabulary.size(); ++id) {
    impl_->content.push_back(id >= Vocabulary::kSpecials &&
                             is_content_word(bundle.vocabulary.word(id)));
  }
  at::Tensor& mean = impl_->mean_annotation;
  if (!mean.defined()) {  // normalized, the mean colour is 0
    const int S = bundle.config.input.size;
    mean = impl_->encode(at::zeros({1, 3, S, S})).values.mean(1);
  }
  mean = mean.to(impl_->bundle.device()).reshape({1, -1});
  if (mean.size(1) != bundle.config.decoder.features) {
    throw std::invalid_argument("the mean annotation has " + std::to_string(mean.size(1)) +
                                " features, the model " +
                                std::to_string(bundle.config.decoder.features));
  }
  // Attention over cells that are all alike sees what attention over one of them sees.
  const State nothing = decoder->start({mean.unsqueeze(0), {1, 1}});
  impl_->presence_without_image = word_presence(
      impl_->step, nothing, {4 * kPresence.samples, kPresence.max_length, kPresence.seed})[0];
}

Interrogator::~Interrogator() = default;
Interrogator::Interrogator(Interrogator&&) noexcept = default;

bool Interrogator::is_content(std::int64_t id) const {
  return impl_->content.at(static_cast<std::size_t>(id));
}

/// The strongest words of the same kind at the place, then the strongest others. A word that stands
/// elsewhere in the sentence, or that may well mean the same, is no rival.
std::vector<std::int64_t> Interrogator::Impl::choose_rivals(const FollowedSentence& followed,
                                                            std::int64_t place,
                                                            const DiagnosisOptions& options) const {
  const auto word = followed.ids[static_cast<std::size_t>(place)];
  const auto V = static_cast<std::int64_t>(content.size());
  std::vector<std::int64_t> ids;
  for (std::int64_t id = Vocabulary::kSpecials; id < V; ++id) {
    const bool used = std::count(followed.ids.begin(), followed.ids.end(), id) != 0;
    if (!content[static_cast<std::size_t>(id)] || used) continue;
    if (kinds && kinds->compatible(word, id)) continue;
    ids.push_back(id);
  }
  std::stable_sort(ids.begin(), ids.end(), [&](std::int64_t a, std::int64_t b) {
    return followed.at(kSeen, place, a) > followed.at(kSeen, place, b);
  });
  std::vector<std::int64_t> of_kind, others;
  for (const std::int64_t id : ids) {
    const bool same = kinds && kinds->same_kind(word, id);
    auto& list = same ? of_kind : others;
    const auto limit = same ? options.rivals_of_kind : options.other_rivals;
    if (static_cast<std::int64_t>(list.size()) < limit) list.push_back(id);
  }
  of_kind.insert(of_kind.end(), others.begin(), others.end());
  return of_kind;
}

/// Adds what options.also_ask names to the suspects.
void Interrogator::Impl::add_asked_rivals(std::vector<Suspect>& suspects,
                                          const GivenSentence& sentence,
                                          const DiagnosisOptions& options) const {
  for (const AskedRival& asked : options.also_ask) {
    const auto suspect = std::find_if(suspects.begin(), suspects.end(), [&](const Suspect& one) {
      return sentence.words[static_cast<std::size_t>(one.place)] == asked.word;
    });
    if (suspect == suspects.end()) {
      throw std::invalid_argument("the sentence has no content word \"" + asked.word +
                                  "\" that the model knows; name one of its words");
    }
    const std::int64_t id = bundle.vocabulary.id(asked.rival);
    if (id < Vocabulary::kSpecials) {
      throw std::invalid_argument("the model does not know the word \"" + asked.rival +
                                  "\"; compare with one of its " +
                                  std::to_string(bundle.vocabulary.size()) + " words");
    }
    auto& rivals = suspect->rivals;
    if (std::find(rivals.begin(), rivals.end(), id) == rivals.end()) rivals.push_back(id);
  }
}

/// The views with the suspects' regions hidden, and with others; the suspects learn where they lie.
State Interrogator::Impl::hide(const Features& features, const at::Tensor& pixels,
                               std::vector<Suspect>& suspects, Diagnosis& diagnosis,
                               const DiagnosisOptions& options) const {
  std::vector<at::Tensor> views, blurred;
  const auto mask = [&](const std::vector<std::int64_t>& cells) {
    at::Tensor view = at::full({features.grid.cells()}, -1, at::kLong);
    for (const std::int64_t cell : cells) view.data_ptr<std::int64_t>()[cell] = kImageMean;
    views.push_back(view);
    return static_cast<std::int64_t>(views.size()) - 1;
  };
  for (Suspect& suspect : suspects) {
    const auto place = static_cast<std::size_t>(suspect.place);
    auto& region = diagnosis.words[place].region;
    region = strongest_region(diagnosis.caption.words[place].attention, options.region_share,
                              options.region_most);
    suspect.region_view = mask(region);
    suspect.first_draw = static_cast<std::int64_t>(views.size());
    suspect.draws = options.draws;
    for (std::int64_t draw = 0; draw < options.draws; ++draw) {
      mask(region_elsewhere(region, features.grid,
                            options.seed * 1000003 + place * 1009 + std::uint64_t(draw)));
    }
    if (options.blur) blurred.push_back(blur_cells(pixels, region, features.grid));
  }
  const at::Tensor fillers = features.values.mean(1);
  const State masked =
      start_masked(bundle.decoder, features, fillers, at::stack(views).to(bundle.device()));
  if (!options.blur) return masked;
  for (std::size_t i = 0; i < suspects.size(); ++i) {
    suspects[i].blurred_view = static_cast<std::int64_t>(views.size() + i);
  }
  return concatenate({masked, bundle.decoder->start(encode(at::stack(blurred)))});
}

void Interrogator::Impl::fill(Diagnosis& diagnosis, const std::vector<Suspect>& suspects,
                              const FollowedSentence& followed, const FollowedSentence& hidden,
                              const at::Tensor& sentences, const at::Tensor& presence) const {
  const auto asked = [&](const Suspect& suspect, std::int64_t id) {
    Counterfactuals answer;
    answer.log_p = followed.at(kSeen, suspect.place, id);
    answer.no_image = followed.at(kNoImage, suspect.place, id);
    answer.region_masked = hidden.at(suspect.region_view, suspect.place, id);
    for (std::int64_t draw = 0; draw < suspect.draws; ++draw) {
      answer.elsewhere_masked.push_back(hidden.at(suspect.first_draw + draw, suspect.place, id));
    }
    answer.region_blurred = suspect.blurred_view < 0
                                ? answer.region_masked
                                : hidden.at(suspect.blurred_view, suspect.place, id);
    return answer;
  };
  const auto present = [&](std::int64_t id) {
    return Presence{presence.data_ptr<double>()[id], presence_without_image.data_ptr<double>()[id]};
  };
  const auto sentence = sentences.accessor<double, 2>();
  std::int64_t n = 0;
  for (const Suspect& suspect : suspects) {
    const auto id = followed.ids[static_cast<std::size_t>(suspect.place)];
    WordDiagnosis& word = diagnosis.words[static_cast<std::size_t>(suspect.place)];
    word.asked = asked(suspect, id);
    word.presence = present(id);
    for (const std::int64_t other : suspect.rivals) {
      word.rivals.push_back({bundle.vocabulary.word(other), kinds && kinds->same_kind(id, other),
                             asked(suspect, other), sentence[kSeen][n], sentence[kNoImage][n],
                             present(other)});
      ++n;
    }
    std::stable_sort(word.rivals.begin(), word.rivals.end(), [](const Rival& a, const Rival& b) {
      return a.sentence_log_prob > b.sentence_log_prob;
    });
  }
}

Diagnosis Interrogator::ask(const at::Tensor& pixels, const Placement& placement,
                            const GivenSentence& sentence, const DiagnosisOptions& options) const {
  torch::InferenceMode guard;
  const Impl& impl = *impl_;
  const Features features = impl.encode(pixels.unsqueeze(0));
  Diagnosis diagnosis;
  diagnosis.caption = score_sentence(impl.bundle, features, placement, sentence);

  const std::int64_t L = features.grid.cells();
  const at::Tensor fillers = at::cat({features.values.mean(1), impl.mean_annotation});
  const at::Tensor cells =
      at::stack({at::full({L}, -1, at::kLong), at::full({L}, kTrainingMean, at::kLong)});
  const State start =
      start_masked(impl.bundle.decoder, features, fillers, cells.to(impl.bundle.device()));
  const FollowedSentence followed = follow_sentence(impl.step, start, sentence.ids);
  diagnosis.log_prob_no_image = followed.log_prob(kNoImage);

  std::vector<Suspect> suspects;
  std::vector<Substitute> substitutes;
  for (std::size_t t = 0; t < sentence.ids.size(); ++t) {
    const auto id = sentence.ids[t];
    WordDiagnosis word;
    word.word = sentence.words[t];
    word.known = sentence.known(t);
    word.content = word.known ? is_content(id) : is_content_word(word.word);
    word.asked.log_p = diagnosis.caption.words[t].log_p;
    if (word.known && word.content) {
      Suspect suspect;
      suspect.place = static_cast<std::int64_t>(t);
      suspect.rivals = impl.choose_rivals(followed, suspect.place, options);
      suspects.push_back(std::move(suspect));
    }
    diagnosis.words.push_back(std::move(word));
  }
  impl.add_asked_rivals(suspects, sentence, options);
  if (suspects.empty()) return diagnosis;
  for (const Suspect& suspect : suspects) {
    for (const auto rival : suspect.rivals) substitutes.push_back({suspect.place, rival});
  }

  const State hidden = impl.hide(features, pixels, suspects, diagnosis, options);
  const at::Tensor zero = at::zeros({1}, at::kLong).to(impl.bundle.device());
  const at::Tensor presence =
      word_presence(impl.step, start.select(zero, zero),
                    {kPresence.samples, kPresence.max_length, options.seed})[0]
          .contiguous();
  impl.fill(diagnosis, suspects, followed,
            follow_sentence(impl.step, hidden, sentence.ids, suspects.back().place + 1),
            score_substitutes(impl.step, followed, substitutes), presence);
  return diagnosis;
}

Diagnosis Interrogator::ask(const Image& image, const GivenSentence& sentence,
                            const DiagnosisOptions& options) const {
  const InputConfig& input = impl_->bundle.config.input;
  at::Tensor pixels = at::empty({3, input.size, input.size});
  const Placement placement = prepare_into(image, input, pixels.data_ptr<float>());
  return ask(pixels, placement, sentence, options);
}

}  // namespace saccade
