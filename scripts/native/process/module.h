// The parts of the library: each adds its functions.
#pragma once

#include <node_api.h>

void Export(napi_env env, napi_value exports, const char* name, napi_callback function);
void AddStandardError(napi_env env, napi_value exports);
void AddSignals(napi_env env, napi_value exports);
