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

/// How a step computes the context ẑ from α.
enum class AttentionMode {
  expected,  ///< ẑ = β Σ_i α_i a_i: soft attention (Xu et al. 2015, equation 13)
  argmax,    ///< ẑ = β a_s, s = argmax α: deterministic hard attention
  sampled    ///< ẑ = β a_s, s ~ Multinoulli(α): hard attention (equations 8 and 9)
};

/// The default mode of a model: `expected` for soft attention, `argmax` for hard attention.
AttentionMode default_attention_mode(AttentionKind kind);

/// The recurrent weights in the type of the matrix products: in fp32 the parameters themselves, in
/// bfloat16 copies that `start` makes.
struct RecurrentWeights {
  at::Tensor query;    ///< W_h of the attention, A×H; undefined for dot and general scores
  at::Tensor context;  ///< W_z of the LSTM, 4H×D; undefined for Context::once
  at::Tensor hidden;   ///< W_h of the LSTM, 4H×H
};

/// The state between two steps. A value type: the decoder keeps no state of its own.
struct State {
  Annotations annotations;   ///< per image, shared by its rows
  RecurrentWeights weights;  ///< handles, not copies
  at::Tensor h;              ///< R×H, in the type of the matrix products
  at::Tensor c;              ///< R×H, in the type of the parameters
  /// The image that each row attends to; null: the K rows of image b are b·K … b·K + K − 1.
  ImageRowsPtr image_of_row;

  std::int64_t rows() const { return h.size(0); }  ///< R
  /// image_of_row, also where it is null.
  ImageRowsPtr image_rows() const;
  /// Selects and reorders rows and images. The rows of an image must stay together, the same number
  /// for each.
  /// @param rows    R′, int64, a multiple of B′: indices into h and c
  /// @param images  B′, int64: indices into the annotations; undefined: all images
  /// @throws std::invalid_argument where image_of_row is set.
  State select(const at::Tensor& rows, const at::Tensor& images = {}) const;
  /// The state of the first `rows` rows, with all images.
  State first(std::int64_t rows) const;
};

/// The output of one step: the distribution of a word, and where the model attends.
struct Step {
  at::Tensor logits;  ///< R×V
  at::Tensor alpha;   ///< R×L, ≥ 0, each row sums to 1; 1/L without attention
  at::Tensor gate;    ///< R, β in 0…1; the mean over features for a per-feature gate, 1 for none
  at::Tensor cell;    ///< R, int64: the cell that hard attention chose; undefined for `expected`
  State next;         ///< the state after this step
};

/// Options of a teacher-forced pass.
struct UnrollOptions {
  double dropout = 0;  ///< on the embedded words and on the sum of the deep output; in [0, 1)
  double attention_dropout = 0;  ///< on α in the context only, not in Unrolled::alphas; in [0, 1)
  /// The type of the matrix products: float, double, or bfloat16 (computed in float on a CPU
  /// without bfloat16 products, see product_type).
  at::ScalarType matrix_type = at::kFloat;
  AttentionMode mode = AttentionMode::expected;
  at::Generator generator;  ///< for dropout and `sampled`, on the CPU
  /// R, bool: rows that get the expected context although `mode` is a hard one (Xu et al. 2015,
  /// section 4.1, sets the sample to its expected value with probability ½). Undefined: none.
  at::Tensor expected;
};

/// A batch of given captions, one per row, the longest first.
struct CaptionRows {
  at::Tensor words;                 ///< R×T, int64: the input word of each step, kStart first
  std::vector<std::int64_t> rows;   ///< T, not increasing: the captions that have a step t
  std::vector<std::int64_t> image;  ///< R, the image that each caption attends to
};

/// Values in the time-major order of a teacher-forced pass: for each step t those of the first
/// rows[t] captions.
/// @param values  R×T
/// @return N, where N = Σ_t rows[t]
at::Tensor time_major(const at::Tensor& values, const std::vector<std::int64_t>& rows);

/// The output of a teacher-forced pass over all words of a batch, in time-major order: step t has
/// the first rows[t] captions, so that a caption that has ended costs nothing.
struct Unrolled {
  at::Tensor hidden;  ///< N×E: the sum of the deep output, before L_o; N = Σ_t rows[t]
  std::vector<at::Tensor> alphas;  ///< per step, rows[t]×L
  std::vector<at::Tensor> gates;   ///< per step, rows[t]
  std::vector<at::Tensor> cells;   ///< per step, rows[t], int64; empty for `expected`
};

/// The decoder (Xu et al. 2015, section 3.1.2). With y the previous word and h, c the previous
/// state, one step computes
///   α = attention(a, h)                           equations 4 and 5, see attention.h
///   β = σ(w_β h + b_β)                            section 4.2.1
///   ẑ = β Σ_i α_i a_i  or  β a_s                  equations 13 and 9, see AttentionMode
///   i, f, g, o from W_y E y + W_z ẑ + W_h h + b   equation 1
///   c ← f c + i g,  h ← o tanh c                  equations 2 and 3
///   p ∝ exp(L_o (E y + L_h h + L_z ẑ) + b_o)      equation 7, with the new h (DecoderConfig::
///                                                 output_tanh applies tanh to the inner sum)
/// Teacher forcing, search and scoring all use this step.
class DecoderImpl : public torch::nn::Module {
 public:
  /// Leaves the parameters unset: load them or call `initialize`.
  /// @param device  of the parameters; at::kMeta: shapes without memory
  /// @throws std::invalid_argument for a dot score with D ≠ H.
  explicit DecoderImpl(const DecoderConfig& config, at::Device device = at::kCPU);

  /// Initializes all parameters at random, with LibTorch's default generator.
  void initialize();

  /// Packs all weights for inference in float on the CPU, see LinearImpl::pack.
  void pack();

  /// The state before the first step. h_0 and c_0 are computed from the mean annotation (Xu et al.
  /// 2015, section 3.1.2), and the keys once per image.
  /// @param features        B×L×D
  /// @param rows_per_image  K: rows with the same state per image; R = B·K
  /// @param matrix_type     see UnrollOptions
  State start(const Features& features, std::int64_t rows_per_image = 1,
              at::ScalarType matrix_type = at::kFloat) const;
  /// The same for rows with given images.
  State start(const Features& features, const ImageRowsPtr& image_of_row,
              at::ScalarType matrix_type) const;

  /// One step for all rows.
  /// @param words      R, int64: the previous word of each row, at first Vocabulary::kStart
  /// @param generator  for `sampled`, on the CPU; undefined: LibTorch's default
  Step step(const State& state, const at::Tensor& words, AttentionMode mode,
            const at::Generator& generator = {}) const;

  /// A teacher-forced pass over given captions.
  /// @throws std::invalid_argument for a caption whose image is out of range.
  Unrolled unroll(const Features& features, const CaptionRows& captions,
                  const UnrollOptions& options) const;

  /// Applies L_o and its bias: …×E → …×V, in the type of `hidden`.
  at::Tensor logits(const at::Tensor& hidden) const;

  const DecoderConfig& config() const { return config_; }

  Linear projection{nullptr};    ///< of the annotations; null for DecoderConfig::projection = 0
  Linear embedding{nullptr};     ///< E, V×E: one row per word; also L_o when tied
  Attention attention{nullptr};  ///< null unless Context::attention
  Linear gate{nullptr};          ///< w_β and b_β; null without a gate
  Linear initial_hidden{nullptr}, initial_cell{nullptr};   ///< f_init,h and f_init,c
  Linear output_hidden{nullptr}, output_context{nullptr};  ///< L_h and L_z
  Linear output{nullptr};  ///< L_o, V×E; null when tied to the embedding
  at::Tensor output_bias;  ///< b_o, V

  /// The LSTM's weights W_y, W_z and W_h, each with 4H rows in the order i, f, g, o.
  struct LstmImpl : torch::nn::Module {
    LstmImpl(const DecoderConfig& config, at::Device device);
    Linear input{nullptr}, context{nullptr}, hidden{nullptr};
  };
  TORCH_MODULE(Lstm);
  Lstm lstm{nullptr};

 private:
  /// The output of one recurrent step.
  struct RecurrentStep {
    at::Tensor alpha, gate, cell;
    at::Tensor context, h;  ///< in the type of the matrix products
    at::Tensor c;
  };
  /// The operands that every step multiplies with: tensors of the images and recurrent weights.
  struct Operands {
    AccumulatedOperand values, keys;
    AccumulatedOperand query, context, hidden;
    ImageRowsPtr rows;  ///< the image that each row attends to
  };
  Annotations annotate(const Features& features, at::ScalarType matrix_type) const;
  RecurrentWeights recurrent_weights(at::ScalarType matrix_type) const;
  at::Tensor embed(const at::Tensor& words) const;
  /// ẑ without the gate, from out.alpha; sets out.cell.
  at::Tensor look(const Operands& with, const UnrollOptions& options, RecurrentStep& out) const;
  RecurrentStep recur(const Operands& with, const at::Tensor& input, const at::Tensor& h,
                      const at::Tensor& c, const UnrollOptions& options) const;
  at::Tensor deep_output(const at::Tensor& embedded, const at::Tensor& h,
                         const at::Tensor& context) const;

  DecoderConfig config_;
};
TORCH_MODULE(Decoder);

}  // namespace saccade
