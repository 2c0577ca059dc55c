#include "team.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace agent {

namespace {

/// How long a helper looks for the next job before it sleeps: layers of one network follow each other at once.
constexpr std::chrono::microseconds kPatience(60);
/// Looks at a flag before a waiting thread lets others have its core.
constexpr int kLooks = 4000;

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

struct Job {
  explicit Job(std::vector<Phase> given)
      : phases(std::move(given)), next(phases.size()), done(phases.size()) {}

  /// Takes part until the last phase has no task left.
  void Work() {
    for (size_t i = 0; i < phases.size(); i++) {
      const Phase& phase = phases[i];
      for (int task = next[i]++; task < phase.tasks; task = next[i]++) {
        phase.run(task);
        done[i]++;
      }
      for (int looks = 0; done[i] < phase.tasks; looks++) {
        if (looks < kLooks) {
          Pause();
        } else {
          std::this_thread::yield();
        }
      }
    }
  }

  const std::vector<Phase> phases;
  std::vector<std::atomic<int>> next, done;
};

}  // namespace

struct Team::Shared {
  std::mutex mutex;
  std::condition_variable wake;
  std::shared_ptr<Job> job;
  std::atomic<long> number{0};
  int sleeping = 0;
  std::mutex busy;
  int helpers = 0;

  /// Waits for a job with another number.
  std::shared_ptr<Job> Await(long seen) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (number == seen && std::chrono::steady_clock::now() < until) Pause();
    std::unique_lock<std::mutex> lock(mutex);
    sleeping++;
    wake.wait(lock, [&] { return number != seen; });
    sleeping--;
    return job;
  }
};

Team::Team(int helpers) : shared_(std::make_shared<Shared>()) {
  shared_->helpers = helpers;
  for (int i = 0; i < helpers; i++) {
    std::thread([shared = shared_] {
      for (long seen = 0;;) {
        const auto job = shared->Await(seen);
        seen = shared->number;
        if (job) job->Work();
      }
    }).detach();
  }
}

void Team::Run(std::vector<Phase> phases) {
  const auto job = std::make_shared<Job>(std::move(phases));
  std::unique_lock<std::mutex> mine(shared_->busy, std::try_to_lock);
  if (mine.owns_lock() && shared_->helpers > 0) {
    bool wake;
    {
      std::lock_guard<std::mutex> lock(shared_->mutex);
      shared_->job = job;
      shared_->number++;
      wake = shared_->sleeping > 0;
    }
    if (wake) shared_->wake.notify_all();
  }
  job->Work();
}

}  // namespace agent
