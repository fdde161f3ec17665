#include "process.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <future>
#include <malloc.h>
#include <memory>
#include <sched.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

#include <ATen/Parallel.h>

#include "saccade/image/image.h"

namespace saccade::app {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");
const char* words_before_end = nullptr;

void on_signal(int signal) {
  if (interrupted.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  } else if (words_before_end != nullptr) {
    itimerval grace{};
    grace.it_value.tv_usec = 700'000;
    ::setitimer(ITIMER_REAL, &grace, nullptr);
  }
}

void on_alarm(int) {
  static_cast<void>(!::write(STDERR_FILENO, words_before_end, std::strlen(words_before_end)));
  ::_exit(1);
}

/// Keeps OpenMP threads from spinning for long. On a busy machine, GNU OpenMP's default spin time
/// makes the program ten times slower. OpenMP spins only briefly if it manages more threads than
/// there are CPUs, so this creates a second team that sleeps until the process ends. It does
/// nothing if the user has set one of the environment variables.
void keep_waiting_short() {
  static const bool once = [] {
    if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return false;
    // Wait for the team: a process must not end while OpenMP creates one.
    const auto made = std::make_shared<std::promise<void>>();
    std::thread([made] {
      at::parallel_for(0, available_processors(), 1, [](std::int64_t, std::int64_t) {});
      made->set_value();
      for (;;) ::pause();
    }).detach();
    made->get_future().wait();
    return true;
  }();
  static_cast<void>(once);
}

}  // namespace

void prepare_process() {
  constexpr int kKeep = 1 << 30;  // free bytes at the end of the heap that are not returned
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, kKeep);
  mallopt(M_TOP_PAD, 16 << 20);
  ::setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8192", /*overwrite=*/0);
  silence_codecs();
}

std::int64_t available_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

void set_threads(std::int64_t threads) {
  if (threads <= 0) threads = available_processors();
  at::set_num_threads(static_cast<int>(threads));
  if (threads > 1) keep_waiting_short();
}

const std::atomic<bool>& catch_interrupts(const char* last_words) {
  words_before_end = last_words;
  if (last_words != nullptr) std::signal(SIGALRM, on_alarm);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  return interrupted;
}

}  // namespace saccade::app
