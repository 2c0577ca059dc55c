// Threads that work through the phases of one job together. A phase is a number of tasks that may run side by side; it
// ends when all are done. Nobody waits for a thread that has not begun: whoever is there takes the next task, and the
// caller would do them all if no one came.
#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace agent {

struct Phase {
  int tasks;
  std::function<void(int task)> run;
};

class Team {
 public:
  /// Threads beside the caller. They live as long as the process.
  explicit Team(int helpers);
  /// Returns when all phases are done. Another thread's job at the same time is done by that thread alone.
  void Run(std::vector<Phase> phases);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace agent
