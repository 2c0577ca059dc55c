// TensorFlow writes two lines to standard error while it is being loaded,
// before any of its settings can be reached. `silence` points file descriptor 2 elsewhere for that moment and
// `restore` brings it back.
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include "module.h"

namespace {

int saved = -1;

napi_value Silence(napi_env, napi_callback_info) {
  if (saved >= 0) return nullptr;
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return nullptr;
  saved = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (saved >= 0) dup2(nowhere, 2);
  close(nowhere);
  return nullptr;
}

napi_value Restore(napi_env, napi_callback_info) {
  if (saved < 0) return nullptr;
  dup2(saved, 2);
  close(saved);
  saved = -1;
  return nullptr;
}

}  // namespace

void AddStandardError(napi_env env, napi_value exports) {
  Export(env, exports, "silence", Silence);
  Export(env, exports, "restore", Restore);
}
