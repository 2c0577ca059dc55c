// For CPUs with AVX-512: Intel servers since 2017, AMD since 2022.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <cmath>
#include <cstring>
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,fma")
#define AGENT_KIND avx512
#define AGENT_LANES 16
#define AGENT_ROWS 12
#define AGENT_VECTORS 2
#include "kernels.inc"

namespace agent {
extern const Kernels kAvx512;
const Kernels kAvx512{"avx512",      avx512::Multiply, avx512::FinishRows, avx512::Norm,
                       avx512::Softmax, avx512::Dots,     avx512::Mix};
}  // namespace agent
#endif
