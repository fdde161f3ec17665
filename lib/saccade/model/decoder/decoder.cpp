#include "saccade/model/decoder/decoder.h"

#include <cmath>
#include <stdexcept>

#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/decoder/lstm_cell.h"
#include "saccade/model/random.h"

namespace saccade {
namespace {

/// LibTorch's sigmoid rounds differently at the end of a tensor, where no vector is full: the bits
/// of a row would depend on the number of rows.
at::Tensor gate_of(const at::Tensor& x) {
  if (at::GradMode::is_enabled()) return at::sigmoid(x);
  return at::exp(-x).add_(1).reciprocal_();
}

}  // namespace

AttentionMode default_attention_mode(AttentionKind kind) {
  return kind == AttentionKind::soft ? AttentionMode::expected : AttentionMode::argmax;
}

at::Tensor time_major(const at::Tensor& values, const std::vector<std::int64_t>& rows) {
  std::vector<at::Tensor> steps(rows.size());
  for (std::size_t t = 0; t < steps.size(); ++t) {
    steps[t] = values.select(1, static_cast<std::int64_t>(t)).narrow(0, 0, rows[t]);
  }
  return at::cat(steps);
}

ImageRowsPtr State::image_rows() const {
  return image_of_row ? image_of_row : ImageRows::even(annotations.images(), rows());
}

State State::select(const at::Tensor& rows, const at::Tensor& images) const {
  if (image_of_row)
    throw std::invalid_argument("State::select needs the same number of rows for every image");
  State selected = *this;
  for (at::Tensor* x : {&selected.h, &selected.c}) {
    if (x->defined()) *x = x->index_select(0, rows);
  }
  if (images.defined()) {
    for (at::Tensor* x : {&selected.annotations.values, &selected.annotations.keys}) {
      if (x->defined()) *x = x->index_select(0, images);
    }
  }
  return selected;
}

State State::first(std::int64_t count) const {
  State some = *this;
  if (count == rows()) return some;
  some.h = h.narrow(0, 0, count);
  some.c = c.narrow(0, 0, count);
  some.image_of_row = image_rows()->first(count);
  return some;
}

DecoderImpl::LstmImpl::LstmImpl(const DecoderConfig& config, at::Device device) {
  const std::int64_t H = config.hidden;
  input = register_module("input", Linear(config.embedding, 4 * H, true, device));
  if (config.context != Context::once) {
    context = register_module("context", Linear(config.annotation_size(), 4 * H, false, device));
  }
  hidden = register_module("hidden", Linear(H, 4 * H, false, device));
}

DecoderImpl::DecoderImpl(const DecoderConfig& config, at::Device device) : config_(config) {
  const std::int64_t D = config.annotation_size();
  const std::int64_t H = config.hidden;
  const std::int64_t E = config.embedding;
  const std::int64_t V = config.vocabulary;
  const bool sees_each_step = config.context != Context::once;
  if (config.projection > 0)
    projection = register_module("projection", Linear(config.features, D, true, device));
  embedding = register_module("embedding", Linear(E, V, false, device));
  initial_hidden = register_module("initial_hidden", Linear(D, H, true, device));
  initial_cell = register_module("initial_cell", Linear(D, H, true, device));
  if (config.context == Context::attention) {
    attention = register_module("attention", Attention(config, device));
  }
  if (sees_each_step && config.gate != Gate::none) {
    gate = register_module("gate", Linear(H, config.gate == Gate::scalar ? 1 : D, true, device));
  }
  lstm = register_module("lstm", Lstm(config, device));
  output_hidden = register_module("output_hidden", Linear(H, E, true, device));
  if (sees_each_step)
    output_context = register_module("output_context", Linear(D, E, false, device));
  if (!config.tied) output = register_module("output", Linear(E, V, false, device));
  output_bias = register_parameter("output_bias", torch::empty({V}, device));
}

void DecoderImpl::initialize() {
  torch::NoGradGuard no_gradient;
  for (auto& parameter : named_parameters()) {
    at::Tensor& x = parameter.value();
    if (x.dim() == 1) {
      x.zero_();
    } else {
      const double bound = 1 / std::sqrt(static_cast<double>(x.size(1)));
      x.uniform_(-bound, bound);
    }
  }
  const std::int64_t H = config_.hidden;
  lstm->input->bias.narrow(0, H, H).fill_(1);  // forget gates start open (Jozefowicz et al. 2015)
}

Annotations DecoderImpl::annotate(const Features& features, at::ScalarType matrix_type) const {
  at::Tensor a = features.values.to(matrix_type);
  if (projection) a = at::relu(projection->forward(a));
  Annotations annotations;
  annotations.grid = features.grid;
  annotations.values = a.to(output_bias.scalar_type());
  if (attention) annotations.keys = attention->keys(a).to(output_bias.scalar_type());
  return annotations;
}

RecurrentWeights DecoderImpl::recurrent_weights(at::ScalarType matrix_type) const {
  RecurrentWeights weights;
  if (attention && attention->hidden) weights.query = attention->hidden->weight.to(matrix_type);
  if (lstm->context) weights.context = lstm->context->weight.to(matrix_type);
  weights.hidden = lstm->hidden->weight.to(matrix_type);
  return weights;
}

at::Tensor DecoderImpl::embed(const at::Tensor& words) const {
  return embedding->weight.index_select(0, words);
}

void DecoderImpl::pack() {
  const auto pack = [](const Linear& linear) {
    if (linear) linear.ptr()->pack();
  };
  for (const Linear& linear : {projection, initial_hidden, initial_cell, gate, lstm->input,
                               lstm->context, lstm->hidden, output_hidden, output_context}) {
    pack(linear);
  }
  pack(output ? output : embedding);
  if (!attention) return;
  pack(attention->annotation);
  pack(attention->hidden);
}

State DecoderImpl::start(const Features& features, std::int64_t rows_per_image,
                         at::ScalarType matrix_type) const {
  const std::int64_t B = features.values.size(0);
  return start(features, ImageRows::even(B, B * rows_per_image), matrix_type);
}

State DecoderImpl::start(const Features& features, const ImageRowsPtr& image_of_row,
                         at::ScalarType matrix_type) const {
  State state;
  state.annotations = annotate(features, matrix_type);
  state.weights = recurrent_weights(matrix_type);
  if (!image_of_row->is_even()) state.image_of_row = image_of_row;
  const at::Tensor mean = state.annotations.values.mean(1);
  const at::Tensor image = at::tensor(image_of_row->of_row(), at::kLong).to(mean.device());
  const auto rows = [&](const Linear& initial) {
    return at::tanh(initial->forward(mean)).index_select(0, image);
  };
  state.h = rows(initial_hidden).to(matrix_type);
  state.c = rows(initial_cell);
  return state;
}

at::Tensor DecoderImpl::look(const Operands& with, const UnrollOptions& options,
                             RecurrentStep& out) const {
  const auto expectation = [&] {
    return weighted_sum(apply_dropout(out.alpha, options.attention_dropout, options.generator),
                        with.values, with.rows);
  };
  if (config_.context == Context::mean || options.mode == AttentionMode::expected) {
    return expectation();
  }
  out.cell = options.mode == AttentionMode::argmax
                 ? out.alpha.argmax(1)
                 : sample_columns(out.alpha.detach(), options.generator);
  const at::Tensor chosen = chosen_cells(out.cell, with.values, with.rows);
  if (!options.expected.defined()) return chosen;
  const at::Tensor expected = options.expected.narrow(0, 0, out.alpha.size(0)).unsqueeze(1);
  return at::where(expected, expectation(), chosen);
}

DecoderImpl::RecurrentStep DecoderImpl::recur(const Operands& with, const at::Tensor& input,
                                              const at::Tensor& h, const at::Tensor& c,
                                              const UnrollOptions& options) const {
  const std::int64_t R = h.size(0);
  RecurrentStep out;

  if (config_.context == Context::attention) {
    out.alpha = attention->forward(with.keys, h, with.query, with.rows);
  } else {
    const std::int64_t L = with.values.value().size(1);
    out.alpha = at::full({R, L}, 1 / static_cast<double>(L), c.options());
  }

  const auto times = [](const at::Tensor& x, const Linear& linear,
                        const AccumulatedOperand& weight) {
    return linear->is_packed_for(x) ? linear->forward(x) : product(x, weight);
  };
  std::vector<at::Tensor> gates{input, times(h, lstm->hidden, with.hidden)};
  if (config_.context != Context::once) {
    out.context = look(with, options, out);
    if (gate) {
      const at::Tensor beta = gate_of(gate->forward(h.to(c.scalar_type())));
      out.context = out.context * beta;
      out.gate = beta.mean(1);
    }
    out.context = out.context.to(h.scalar_type());
    gates.push_back(times(out.context, lstm->context, with.context));
  }
  if (!out.gate.defined()) out.gate = at::ones({R}, c.options());

  const LstmState next = lstm_cell(gates, c);
  out.h = next.h;
  out.c = next.c;
  return out;
}

at::Tensor DecoderImpl::deep_output(const at::Tensor& embedded, const at::Tensor& h,
                                    const at::Tensor& context) const {
  at::Tensor sum = embedded + output_hidden->forward(h);
  if (context.defined()) sum = sum + output_context->forward(context);
  return config_.output_tanh ? at::tanh(sum) : sum;
}

at::Tensor DecoderImpl::logits(const at::Tensor& hidden) const {
  return (output ? output : embedding)->forward(hidden) + output_bias.to(hidden.scalar_type());
}

Step DecoderImpl::step(const State& state, const at::Tensor& words, AttentionMode mode,
                       const at::Generator& generator) const {
  const at::Tensor embedded = embed(words).to(state.h.scalar_type());
  UnrollOptions options;
  options.mode = mode;
  options.generator = generator;
  const Operands with{state.annotations.values, state.annotations.keys, state.weights.query,
                      state.weights.context,    state.weights.hidden,   state.image_rows()};
  const RecurrentStep now = recur(with, lstm->input->forward(embedded), state.h, state.c, options);
  Step step;
  step.logits = logits(deep_output(embedded, now.h, now.context)).to(state.c.scalar_type());
  step.alpha = now.alpha;
  step.gate = now.gate;
  step.cell = now.cell;
  step.next = state;
  step.next.h = now.h;
  step.next.c = now.c;
  return step;
}

Unrolled DecoderImpl::unroll(const Features& features, const CaptionRows& captions,
                             const UnrollOptions& options) const {
  const std::vector<std::int64_t>& rows = captions.rows;
  const auto image_of_row = c10::make_intrusive<ImageRows>(captions.image, features.values.size(0));
  State state = start(features, image_of_row, options.matrix_type);
  Operands with{AccumulatedOperand::gathered(state.annotations.values),
                AccumulatedOperand::gathered(state.annotations.keys),
                AccumulatedOperand::gathered(state.weights.query),
                AccumulatedOperand::gathered(state.weights.context),
                AccumulatedOperand::gathered(state.weights.hidden),
                image_of_row};
  const at::Tensor embedded =
      apply_dropout(embed(time_major(captions.words, rows)), options.dropout, options.generator)
          .to(options.matrix_type);
  const auto inputs = lstm->input->forward(embedded).split_with_sizes(rows);

  Unrolled out;
  std::vector<at::Tensor> hs, contexts;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    state = state.first(rows[t]);
    with.rows = state.image_rows();
    const RecurrentStep now = recur(with, inputs[t], state.h, state.c, options);
    state.h = now.h;
    state.c = now.c;
    hs.push_back(now.h);
    if (now.context.defined()) contexts.push_back(now.context);
    if (now.cell.defined()) out.cells.push_back(now.cell);
    out.alphas.push_back(now.alpha);
    out.gates.push_back(now.gate);
  }
  const at::Tensor context = contexts.empty() ? at::Tensor() : at::cat(contexts);
  out.hidden = apply_dropout(deep_output(embedded, at::cat(hs), context), options.dropout,
                             options.generator);
  return out;
}

}  // namespace saccade
