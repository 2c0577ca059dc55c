// For CPUs with AVX2 and fused multiply-add: Intel since 2013, AMD since 2015.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <cmath>
#include <cstring>
#pragma GCC target("avx2,fma")
#define AGENT_KIND avx2
#define AGENT_LANES 8
#define AGENT_ROWS 3
#define AGENT_VECTORS 4
#include "kernels.inc"

namespace agent {
extern const Kernels kAvx2;
const Kernels kAvx2{"avx2",      avx2::Multiply, avx2::FinishRows, avx2::Norm,
                       avx2::Softmax, avx2::Dots,     avx2::Mix};
}  // namespace agent
#endif
