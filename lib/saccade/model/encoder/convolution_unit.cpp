#include "saccade/model/encoder/convolution_unit.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/io/enum_names.h"

namespace saccade {
namespace {

constexpr double kEpsilon = 1e-5;  // torchvision's value for all these networks
constexpr double kMomentum = 0.1;

using ModulePtr = std::shared_ptr<torch::nn::Module>;

/// The child of `parent` under `name`, or null.
ModulePtr child(const torch::nn::Module& parent, const std::string& name) {
  for (const auto& item : parent.named_children()) {
    if (item.key() == name) return item.value();
  }
  return nullptr;
}

/// The module at a dotted path below `root`. Creates missing modules.
ModulePtr module_at(torch::nn::Module& root, const std::string& path) {
  torch::nn::Module* parent = &root;
  ModulePtr module;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string name = path.substr(begin, end - begin);
    module = child(*parent, name);
    if (!module) module = parent->register_module(name, std::make_shared<torch::nn::Module>());
    parent = module.get();
    begin = end + 1;
  }
  return module;
}

}  // namespace

Activation activation_from_string(const std::string& name) {
  constexpr EnumName<Activation> kActivations[] = {{Activation::relu, "relu"},
                                                   {Activation::relu6, "relu6"}};
  return value_of(kActivations, name, "activation");
}

at::Tensor& activate(at::Tensor& values, Activation activation) {
  return activation == Activation::relu ? values.relu_() : values.clamp_(0, 6);
}

ConvolutionUnit::ConvolutionUnit(torch::nn::Module& root, const ConvolutionShape& shape,
                                 bool folded)
    : shape_(shape), convolution_(module_at(root, shape.path)) {
  weight_ = convolution_->register_parameter(
      "weight", torch::empty({shape.out, shape.in / shape.groups, shape.kernel, shape.kernel}));
  const bool has_norm = !folded && !shape.norm_path.empty();
  if (!has_norm || shape.biased) {
    bias_ = convolution_->register_parameter("bias", torch::zeros(shape.out));
  }
  if (!has_norm) return;
  norm_.module = module_at(root, shape.norm_path);
  norm_.weight = norm_.module->register_parameter("weight", torch::ones(shape.out));
  norm_.bias = norm_.module->register_parameter("bias", torch::zeros(shape.out));
  norm_.mean = norm_.module->register_buffer("running_mean", torch::zeros(shape.out));
  norm_.variance = norm_.module->register_buffer("running_var", torch::ones(shape.out));
}

at::Tensor ConvolutionUnit::forward(const at::Tensor& input, Activation activation) const {
  const auto type = input.scalar_type();
  const bool rows = shape_.shifts(input.size(2)), columns = shape_.shifts(input.size(3));
  if (packing_ && input.is_cpu() && !at::GradMode::is_enabled() &&
      (type == at::kFloat || type == at::kBFloat16)) {
    const int shift = (rows ? 1 : 0) + (columns ? 2 : 0);
    Packed& packed = type == at::kFloat ? packing_->fp32[shift] : packing_->bf16[shift];
    const bool relu = shape_.activated && activation == Activation::relu;
    std::call_once(packed.once, [&] {
      packed.convolution = PackedConvolution::pack(
          shifted_weight(rows, columns).to(type), bias_.to(type),
          {shape_.stride, shape_.padding(), shape_.dilation, shape_.groups}, input.sizes(), relu);
    });
    if (packed.convolution) {
      at::Tensor x = packed.convolution->forward(input);
      return shape_.activated && !relu ? activate(x, activation) : x;
    }
  }
  const at::Tensor bias = bias_.defined() ? bias_.to(type) : bias_;
  at::Tensor x = at::conv2d(input, shifted_weight(rows, columns).to(type), bias, shape_.stride,
                            shape_.padding(), shape_.dilation, shape_.groups);
  if (norm_.module) {
    x = at::batch_norm(x.to(norm_.weight.scalar_type()), norm_.weight, norm_.bias, norm_.mean,
                       norm_.variance, norm_.module->is_training(), kMomentum, kEpsilon,
                       /*cudnn_enabled=*/true)
            .to(type);
  }
  return shape_.activated ? activate(x, activation) : x;
}

at::Tensor ConvolutionUnit::shifted_weight(bool rows, bool columns) const {
  if (!rows && !columns) return weight_;
  return at::constant_pad_nd(weight_, {columns ? 1 : 0, 0, rows ? 1 : 0, 0});
}

void ConvolutionUnit::initialize() {
  torch::NoGradGuard no_grad;
  const double fan_out = double(shape_.kernel * shape_.kernel * shape_.out / shape_.groups);
  weight_.normal_(0, std::sqrt(2 / fan_out));
}

void ConvolutionUnit::fold(torch::nn::Module& root) {
  if (!norm_.module) return;
  torch::NoGradGuard no_grad;
  const at::Tensor scale = norm_.weight / (norm_.variance + kEpsilon).sqrt();
  weight_.mul_(scale.view({-1, 1, 1, 1}));
  if (bias_.defined()) {
    bias_.sub_(norm_.mean).mul_(scale).add_(norm_.bias);
  } else {
    bias_ = convolution_->register_parameter("bias", norm_.bias - norm_.mean * scale,
                                             weight_.requires_grad());
  }
  const std::size_t dot = shape_.norm_path.rfind('.');
  if (dot == std::string::npos) {
    root.unregister_module(shape_.norm_path);
  } else {
    module_at(root, shape_.norm_path.substr(0, dot))
        ->unregister_module(shape_.norm_path.substr(dot + 1));
  }
  norm_ = Norm();
}

void ConvolutionUnit::set_requires_grad(bool requires_grad) {
  for (at::Tensor* tensor : {&weight_, &bias_, &norm_.weight, &norm_.bias}) {
    if (tensor->defined()) tensor->set_requires_grad(requires_grad);
  }
}

void ConvolutionUnit::pack() {
  if (!norm_.module) packing_ = std::make_shared<Packing>();
}

}  // namespace saccade
