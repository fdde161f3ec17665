#include "saccade/explain/diagnose/word_analyzer.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <torch/utils.h>

#include "saccade/explain/maps/masked_views.h"
#include "saccade/explain/maps/region.h"
#include "saccade/image/prepare.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/search/score.h"
#include "saccade/search/word_presence.h"
#include "saccade/text/content_words.h"

namespace saccade {
namespace {

// Indices of the fillers and of the views of the first pass.
constexpr std::int64_t kImageMean = 0, kTrainingMean = 1;
constexpr std::int64_t kSeen = 0, kNoImage = 1;
constexpr PresenceOptions kPresence;

/// An analyzed content word, and the indices of its views.
struct ProbedWord {
  std::int64_t position = 0;
  std::vector<std::int64_t> contrasts;
  std::int64_t region_view = 0, first_draw = 0, draws = 0, blurred_view = -1;
};

}  // namespace

struct WordAnalyzer::Impl {
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
  std::vector<std::int64_t> choose_contrasts(const ForcedDecoding& decoding, std::int64_t position,
                                             const DiagnosisOptions& options) const;
  void add_requested_contrasts(std::vector<ProbedWord>& probed_words,
                               const TokenizedSentence& sentence,
                               const DiagnosisOptions& options) const;
  State hide(const Features& features, const at::Tensor& pixels,
             std::vector<ProbedWord>& probed_words, Diagnosis& diagnosis,
             const DiagnosisOptions& options) const;
  void fill(Diagnosis& diagnosis, const std::vector<ProbedWord>& probed_words,
            const ForcedDecoding& decoding, const ForcedDecoding& hidden,
            const at::Tensor& sentences, const at::Tensor& presence) const;
};

WordAnalyzer::WordAnalyzer(const Captioner& captioner, std::shared_ptr<const WordKinds> kinds,
                           const at::Tensor& mean_annotation)
    : impl_(new Impl{captioner.bundle(), std::move(kinds), mean_annotation, {}, {}, {}}) {
  torch::InferenceMode guard;
  const Bundle& bundle = impl_->bundle;
  const AttentionMode mode = default_attention_mode(bundle.config.decoder.kind);
  const Decoder decoder = bundle.decoder;
  impl_->step = [decoder, mode](const State& state, const at::Tensor& words) {
    return decoder->step(state, words, mode);
  };
  for (std::int64_t id = 0; id < bundle.vocabulary.size(); ++id) {
    impl_->content.push_back(id >= Vocabulary::kSpecials &&
                             is_content_word(bundle.vocabulary.word(id)));
  }
  at::Tensor& mean = impl_->mean_annotation;
  if (!mean.defined()) {  // the mean color is 0 after normalization
    const int S = bundle.config.input.size;
    mean = impl_->encode(at::zeros({1, 3, S, S})).values.mean(1);
  }
  mean = mean.to(impl_->bundle.device()).reshape({1, -1});
  if (mean.size(1) != bundle.config.decoder.features) {
    throw std::invalid_argument("the mean annotation has " + std::to_string(mean.size(1)) +
                                " features, but the model has " +
                                std::to_string(bundle.config.decoder.features));
  }
  // Attention over identical cells has the same context as attention over one of them.
  const State nothing = decoder->start({mean.unsqueeze(0), {1, 1}});
  impl_->presence_without_image = word_presence(
      impl_->step, nothing, {4 * kPresence.samples, kPresence.max_length, kPresence.seed})[0];
}

WordAnalyzer::~WordAnalyzer() = default;
WordAnalyzer::WordAnalyzer(WordAnalyzer&&) noexcept = default;

bool WordAnalyzer::is_content(std::int64_t id) const {
  return impl_->content.at(static_cast<std::size_t>(id));
}

/// The top words of the same kind at the position, then the top other content words. Words that
/// occur in the sentence or that may mean the same are excluded.
std::vector<std::int64_t> WordAnalyzer::Impl::choose_contrasts(
    const ForcedDecoding& decoding, std::int64_t position, const DiagnosisOptions& options) const {
  const auto word = decoding.ids[static_cast<std::size_t>(position)];
  const auto V = static_cast<std::int64_t>(content.size());
  std::vector<std::int64_t> ids;
  for (std::int64_t id = Vocabulary::kSpecials; id < V; ++id) {
    const bool used = std::count(decoding.ids.begin(), decoding.ids.end(), id) != 0;
    if (!content[static_cast<std::size_t>(id)] || used) continue;
    if (kinds && kinds->compatible(word, id)) continue;
    ids.push_back(id);
  }
  std::stable_sort(ids.begin(), ids.end(), [&](std::int64_t a, std::int64_t b) {
    return decoding.at(kSeen, position, a) > decoding.at(kSeen, position, b);
  });
  std::vector<std::int64_t> of_kind, others;
  for (const std::int64_t id : ids) {
    const bool same = kinds && kinds->same_kind(word, id);
    auto& list = same ? of_kind : others;
    const auto limit = same ? options.contrasts_of_kind : options.other_contrasts;
    if (static_cast<std::int64_t>(list.size()) < limit) list.push_back(id);
  }
  of_kind.insert(of_kind.end(), others.begin(), others.end());
  return of_kind;
}

/// Adds the contrast words of options.requested to the probed words.
void WordAnalyzer::Impl::add_requested_contrasts(std::vector<ProbedWord>& probed_words,
                                                 const TokenizedSentence& sentence,
                                                 const DiagnosisOptions& options) const {
  for (const RequestedContrast& wanted : options.requested) {
    const auto probed_word =
        std::find_if(probed_words.begin(), probed_words.end(), [&](const ProbedWord& one) {
          return sentence.words[static_cast<std::size_t>(one.position)] == wanted.word;
        });
    if (probed_word == probed_words.end()) {
      throw std::invalid_argument("the sentence has no content word \"" + wanted.word +
                                  "\" that the model knows; name one of its words");
    }
    const std::int64_t id = bundle.vocabulary.id(wanted.contrast);
    if (id < Vocabulary::kSpecials) {
      throw std::invalid_argument("the model does not know the word \"" + wanted.contrast +
                                  "\"; compare with one of its " +
                                  std::to_string(bundle.vocabulary.size()) + " words");
    }
    auto& contrasts = probed_word->contrasts;
    if (std::find(contrasts.begin(), contrasts.end(), id) == contrasts.end())
      contrasts.push_back(id);
  }
}

/// Builds the views in which the regions of the probed words, and others, are hidden. Stores the
/// view indices in the probed words.
State WordAnalyzer::Impl::hide(const Features& features, const at::Tensor& pixels,
                               std::vector<ProbedWord>& probed_words, Diagnosis& diagnosis,
                               const DiagnosisOptions& options) const {
  std::vector<at::Tensor> views, blurred;
  const auto mask = [&](const std::vector<std::int64_t>& cells) {
    at::Tensor view = at::full({features.grid.cells()}, -1, at::kLong);
    for (const std::int64_t cell : cells) view.data_ptr<std::int64_t>()[cell] = kImageMean;
    views.push_back(view);
    return static_cast<std::int64_t>(views.size()) - 1;
  };
  for (ProbedWord& probed_word : probed_words) {
    const auto position = static_cast<std::size_t>(probed_word.position);
    auto& region = diagnosis.words[position].region;
    region = top_region(diagnosis.caption.words[position].attention, options.region_share,
                        options.region_max);
    probed_word.region_view = mask(region);
    probed_word.first_draw = static_cast<std::int64_t>(views.size());
    probed_word.draws = options.draws;
    for (std::int64_t draw = 0; draw < options.draws; ++draw) {
      mask(region_elsewhere(region, features.grid,
                            options.seed * 1000003 + position * 1009 + std::uint64_t(draw)));
    }
    if (options.blur) blurred.push_back(blur_cells(pixels, region, features.grid));
  }
  const at::Tensor fillers = features.values.mean(1);
  const State masked =
      start_masked(bundle.decoder, features, fillers, at::stack(views).to(bundle.device()));
  if (!options.blur) return masked;
  for (std::size_t i = 0; i < probed_words.size(); ++i) {
    probed_words[i].blurred_view = static_cast<std::int64_t>(views.size() + i);
  }
  return concatenate({masked, bundle.decoder->start(encode(at::stack(blurred)))});
}

void WordAnalyzer::Impl::fill(Diagnosis& diagnosis, const std::vector<ProbedWord>& probed_words,
                              const ForcedDecoding& decoding, const ForcedDecoding& hidden,
                              const at::Tensor& sentences, const at::Tensor& presence) const {
  const auto counterfactuals_of = [&](const ProbedWord& probed_word, std::int64_t id) {
    Counterfactuals answer;
    answer.log_p = decoding.at(kSeen, probed_word.position, id);
    answer.no_image = decoding.at(kNoImage, probed_word.position, id);
    answer.region_masked = hidden.at(probed_word.region_view, probed_word.position, id);
    for (std::int64_t draw = 0; draw < probed_word.draws; ++draw) {
      answer.elsewhere_masked.push_back(
          hidden.at(probed_word.first_draw + draw, probed_word.position, id));
    }
    answer.region_blurred = probed_word.blurred_view < 0
                                ? answer.region_masked
                                : hidden.at(probed_word.blurred_view, probed_word.position, id);
    return answer;
  };
  const auto present = [&](std::int64_t id) {
    return Presence{presence.data_ptr<double>()[id], presence_without_image.data_ptr<double>()[id]};
  };
  const auto sentence = sentences.accessor<double, 2>();
  std::int64_t n = 0;
  for (const ProbedWord& probed_word : probed_words) {
    const auto id = decoding.ids[static_cast<std::size_t>(probed_word.position)];
    WordDiagnosis& word = diagnosis.words[static_cast<std::size_t>(probed_word.position)];
    word.counterfactuals = counterfactuals_of(probed_word, id);
    word.presence = present(id);
    for (const std::int64_t other : probed_word.contrasts) {
      word.contrasts.push_back({bundle.vocabulary.word(other), kinds && kinds->same_kind(id, other),
                                counterfactuals_of(probed_word, other), sentence[kSeen][n],
                                sentence[kNoImage][n], present(other)});
      ++n;
    }
    std::stable_sort(word.contrasts.begin(), word.contrasts.end(),
                     [](const ContrastWord& a, const ContrastWord& b) {
                       return a.sentence_log_prob > b.sentence_log_prob;
                     });
  }
}

Diagnosis WordAnalyzer::analyze(const at::Tensor& pixels, const Placement& placement,
                                const TokenizedSentence& sentence,
                                const DiagnosisOptions& options) const {
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
  const ForcedDecoding decoding = force_decode(impl.step, start, sentence.ids);
  diagnosis.log_prob_no_image = decoding.log_prob(kNoImage);

  std::vector<ProbedWord> probed_words;
  std::vector<Substitute> substitutes;
  for (std::size_t t = 0; t < sentence.ids.size(); ++t) {
    const auto id = sentence.ids[t];
    WordDiagnosis word;
    word.word = sentence.words[t];
    word.known = sentence.known(t);
    word.content = word.known ? is_content(id) : is_content_word(word.word);
    word.counterfactuals.log_p = diagnosis.caption.words[t].log_p;
    if (word.known && word.content) {
      ProbedWord probed_word;
      probed_word.position = static_cast<std::int64_t>(t);
      probed_word.contrasts = impl.choose_contrasts(decoding, probed_word.position, options);
      probed_words.push_back(std::move(probed_word));
    }
    diagnosis.words.push_back(std::move(word));
  }
  impl.add_requested_contrasts(probed_words, sentence, options);
  if (probed_words.empty()) return diagnosis;
  for (const ProbedWord& probed_word : probed_words) {
    for (const auto contrast : probed_word.contrasts)
      substitutes.push_back({probed_word.position, contrast});
  }

  const State hidden = impl.hide(features, pixels, probed_words, diagnosis, options);
  const at::Tensor zero = at::zeros({1}, at::kLong).to(impl.bundle.device());
  const at::Tensor presence =
      word_presence(impl.step, start.select(zero, zero),
                    {kPresence.samples, kPresence.max_length, options.seed})[0]
          .contiguous();
  impl.fill(diagnosis, probed_words, decoding,
            force_decode(impl.step, hidden, sentence.ids, probed_words.back().position + 1),
            score_substitutes(impl.step, decoding, substitutes), presence);
  return diagnosis;
}

Diagnosis WordAnalyzer::analyze(const Image& image, const TokenizedSentence& sentence,
                                const DiagnosisOptions& options) const {
  const InputConfig& input = impl_->bundle.config.input;
  at::Tensor pixels = at::empty({3, input.size, input.size});
  const Placement placement = prepare_into(image, input, pixels.data_ptr<float>());
  return analyze(pixels, placement, sentence, options);
}

}  // namespace saccade
