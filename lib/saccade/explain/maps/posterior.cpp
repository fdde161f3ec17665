#include "saccade/explain/maps/posterior.h"

#include <stdexcept>

#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/decoder/lstm_cell.h"

namespace saccade {

at::Tensor log_p_by_cell(const Decoder& decoder, const State& state, const at::Tensor& words,
                         const at::Tensor& targets) {
  if (!decoder->lstm->context) {
    throw std::invalid_argument(
        "a decoder that sees the image only at the first step has no posterior over cells");
  }
  torch::NoGradGuard no_gradient;
  const ImageRowsPtr image_of_row = state.image_rows();
  const std::int64_t L = state.annotations.values.size(1);
  const auto type = state.h.scalar_type();
  const auto of_cells = [L](const at::Tensor& row) {
    return row.expand({L, row.size(1)}).contiguous();
  };
  std::vector<at::Tensor> rows;
  for (std::int64_t r = 0; r < state.rows(); ++r) {
    const at::Tensor h = state.h.narrow(0, r, 1), c = state.c.narrow(0, r, 1);
    at::Tensor context =
        state.annotations.values[image_of_row->of_row()[static_cast<std::size_t>(r)]];  // L×D
    if (decoder->gate) {
      context = context * at::sigmoid(decoder->gate->forward(h.to(c.scalar_type())));
    }
    context = context.to(type);
    const at::Tensor embedded =
        decoder->embedding->weight.index_select(0, words.narrow(0, r, 1)).to(type);
    const at::Tensor same =
        decoder->lstm->input->forward(embedded) + at::matmul(h, state.weights.hidden.t());
    const LstmState next =
        lstm_cell({of_cells(same), at::matmul(context, state.weights.context.t())}, of_cells(c));
    at::Tensor sum = embedded + decoder->output_hidden->forward(next.h);
    if (decoder->output_context) sum = sum + decoder->output_context->forward(context);
    if (decoder->config().output_tanh) sum = at::tanh(sum);
    const at::Tensor log_p =
        at::log_softmax(decoder->logits(sum).to(state.c.scalar_type()), 1);  // L×V
    rows.push_back(log_p.index_select(1, targets.narrow(0, r, 1)).view({1, L}));
  }
  return at::cat(rows);
}

at::Tensor posterior_maps(const Decoder& decoder, const Features& features, const WordBatch& words,
                          const std::vector<std::int64_t>& positions, AttentionMode mode) {
  torch::NoGradGuard no_gradient;
  const at::Device device = features.values.device();
  const std::vector<std::int64_t>& rows = words.inputs.rows;
  State state = decoder->start(
      features, c10::make_intrusive<ImageRows>(words.inputs.image, features.values.size(0)),
      features.values.scalar_type());
  std::vector<at::Tensor> maps;
  std::size_t next = 0;
  std::int64_t before = 0;  // word positions of the steps before t
  for (std::size_t t = 0; t < rows.size() && next < positions.size(); before += rows[t], ++t) {
    state = state.first(rows[t]);
    const auto column = [&](const at::Tensor& values) {
      return values.select(1, static_cast<std::int64_t>(t)).narrow(0, 0, rows[t]).to(device);
    };
    const at::Tensor last = column(words.inputs.words), targets = column(words.targets);
    Step step = decoder->step(state, last, mode);
    for (; next < positions.size() && positions[next] < before + rows[t]; ++next) {
      const std::int64_t r = positions[next] - before;
      State own = state;
      own.h = state.h.narrow(0, r, 1);
      own.c = state.c.narrow(0, r, 1);
      own.image_of_row = c10::make_intrusive<ImageRows>(
          std::vector<std::int64_t>{words.inputs.image[static_cast<std::size_t>(r)]},
          features.values.size(0));
      const at::Tensor log_p =
          log_p_by_cell(decoder, own, last.narrow(0, r, 1), targets.narrow(0, r, 1));
      maps.push_back(at::softmax(step.alpha.narrow(0, r, 1).log() + log_p, 1));
    }
    state = std::move(step.next);
  }
  return maps.empty() ? at::empty({0, features.grid.cells()}, features.values.options())
                      : at::cat(maps);
}

}  // namespace saccade
