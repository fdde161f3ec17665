#pragma once

#include <vector>

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "saccade/model/config.h"
#include "saccade/model/decoder/attention.h"
#include "saccade/model/decoder/linear.h"
#include "saccade/model/features.h"

namespace saccade {

/// How a step turns α into the context ẑ.
enum class AttentionMode {
  expected,  ///< ẑ = β Σ_i α_i a_i: soft attention
  argmax,    ///< ẑ = β a_s, s = argmax α: hard attention, decoded without chance
  sampled    ///< ẑ = β a_s, s ~ Multinoulli(α)
};

/// The glimpse a model is decoded with when nothing else is said: its own kind's.
AttentionMode default_attention_mode(AttentionKind kind);

/// The recurrent weights in the type they are multiplied in: the parameters themselves in fp32,
/// copies made once per caption in bfloat16.
struct RecurrentWeights {
  at::Tensor query;    ///< W_h of the attention, A×H; undefined for dot and general scores
  at::Tensor context;  ///< of the LSTM, 4H×D; undefined when the image is seen once
  at::Tensor hidden;   ///< of the LSTM, 4H×H
};

/// What a step needs of the past. A value: the caller owns it, the decoder keeps nothing.
struct State {
  Annotations annotations;   ///< per image, shared by its rows
  RecurrentWeights weights;  ///< handles, not copies
  at::Tensor h;              ///< R×H, in the type of the matrix products
  at::Tensor c;              ///< R×H
  /// Which image each row looks at; null: the K rows of image b are b·K … b·K + K − 1.
  ImageRowsPtr image_of_row;

  std::int64_t rows() const { return h.size(0); }
  ImageRowsPtr image_rows() const;
  /// The state of some rows, in a new order, of some images: `rows` (int64, R′) indexes h and c;
  /// `images` (int64, B′) indexes the annotations, undefined keeps them all. R′ is a multiple of B′
  /// and rows of one image stay together.
  /// @throws std::invalid_argument where `looks` is set.
  State select(const at::Tensor& rows, const at::Tensor& images = {}) const;
  /// The first so many rows, of the same images.
  State first(std::int64_t rows) const;
};

/// One word's distribution and where the model looked for it.
struct Step {
  at::Tensor logits;  ///< R×V
  at::Tensor alpha;   ///< R×L, ≥ 0, each row sums to 1 (1/L where the context is no attention)
  at::Tensor gate;  ///< R, β in 0…1 (the mean over features for a per-feature gate, 1 for none)
  at::Tensor cell;  ///< R, int64: the cell that hard attention chose; undefined for `expected`
  State next;
};

/// What the teacher-forced pass is given besides the words.
struct UnrollOptions {
  double dropout = 0;  ///< on the embedded words and on the deep output's sum; 0 when evaluating
  double attention_dropout = 0;  ///< on α where it weighs the annotations; the maps stay whole
  /// Of the matrix products: float, bfloat16 (computed in float on a processor that has no such
  /// products, see product_type) or double.
  at::ScalarType matrix_type = at::kFloat;
  AttentionMode mode = AttentionMode::expected;
  at::Generator generator;  ///< of dropout and `sampled`
  /// R, bool: rows that get the expected context although the glimpse is a hard one (the paper's
  /// coin). Undefined: none.
  at::Tensor expected;
};

/// Given captions, the longest first: each is a row.
struct CaptionRows {
  at::Tensor words;                 ///< R×T, int64: the word before each place, kStart first
  std::vector<std::int64_t> rows;   ///< T numbers that never rise: captions not over at step t
  std::vector<std::int64_t> image;  ///< R, the image whose annotations a caption looks at
};

/// R×T values in time-major order, as a teacher-forced pass runs through them: of step t those of
/// the first rows[t] captions. N = Σ_t rows[t].
at::Tensor time_major(const at::Tensor& values, const std::vector<std::int64_t>& rows);

/// A teacher-forced pass over all words of a batch, time-major: the rows of step t are the first
/// rows[t] captions, so that a caption that has ended costs nothing.
struct Unrolled {
  at::Tensor hidden;               ///< N×E: the deep output's sum before L_o, N = Σ_t rows[t]
  std::vector<at::Tensor> alphas;  ///< per step, rows[t]×L
  std::vector<at::Tensor> gates;   ///< per step, rows[t]
  std::vector<at::Tensor> cells;   ///< per step, rows[t], for hard glimpses
};

/// The caption writer (Xu et al. 2015, section 3.1; PAPER.md, "One step"). With y the last word:
///   α = attention(a, h)    β = σ(w_β h + b_β)    ẑ = β Σ α_i a_i  or  β a_s
///   i,f,g,o of  W_y E y + W_z ẑ + W_h h + b      c ← f c + i g,  h ← o tanh c
///   p(y) ∝ exp(L_o (E y + L_h h + L_z ẑ) + b_o)
/// Teacher forcing, every search and scoring go through the same step.
class DecoderImpl : public torch::nn::Module {
 public:
  /// Parameters are left unset: load them or call `initialize`.
  /// @param device  of the parameters; at::kMeta: they have shapes and no memory
  explicit DecoderImpl(const DecoderConfig& config, at::Device device = at::kCPU);

  /// Draws all parameters anew from LibTorch's default generator.
  void initialize();

  /// h_0 and c_0 from the mean annotation, and what is computed once per image.
  /// @param rows_per_image  K: as many rows of the same state per image.
  State start(const Features& features, std::int64_t rows_per_image = 1,
              at::ScalarType matrix_type = at::kFloat) const;
  /// The same for rows that look at the images as `looks` says.
  State start(const Features& features, const ImageRowsPtr& image_of_row,
              at::ScalarType matrix_type) const;

  /// @param words  R, int64: the last word of each row, Vocabulary::kStart at first.
  Step step(const State& state, const at::Tensor& words, AttentionMode mode,
            const at::Generator& generator = {}) const;

  /// Every step of given captions.
  /// @throws std::invalid_argument for a caption that looks at an image that is not there.
  Unrolled unroll(const Features& features, const CaptionRows& captions,
                  const UnrollOptions& options) const;

  /// L_o of the deep output's sum: …×E → …×V, in the type of `hidden`.
  at::Tensor logits(const at::Tensor& hidden) const;

  const DecoderConfig& config() const { return config_; }

  Linear projection{nullptr};
  Linear embedding{nullptr};  ///< E, V×E: its rows are the words; as a map it is L_o when tied
  Attention attention{nullptr};
  Linear gate{nullptr};
  Linear initial_hidden{nullptr}, initial_cell{nullptr};
  Linear output_hidden{nullptr}, output_context{nullptr};
  Linear output{nullptr};  ///< L_o, V×E; null when tied to the embedding
  at::Tensor output_bias;  ///< V

  /// The input, context and hidden weights of the LSTM, each 4H rows in the order i, f, g, o.
  struct LstmImpl : torch::nn::Module {
    LstmImpl(const DecoderConfig& config, at::Device device);
    Linear input{nullptr}, context{nullptr}, hidden{nullptr};
  };
  TORCH_MODULE(Lstm);
  Lstm lstm{nullptr};

 private:
  /// What one recurrent step yields.
  struct RecurrentStep {
    at::Tensor alpha, gate, cell;
    at::Tensor context, h;  ///< in the type of the matrix products
    at::Tensor c;
  };
  /// What every step multiplies with: of the images, and of the recurrent weights.
  struct Operands {
    AccumulatedOperand values, keys;
    AccumulatedOperand query, context, hidden;
    ImageRowsPtr rows;  ///< which image each row looks at
  };
  Annotations annotate(const Features& features, at::ScalarType matrix_type) const;
  RecurrentWeights recurrent_weights(at::ScalarType matrix_type) const;
  at::Tensor embed(const at::Tensor& words) const;
  /// ẑ before the gate, from out.alpha; sets out.cell.
  at::Tensor look(const Operands& with, const UnrollOptions& options, RecurrentStep& out) const;
  RecurrentStep recur(const Operands& with, const at::Tensor& input, const at::Tensor& h,
                      const at::Tensor& c, const UnrollOptions& options) const;
  at::Tensor deep_output(const at::Tensor& embedded, const at::Tensor& h,
                         const at::Tensor& context) const;

  DecoderConfig config_;
};
TORCH_MODULE(Decoder);

}  // namespace saccade
