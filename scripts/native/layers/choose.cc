// Which kernels run, by what the CPU can do.
#include <cstring>

#include "kernels.h"

namespace agent {

extern const Kernels kPortable;

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
extern const Kernels kAvx2, kAvx512;

static const Kernels* const* Available() {
  static const Kernels* available[4] = {};
  int count = 0;
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (has_avx2 && has_avx512) available[count++] = &kAvx512;
  if (has_avx2) available[count++] = &kAvx2;
  available[count++] = &kPortable;
  return available;
}
#else
static const Kernels* const* Available() {
  static const Kernels* available[2] = {&kPortable};
  return available;
}
#endif

const Kernels* ChooseKernels(const char* name) {
  const Kernels* const* available = Available();
  if (name == nullptr || *name == '\0') return *available;
  for (; *available; available++) {
    if (std::strcmp((*available)->name, name) == 0) return *available;
  }
  return nullptr;
}

}  // namespace agent
