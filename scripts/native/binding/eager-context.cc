// Compiled into the binding, which keeps its eager context to itself. The set-up compiles everything here with
// TFE_NewContext renamed to AgentNewContext, so that the context passes through this file when it is made, and the
// library of graph functions (scripts/native/graph) finds it under the name agent_eager_context.
#undef TFE_NewContext
#include "tensorflow/c/eager/c_api.h"

extern "C" {

__attribute__((visibility("default"))) TFE_Context* agent_eager_context = nullptr;

TFE_Context* AgentNewContext(const TFE_ContextOptions* options, TF_Status* status) {
  agent_eager_context = TFE_NewContext(options, status);
  return agent_eager_context;
}

}  // extern "C"
