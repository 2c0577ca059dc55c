// Compiled into the binding. TensorFlow 2.21 logs through absl, whose level nothing in the environment sets, so each
// process would narrate its CPU features on standard error. TF_CPP_MIN_LOG_LEVEL, which older versions obeyed, is
// obeyed again: 0 everything, 1 warnings, 2 errors (also where nothing is set), 3 fatal errors only.
#include <cstdlib>

#include "absl/base/log_severity.h"
#include "absl/log/globals.h"

namespace {

const bool kLevelIsSet = [] {
  const char* text = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  const int level = text == nullptr ? 2 : std::atoi(text);
  absl::SetMinLogLevel(static_cast<absl::LogSeverityAtLeast>(level));
  return true;
}();

}  // namespace
