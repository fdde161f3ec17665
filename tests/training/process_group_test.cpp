#include "saccade/training/process_group.h"

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include "saccade/model/checkpoint/tensor_file.h"

#include "other_device.h"
#include "temporary_folder.h"
#include "training/peer_process.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

/// Words as rows, in double precision. Rank 1 has more words.
struct Example {
  at::Tensor x, y;
};
Example words_of(std::int64_t rank) {
  torch::manual_seed(10 + static_cast<std::uint64_t>(rank));
  const std::int64_t n = rank == 0 ? 3 : 8;
  return {at::randn({n, 4}, at::kDouble), at::randn({n, 2}, at::kDouble)};
}

/// A linear layer whose initial weights differ per process, before rank 0 broadcasts its own.
torch::nn::Linear layer(std::int64_t rank) {
  torch::manual_seed(20 + static_cast<std::uint64_t>(rank));
  torch::nn::Linear layer(4, 2);
  layer->to(at::kDouble);
  return layer;
}

at::Tensor mean_loss(torch::nn::Linear& layer, const Example& words) {
  return (layer->forward(words.x) - words.y).pow(2).sum(1).mean();
}

std::vector<at::Tensor> gradients(torch::nn::Linear& layer) {
  std::vector<at::Tensor> out;
  for (const at::Tensor& parameter : layer->parameters()) out.push_back(parameter.grad());
  return out;
}

/// One step of distributed training: broadcast parameters, then gradients over all words.
std::map<std::string, at::Tensor> train_together(std::int64_t rank, std::uint16_t port) {
  ProcessGroup group(peer_options(rank, port));
  torch::nn::Linear own = layer(rank);
  group.broadcast(own->parameters());
  const Example words = words_of(rank);
  const double n = static_cast<double>(words.x.size(0));
  (mean_loss(own, words) * (n * static_cast<double>(group.size()) / group.sum(n))).backward();
  group.mean(gradients(own));
  const at::Tensor counts = at::full({3}, rank + 5, at::kLong);
  const at::Device device = rank == 0 ? at::Device(at::kCPU) : other_device();
  const at::Tensor values = at::full({2, 2}, 0.5f).to(device);
  group.sum({counts, values});  // of two types, on any device, in one call
  return {{"weight", own->weight.detach()},
          {"weight gradient", own->weight.grad()},
          {"bias gradient", own->bias.grad()},
          {"counts", counts},
          {"values", values}};
}

TEST(ProcessGroup, OfTwoProcessesHasTheGradientsOfOneProcessWithAllWords) {
  at::set_num_threads(1);
  if (const auto port = Peer::port()) {
    write_safetensors(std::getenv("SACCADE_TEST_OUTPUT"), {train_together(1, *port), {}});
    return;
  }
  const TemporaryFolder folder;
  const std::uint16_t port = free_port();
  Peer peer(port, folder / "peer.safetensors");
  const auto first = train_together(0, port);
  ASSERT_EQ(peer.wait(), 0);
  const auto second = read_safetensors(folder / "peer.safetensors").tensors;
  for (const auto& [name, tensor] : first) {
    EXPECT_TRUE(at::equal(tensor, second.at(name))) << name << " differs between the processes";
  }
  torch::nn::Linear whole = layer(0);
  EXPECT_TRUE(at::equal(first.at("weight"), whole->weight)) << "rank 0 keeps its parameters";
  const Example a = words_of(0), b = words_of(1);
  mean_loss(whole, {at::cat({a.x, b.x}), at::cat({a.y, b.y})}).backward();
  EXPECT_TRUE(at::allclose(first.at("weight gradient"), whole->weight.grad(), 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(first.at("bias gradient"), whole->bias.grad(), 1e-12, 1e-12));
  EXPECT_TRUE(at::equal(first.at("counts"), at::full({3}, 11, at::kLong)));
  EXPECT_TRUE(at::equal(first.at("values"), at::ones({2, 2})));
}

TEST(ProcessGroup, ReportsALostPeer) {
  if (const auto port = Peer::port()) {
    const ProcessGroup leaves_at_once(peer_options(1, *port));
    return;
  }
  const TemporaryFolder folder;
  const std::uint16_t port = free_port();
  Peer peer(port, folder / "none");
  ProcessGroup group(peer_options(0, port));
  ASSERT_EQ(peer.wait(), 0);
  const at::Tensor tensor = at::ones({4});
  try {
    group.sum({tensor});
    FAIL() << "summed without a peer";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("process 0 of 2 lost the others"));
  }
}

/// @return the results in both processes
double long_work_of_the_first(std::int64_t rank, std::uint16_t port) {
  ProcessGroupOptions options = peer_options(rank, port);
  options.timeout_seconds = 3;
  ProcessGroup group(options);
  return group.on_first([] {
    std::this_thread::sleep_for(std::chrono::seconds(5));
    return 7.5;
  });
}

TEST(ProcessGroup, WaitsForTheFirstLongerThanForAnExchange) {
  if (const auto port = Peer::port()) {
    // Both start together, so that starting a process does not use up the three seconds.
    write_file(std::getenv("SACCADE_TEST_OUTPUT"), "here");
    if (long_work_of_the_first(1, *port) != 7.5) ::_exit(1);
    return;
  }
  const TemporaryFolder folder;
  const std::uint16_t port = free_port();
  Peer peer(port, folder / "here");
  while (!std::filesystem::exists(folder / "here")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(long_work_of_the_first(0, port), 7.5);
  EXPECT_EQ(peer.wait(), 0);
}

TEST(ProcessGroup, ReportsAFailureOfTheFirstToTheOthers) {
  const auto work = [](std::int64_t rank, std::uint16_t port) -> std::string {
    ProcessGroup group(peer_options(rank, port));
    try {
      group.on_first([]() -> double { throw std::runtime_error("the disk is full"); });
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  if (const auto port = Peer::port()) {
    write_file(std::getenv("SACCADE_TEST_OUTPUT"), work(1, *port));
    return;
  }
  const TemporaryFolder folder;
  const std::uint16_t port = free_port();
  Peer peer(port, folder / "peer");
  EXPECT_EQ(work(0, port), "the disk is full");
  ASSERT_EQ(peer.wait(), 0);
  EXPECT_EQ(read_file(folder / "peer"), "process 0 failed while the others were waiting");
}

TEST(ProcessGroup, TimesOutWaitingForTheOthers) {
  ProcessGroupOptions alone = peer_options(1, free_port());
  alone.timeout_seconds = 1;
  try {
    ProcessGroup group(alone);
    FAIL() << "there is no other process";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("process 1 of 2 cannot join the others at 127.0.0.1:"));
  }
}

TEST(ProcessGroup, OfOneProcessChangesNothing) {
  ProcessGroup group;
  EXPECT_TRUE(group.is_first());
  const at::Tensor tensor = at::full({2}, 3.0);
  group.sum({tensor});
  group.mean({tensor});
  group.broadcast({tensor});
  EXPECT_TRUE(at::equal(tensor, at::full({2}, 3.0)));
  EXPECT_EQ(group.sum(2.5), 2.5);
  EXPECT_EQ(group.on_first([] { return 1.5; }), 1.5);
}

TEST(ProcessGroup, RefusesARankOutOfRange) {
  for (const auto& [rank, processes] :
       {std::pair{2, 2}, std::pair{-1, 2}, std::pair{0, 0}, std::pair{1, 1}}) {
    ProcessGroupOptions options;
    options.rank = rank;
    options.processes = processes;
    EXPECT_THROW(ProcessGroup{options}, std::invalid_argument) << rank << " of " << processes;
  }
}

}  // namespace
}  // namespace saccade::test
