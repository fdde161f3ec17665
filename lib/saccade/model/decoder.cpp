#include "saccade/model/decoder.h"

#include <cmath>

#include <torch/types.h>
#include <torch/utils.h>

namespace saccade {
namespace {

/// a_s for the K rows of every image: R, B×L×D → R×D.
at::Tensor chosen_cells(const at::Tensor& cell, const at::Tensor& values) {
  const std::int64_t B = values.size(0);
  const std::int64_t L = values.size(1);
  const at::Tensor first_cell =
      at::arange(B, cell.options()).repeat_interleave(cell.size(0) / B) * L;
  return values.reshape({B * L, -1}).index_select(0, first_cell + cell);
}

at::Tensor dropped(const at::Tensor& x, double p, const at::Generator& generator) {
  if (p <= 0) return x;
  return x * at::empty_like(x).bernoulli_(1 - p, generator).div_(1 - p);
}

}  // namespace

Glimpse default_glimpse(AttentionKind kind) {
  return kind == AttentionKind::soft ? Glimpse::expected : Glimpse::argmax;
}

at::Tensor time_major(const at::Tensor& values, const std::vector<std::int64_t>& images) {
  std::vector<at::Tensor> steps(images.size());
  for (std::size_t t = 0; t < steps.size(); ++t) {
    const at::Tensor step = values.select(2, static_cast<std::int64_t>(t));
    steps[t] = step.narrow(0, 0, images[t]).reshape({-1});
  }
  return at::cat(steps);
}

State State::select(const at::Tensor& rows, const at::Tensor& images) const {
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

DecoderImpl::LstmImpl::LstmImpl(const DecoderConfig& config) {
  const std::int64_t H = config.hidden;
  input = register_module("input", Affine(config.embedding, 4 * H));
  if (config.context != Context::once) {
    context = register_module("context", Affine(config.annotation_size(), 4 * H, false));
  }
  hidden = register_module("hidden", Affine(H, 4 * H, false));
}

DecoderImpl::DecoderImpl(const DecoderConfig& config) : config_(config) {
  const std::int64_t D = config.annotation_size();
  const std::int64_t H = config.hidden;
  const std::int64_t E = config.embedding;
  const std::int64_t V = config.vocabulary;
  const bool sees_each_step = config.context != Context::once;
  if (config.projection > 0) projection = register_module("projection", Affine(config.features, D));
  embedding = register_module("embedding", Affine(E, V, false));
  initial_hidden = register_module("initial_hidden", Affine(D, H));
  initial_cell = register_module("initial_cell", Affine(D, H));
  if (config.context == Context::attention) {
    attention = register_module("attention", Attention(config));
  }
  if (sees_each_step && config.gate != Gate::none) {
    gate = register_module("gate", Affine(H, config.gate == Gate::scalar ? 1 : D));
  }
  lstm = register_module("lstm", Lstm(config));
  output_hidden = register_module("output_hidden", Affine(H, E));
  if (sees_each_step) output_context = register_module("output_context", Affine(D, E, false));
  if (!config.tied) output = register_module("output", Affine(E, V, false));
  output_bias = register_parameter("output_bias", torch::empty({V}));
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
  lstm->input->bias.narrow(0, H, H).fill_(1);  // the cell remembers until it has learned to forget
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

State DecoderImpl::start(const Features& features, std::int64_t rows_per_image,
                         at::ScalarType matrix_type) const {
  State state;
  state.annotations = annotate(features, matrix_type);
  state.weights = recurrent_weights(matrix_type);
  const at::Tensor mean = state.annotations.values.mean(1);
  state.h = at::tanh(initial_hidden->forward(mean)).repeat_interleave(rows_per_image, 0);
  state.c = at::tanh(initial_cell->forward(mean)).repeat_interleave(rows_per_image, 0);
  return state;
}

at::Tensor DecoderImpl::look(const SharedOperand& values, const UnrollOptions& options,
                             Recurred& out) const {
  const auto expectation = [&] {
    return weighted_sum(dropped(out.alpha, options.attention_dropout, options.generator), values);
  };
  if (config_.context == Context::mean || options.glimpse == Glimpse::expected) {
    return expectation();
  }
  out.cell = options.glimpse == Glimpse::argmax
                 ? out.alpha.argmax(1)
                 : at::multinomial(out.alpha.detach(), 1, false, options.generator).view({-1});
  const at::Tensor chosen = chosen_cells(out.cell, values.value());
  if (!options.expected.defined()) return chosen;
  const at::Tensor expected = options.expected.narrow(0, 0, out.alpha.size(0)).unsqueeze(1);
  return at::where(expected, expectation(), chosen);
}

DecoderImpl::Recurred DecoderImpl::recur(const Operands& with, const at::Tensor& input,
                                         const at::Tensor& h, const at::Tensor& c,
                                         const UnrollOptions& options) const {
  const std::int64_t R = h.size(0);
  const at::ScalarType matrix_type = with.hidden.value().scalar_type();
  Recurred out;

  if (config_.context == Context::attention) {
    out.alpha = attention->forward(with.keys, h, with.query);
  } else {
    const std::int64_t L = with.values.value().size(1);
    out.alpha = at::full({R, L}, 1 / static_cast<double>(L), h.options());
  }

  at::Tensor gates = input + product(h.to(matrix_type), with.hidden).to(h.scalar_type());
  if (config_.context != Context::once) {
    out.context = look(with.values, options, out);
    if (gate) {
      const at::Tensor beta = at::sigmoid(gate->forward(h));
      out.context = out.context * beta;
      out.gate = beta.mean(1);
    }
    gates = gates + product(out.context.to(matrix_type), with.context).to(h.scalar_type());
  }
  if (!out.gate.defined()) out.gate = at::ones({R}, h.options());

  const auto chunks = gates.chunk(4, 1);
  out.c = at::sigmoid(chunks[1]) * c + at::sigmoid(chunks[0]) * at::tanh(chunks[2]);
  out.h = at::sigmoid(chunks[3]) * at::tanh(out.c);
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

Step DecoderImpl::step(const State& state, const at::Tensor& words, Glimpse glimpse,
                       const at::Generator& generator) const {
  const at::ScalarType matrix_type = state.weights.hidden.scalar_type();
  const at::ScalarType type = state.h.scalar_type();
  const at::Tensor embedded = embed(words).to(matrix_type);
  UnrollOptions options;
  options.glimpse = glimpse;
  options.generator = generator;
  const Operands with{state.annotations.values, state.annotations.keys, state.weights.query,
                      state.weights.context, state.weights.hidden};
  Recurred now = recur(with, lstm->input->forward(embedded).to(type), state.h, state.c, options);
  const at::Tensor context = now.context.defined() ? now.context.to(matrix_type) : now.context;
  Step step;
  step.logits = logits(deep_output(embedded, now.h.to(matrix_type), context)).to(type);
  step.alpha = now.alpha;
  step.gate = now.gate;
  step.cell = now.cell;
  step.next = state;
  step.next.h = now.h;
  step.next.c = now.c;
  return step;
}

Unrolled DecoderImpl::unroll(const Features& features, const at::Tensor& words,
                             const std::vector<std::int64_t>& images,
                             const UnrollOptions& options) const {
  const std::int64_t K = words.size(1);
  const std::size_t T = images.size();
  State state = start(features, K, options.matrix_type);
  const std::int64_t B = state.annotations.images();
  Operands with{SharedOperand::gathered(state.annotations.values),
                SharedOperand::gathered(state.annotations.keys),
                SharedOperand::gathered(state.weights.query),
                SharedOperand::gathered(state.weights.context),
                SharedOperand::gathered(state.weights.hidden)};
  const at::ScalarType type = state.h.scalar_type();

  std::vector<std::int64_t> rows(T);
  for (std::size_t t = 0; t < T; ++t) rows[t] = images[t] * K;
  const at::Tensor embedded =
      dropped(embed(time_major(words, images)), options.dropout, options.generator)
          .to(options.matrix_type);
  const auto inputs = lstm->input->forward(embedded).to(type).split_with_sizes(rows);

  Unrolled out;
  std::vector<at::Tensor> hs(T), contexts;
  for (std::size_t t = 0; t < T; ++t) {
    if (images[t] < (t > 0 ? images[t - 1] : B)) {
      with.values = with.values.first(images[t]);
      with.keys = with.keys.first(images[t]);
      state.h = state.h.narrow(0, 0, rows[t]);
      state.c = state.c.narrow(0, 0, rows[t]);
    }
    Recurred now = recur(with, inputs[t], state.h, state.c, options);
    state.h = hs[t] = now.h;
    state.c = now.c;
    if (now.context.defined()) contexts.push_back(now.context);
    if (now.cell.defined()) out.cells.push_back(now.cell);
    out.alphas.push_back(now.alpha);
    out.gates.push_back(now.gate);
  }
  const at::Tensor context =
      contexts.empty() ? at::Tensor() : at::cat(contexts).to(options.matrix_type);
  out.hidden = dropped(deep_output(embedded, at::cat(hs).to(options.matrix_type), context),
                       options.dropout, options.generator);
  return out;
}

}  // namespace saccade
