#include "saccade/training/process_group.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <stdexcept>

#include <torch/utils.h>

// Must follow the headers of LibTorch.
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "saccade/io/error_text.h"

namespace saccade {
namespace {

constexpr double kLongestPulseSeconds = 30;

std::string named(const ProcessGroupOptions& options) {
  return "process " + std::to_string(options.rank) + " of " + std::to_string(options.processes);
}

/// Runs a network action. Errors become one sentence.
template <typename Action>
void guarded(const ProcessGroupOptions& options, const std::string& what, Action&& action) {
  try {
    action();
  } catch (const std::exception& error) {
    throw std::runtime_error(named(options) + " " + what + ": " + plain_reason(error));
  }
}

/// Concatenates the tensors of each type, calls exchange(buffer) once per type, and copies the
/// buffer back.
template <typename Exchange>
void exchange_flat(const std::vector<at::Tensor>& tensors, Exchange&& exchange) {
  torch::NoGradGuard no_gradient;
  std::map<at::ScalarType, std::vector<at::Tensor>> by_type;
  for (const at::Tensor& tensor : tensors) {
    if (!tensor.defined()) throw std::invalid_argument("tensors to exchange must be defined");
    by_type[tensor.scalar_type()].push_back(tensor.detach());
  }
  for (auto& [type, group] : by_type) {
    std::vector<at::Tensor> rows;
    for (const at::Tensor& tensor : group) rows.push_back(tensor.reshape({-1}).cpu());
    at::Tensor buffer = at::cat(rows);
    exchange(buffer);
    std::int64_t at = 0;
    for (at::Tensor& tensor : group) {
      tensor.copy_(buffer.narrow(0, at, tensor.numel()).view(tensor.sizes()));
      at += tensor.numel();
    }
  }
}

/// LibTorch 2 uses libuv for its store by default, but Debian's build has no libuv.
template <typename Options>
auto keep_without_libuv(Options& options, int) -> decltype(options.useLibUV, void()) {
  options.useLibUV = false;
}
template <typename Options>
void keep_without_libuv(Options&, long) {}  // LibTorch 1 has no such option

}  // namespace

struct ProcessGroup::Impl {
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;

  explicit Impl(const ProcessGroupOptions& options) {
    using Gloo = c10d::ProcessGroupGloo;
    const std::chrono::milliseconds timeout(
        static_cast<std::int64_t>(1000 * options.timeout_seconds));
    c10d::TCPStoreOptions meeting;
    meeting.port = options.port;
    meeting.isServer = options.rank == 0;
    meeting.numWorkers = static_cast<std::size_t>(options.processes);
    meeting.timeout = timeout;
    keep_without_libuv(meeting, 0);
    const auto store = c10::make_intrusive<c10d::TCPStore>(options.address, meeting);
    const auto how = Gloo::Options::create(timeout);
    const bool local = options.address == "127.0.0.1" || options.address == "localhost";
    if (!options.interface.empty()) {
      how->devices.push_back(Gloo::createDeviceForInterface(options.interface));
    } else if (local) {
      how->devices.push_back(Gloo::createDeviceForHostname("127.0.0.1"));
    } else {
      how->devices.push_back(Gloo::createDefaultDevice());
    }
    gloo = c10::make_intrusive<Gloo>(store, static_cast<int>(options.rank),
                                     static_cast<int>(options.processes), how);
  }
};

ProcessGroup::ProcessGroup(const ProcessGroupOptions& options) : options_(options) {
  if (options.processes < 1 || options.rank < 0 || options.rank >= options.processes) {
    throw std::invalid_argument("rank " + std::to_string(options.rank) + " is out of range for " +
                                std::to_string(options.processes) + " processes");
  }
  if (options.processes == 1) return;
  guarded(options_,
          "cannot join the others at " + options.address + ":" + std::to_string(options.port),
          [&] { impl_ = std::make_unique<Impl>(options_); });
}

ProcessGroup::~ProcessGroup() = default;
ProcessGroup::ProcessGroup(ProcessGroup&&) noexcept = default;
ProcessGroup& ProcessGroup::operator=(ProcessGroup&&) noexcept = default;

void ProcessGroup::sum(const std::vector<at::Tensor>& tensors) {
  if (!impl_) return;
  exchange_flat(tensors, [&](at::Tensor& buffer) {
    guarded(options_, "lost the others", [&] {
      std::vector<at::Tensor> list{buffer};
      impl_->gloo->allreduce(list)->wait();
    });
  });
}

void ProcessGroup::mean(const std::vector<at::Tensor>& tensors) {
  sum(tensors);
  if (!impl_) return;
  torch::NoGradGuard no_gradient;
  for (const at::Tensor& tensor : tensors) tensor.detach().div_(static_cast<double>(size()));
}

double ProcessGroup::sum(double value) {
  const at::Tensor total = at::full({1}, value, at::kDouble);
  sum({total});
  return total.item<double>();
}

void ProcessGroup::broadcast(const std::vector<at::Tensor>& tensors) {
  if (!impl_) return;
  exchange_flat(tensors, [&](at::Tensor& buffer) {
    guarded(options_, "lost the others", [&] {
      std::vector<at::Tensor> list{buffer};
      impl_->gloo->broadcast(list)->wait();
    });
  });
}

double ProcessGroup::on_first(const std::function<double()>& action) {
  if (!impl_) return action();
  struct Signal {
    bool at_work, failed;
    double result;
  };
  const auto exchange = [this](const Signal& own) {
    const at::Tensor all =
        at::tensor({double(own.at_work), double(own.failed), own.result}, at::kDouble);
    sum({all});
    const double* value = all.data_ptr<double>();
    return Signal{value[0] > 0, value[1] > 0, value[2]};
  };
  if (!is_first()) {
    for (;;) {
      const Signal signal = exchange({false, false, 0});
      if (signal.failed) throw std::runtime_error("process 0 failed while the others were waiting");
      if (!signal.at_work) return signal.result;
    }
  }

  // The action runs on this thread, because LibTorch's number of threads is per thread.
  std::promise<void> end;
  auto pulse = std::async(std::launch::async, [&, ended = end.get_future()] {
    const std::chrono::duration<double> interval(
        std::min(options_.timeout_seconds / 4, kLongestPulseSeconds));
    while (ended.wait_for(interval) == std::future_status::timeout) exchange({true, false, 0});
  });
  double result = 0;
  std::exception_ptr failure;
  try {
    result = action();
  } catch (...) {
    failure = std::current_exception();
  }
  end.set_value();
  try {
    pulse.get();
    exchange({false, failure != nullptr, result});
  } catch (const std::exception&) {
    if (!failure) throw;
  }
  if (failure) std::rethrow_exception(failure);
  return result;
}

void average_gradients(const torch::nn::Module& module, ProcessGroup& processes) {
  if (processes.size() == 1) return;
  std::vector<at::Tensor> gradients;
  for (at::Tensor& parameter : module.parameters()) {
    if (!parameter.requires_grad()) continue;
    if (!parameter.grad().defined()) parameter.mutable_grad() = at::zeros_like(parameter);
    gradients.push_back(parameter.grad());
  }
  processes.mean(gradients);
}

}  // namespace saccade
