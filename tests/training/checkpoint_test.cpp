// A checkpoint survives a full disk. tests/app/train_test.cpp tests that a run survives being
// killed.

#include "saccade/training/checkpoint.h"

#include <csignal>
#include <stdexcept>
#include <sys/resource.h>

#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>
#include <torch/optim/adam.h>
#include <torch/types.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// Simulates a full disk: limits the file size of this process to `bytes` during its lifetime.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

struct Learner {
  Learner()
      : average(*layer, 0.9), optimizer(layer->parameters(), torch::optim::AdamOptions(0.1)) {}

  void step() {
    optimizer.zero_grad();
    layer->forward(torch::ones({1, 64})).sum().backward();
    optimizer.step();
  }
  Checkpoint checkpoint() { return {*layer, average, optimizer}; }

  torch::nn::Linear layer{64, 64};
  AveragedWeights average;
  torch::optim::Adam optimizer;
};

TEST(Checkpoint, IsUnchangedWhenTheDiskIsFull) {
  const test::TemporaryFolder folder;
  Learner run;
  run.step();
  run.checkpoint().save(folder / "checkpoint", {{"step", 1}});
  const at::Tensor saved = run.layer->weight.detach().clone();
  run.step();
  // The weights and their average take 16 KB each and the optimizer's state 33 KB.
  for (const rlim_t bytes : {100, 10'000, 20'000, 30'000}) {
    const FullDisk disk(bytes);
    EXPECT_THROW(run.checkpoint().save(folder / "checkpoint", {{"step", 2}}), std::runtime_error)
        << bytes;
  }
  Learner later;
  EXPECT_EQ(Checkpoint::progress(folder / "checkpoint").at("step"), 1);
  later.checkpoint().load(folder / "checkpoint");
  EXPECT_TRUE(at::equal(later.layer->weight.detach(), saved));

  run.checkpoint().save(folder / "checkpoint", {{"step", 2}});  // there is space again
  EXPECT_EQ(Checkpoint::progress(folder / "checkpoint").at("step"), 2);
  later.checkpoint().load(folder / "checkpoint");
  EXPECT_TRUE(at::equal(later.layer->weight.detach(), run.layer->weight.detach()));
}

TEST(Checkpoint, IsFoundAfterADeathBetweenTheRenames) {
  const test::TemporaryFolder folder;
  Learner run;
  run.step();
  run.checkpoint().save(folder / "checkpoint", {{"step", 1}});
  fs::rename(folder / "checkpoint", folder / "checkpoint.previous");
  EXPECT_EQ(Checkpoint::progress(folder / "checkpoint").at("step"), 1);
  run.checkpoint().load(folder / "checkpoint");
}

TEST(Checkpoint, NamesAFolderWithoutACheckpoint) {
  const test::TemporaryFolder folder;
  Learner run;
  try {
    Checkpoint::progress(folder / "none");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(folder / "none"), std::string::npos);
  }
}

}  // namespace
}  // namespace saccade
