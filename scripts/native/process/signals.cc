// Threads that compute take no signals. oneDNN's products of matrices point the stack at their working memory while they
// run (`mov rsp, ws` in its generated code), and a signal's handler would write its frame below that, over whatever lies
// there: a child that ends, a resized terminal or Ctrl-C corrupted the heap. `shield` leaves the signals of this process
// to a thread that does nothing else. The handlers of Node.js may run on any thread.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <initializer_list>

#include "module.h"

namespace {

void* Wait(void*) {
  for (;;) pause();
}

/// From now on this thread, and those that it starts, take no signal but what they cause themselves.
napi_value Shield(napi_env env, napi_callback_info) {
  static bool has_taker = false;
  pthread_t taker;
  if (!has_taker) {
    if (pthread_create(&taker, nullptr, Wait, nullptr) != 0) {
      napi_throw_error(env, nullptr, "no thread for signals could be started");
      return nullptr;
    }
    pthread_detach(taker);
    has_taker = true;
  }
  sigset_t signals;
  sigfillset(&signals);
  for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) sigdelset(&signals, own);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return nullptr;
}

}  // namespace

void AddSignals(napi_env env, napi_value exports) { Export(env, exports, "shield", Shield); }
