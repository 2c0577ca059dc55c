// What JavaScript sees: open(threads, kernels) → the name of the kernels that run.
#include <node_api.h>

#include <exception>
#include <string>

#include "operation.h"

namespace {

napi_value Open(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value values[2], result;
  napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  int32_t threads = 1;
  char name[32];
  size_t length = 0;
  if (napi_get_value_int32(env, values[0], &threads) != napi_ok || threads < 1 ||
      napi_get_value_string_utf8(env, values[1], name, sizeof(name), &length) != napi_ok) {
    napi_throw_type_error(env, nullptr, "expected a number of threads and the name of kernels");
    return nullptr;
  }
  try {
    const std::string chosen = agent::Register(threads, name);
    napi_create_string_utf8(env, chosen.c_str(), chosen.size(), &result);
    return result;
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value open;
  napi_create_function(env, "open", NAPI_AUTO_LENGTH, Open, nullptr, &open);
  napi_set_named_property(env, exports, "open", open);
  return exports;
}
