#include "saccade/search/score.h"

#include <string>

#include <ATen/ATen.h>
#include <torch/types.h>

#include "saccade/search/beam_batch.h"
#include "saccade/search/step_function.h"
#include "saccade/text/vocabulary.h"

namespace saccade {
namespace {

/// @param where  begins the message
void require_word(std::int64_t id, std::int64_t V, const std::string& where = "") {
  const bool special = id == Vocabulary::kPad || id == Vocabulary::kStart || id == Vocabulary::kEnd;
  require(id >= 0 && id < V && !special,
          where + "id " + std::to_string(id) + " is not a word; the vocabulary has " +
              std::to_string(V) +
              " words, and <pad>, <start> and <end> cannot occur in a sentence");
}

// Called after the first step, whose output shows V.
void check_words(const std::vector<std::vector<std::int64_t>>& sentences, std::int64_t V) {
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const std::string where = "sentence " + std::to_string(i) + ": ";
    for (const std::int64_t id : sentences[i]) require_word(id, V, where);
  }
}

at::Tensor log_softmax(const at::Tensor& logits) {
  return at::log_softmax(logits, 1, at::kFloat).cpu();
}

/// The sentences that already differ from the given one: K for each of B views.
struct Branches {
  std::vector<std::int64_t> substitute;  ///< K: the index of the substitute
  std::vector<std::int64_t> word;        ///< K: the previous word
  at::Tensor h, c;                       ///< B×K×H

  void add(const at::Tensor& more_h, const at::Tensor& more_c) {
    h = h.defined() ? at::cat({h, more_h.unsqueeze(1)}, 1) : more_h.unsqueeze(1);
    c = c.defined() ? at::cat({c, more_c.unsqueeze(1)}, 1) : more_c.unsqueeze(1);
  }
};

}  // namespace

std::vector<Hypothesis> score_sentences(const StepFunction& step, const State& start,
                                        const std::vector<std::vector<std::int64_t>>& sentences,
                                        std::int64_t alternatives) {
  require(alternatives >= 0,
          "alternatives must be at least 0, not " + std::to_string(alternatives));
  require(static_cast<std::int64_t>(sentences.size()) == start.rows(),
          "there are " + std::to_string(sentences.size()) + " sentences for " +
              std::to_string(start.rows()) + " rows; each row needs one");
  BeamBatch batch(step, start, alternatives);
  std::vector<Hypothesis> results(sentences.size());
  for (std::size_t position = 0; !batch.empty(); ++position) {
    const at::Tensor log_p = batch.advance();
    if (position == 0) check_words(sentences, log_p.size(1));
    std::vector<std::vector<BeamBatch::Next>> next;
    for (const auto& image : batch.images()) {
      const auto& sentence = sentences[static_cast<std::size_t>(image.index)];
      const auto path = image.paths.front();
      const float* of_row = log_p.data_ptr<float>() + image.first_row * log_p.size(1);
      next.emplace_back();
      if (position == sentence.size()) {
        results[static_cast<std::size_t>(image.index)] =
            batch.history().finished(path, of_row[Vocabulary::kEnd]);
        continue;
      }
      const auto id = sentence[position];
      next.back().push_back(
          {batch.history().extend(path, image.first_row, id, of_row[id]), image.first_row});
    }
    batch.keep(next);
  }
  return results;
}

double ForcedDecoding::at(std::int64_t b, std::int64_t t, std::int64_t id) const {
  return log_p.data_ptr<float>()[(b * log_p.size(1) + t) * log_p.size(2) + id];
}

double ForcedDecoding::log_prob(std::int64_t b) const {
  double sum = 0;
  for (std::size_t t = 0; t < ids.size(); ++t) sum += at(b, static_cast<std::int64_t>(t), ids[t]);
  return sum + at(b, static_cast<std::int64_t>(ids.size()), Vocabulary::kEnd);
}

ForcedDecoding force_decode(const StepFunction& step, const State& start,
                            const std::vector<std::int64_t>& ids, std::int64_t positions) {
  at::NoGradGuard no_gradient;
  require(start.rows() == start.annotations.images(),
          "forced decoding needs one row per image, not " + std::to_string(start.rows()) +
              " rows for " + std::to_string(start.annotations.images()) + " images");
  const auto T = static_cast<std::int64_t>(ids.size());
  require(positions >= 0 && positions <= T + 1, "cannot decode " + std::to_string(positions) +
                                                    " positions; the sentence has " +
                                                    std::to_string(T + 1));
  ForcedDecoding decoding;
  decoding.ids = ids;
  std::vector<at::Tensor> log_p, alpha;
  State state = start;
  for (std::int64_t t = 0; t < (positions == 0 ? T + 1 : positions); ++t) {
    const auto word = t == 0 ? Vocabulary::kStart : ids[static_cast<std::size_t>(t - 1)];
    Step now = step(state, torch::full({start.rows()}, word, at::kLong).to(state.h.device()));
    if (t == 0) {
      for (const auto id : ids) require_word(id, now.logits.size(1));
    }
    log_p.push_back(log_softmax(now.logits));
    alpha.push_back(now.alpha.to(at::kCPU, at::kFloat));
    state = std::move(now.next);
    decoding.states.push_back(state);
  }
  decoding.log_p = at::stack(log_p, 1).contiguous();
  decoding.alpha = at::stack(alpha, 1).contiguous();
  return decoding;
}

at::Tensor score_substitutes(const StepFunction& step, const ForcedDecoding& decoding,
                             const std::vector<Substitute>& substitutes) {
  at::NoGradGuard no_gradient;
  const auto T = static_cast<std::int64_t>(decoding.ids.size());
  const std::int64_t B = decoding.log_p.size(0);
  const auto N = static_cast<std::int64_t>(substitutes.size());
  require(decoding.log_p.size(1) == T + 1, "substitutes need a fully decoded sentence");
  at::Tensor result = torch::zeros({B, N}, at::kDouble);
  if (N == 0) return result;
  double* score = result.data_ptr<double>();
  for (std::int64_t n = 0; n < N; ++n) {
    const Substitute& one = substitutes[static_cast<std::size_t>(n)];
    require(one.position >= 0 && one.position < T,
            "the sentence has no word " + std::to_string(one.position) + " to replace");
    require_word(one.id, decoding.log_p.size(2));
    for (std::int64_t b = 0; b < B; ++b) {
      double sum = decoding.at(b, one.position, one.id);
      for (std::int64_t t = 0; t < one.position; ++t) {
        sum += decoding.at(b, t, decoding.ids[static_cast<std::size_t>(t)]);
      }
      score[b * N + n] = sum;
    }
  }

  Branches branches;
  for (std::int64_t t = 0; t < T; ++t) {  // the inputs are the words at t; scores those at t + 1
    const State& state = decoding.states[static_cast<std::size_t>(t)];
    for (std::int64_t& word : branches.word) word = decoding.ids[static_cast<std::size_t>(t)];
    for (std::int64_t n = 0; n < N; ++n) {
      if (substitutes[static_cast<std::size_t>(n)].position != t) continue;
      branches.substitute.push_back(n);
      branches.word.push_back(substitutes[static_cast<std::size_t>(n)].id);
      branches.add(state.h, state.c);
    }
    const auto K = static_cast<std::int64_t>(branches.word.size());
    if (K == 0) continue;
    State rows = state;
    rows.h = branches.h.reshape({B * K, -1});
    rows.c = branches.c.reshape({B * K, -1});
    const Step now = step(rows, torch::tensor(branches.word).repeat({B}).to(state.h.device()));
    const auto next = t + 1 < T ? decoding.ids[static_cast<std::size_t>(t + 1)] : Vocabulary::kEnd;
    const at::Tensor log_p = log_softmax(now.logits).select(1, next).contiguous();
    for (std::int64_t row = 0; row < B * K; ++row) {
      const auto n = branches.substitute[static_cast<std::size_t>(row % K)];
      score[row / K * N + n] += log_p.data_ptr<float>()[row];
    }
    branches.h = now.next.h.view({B, K, -1});
    branches.c = now.next.c.view({B, K, -1});
  }
  return result;
}

}  // namespace saccade
