// A library of its own, without TensorFlow: what has to be done to the process before TensorFlow is loaded into it.
#include "module.h"

void Export(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
  AddStandardError(env, exports);
  AddSignals(env, exports);
  return exports;
}
