// The inner loops of a transformer layer, once for each kind of CPU. All of them add up in the same order, whatever the
// width of their vectors, so that with fused multiply-add they give the same numbers bit for bit: a row's result does
// not depend on how many rows stand beside it, nor on the machine's vector width.
#pragma once

namespace agent {

/// Columns that a product computes at a time.
constexpr long kPanel = 32;

/// Order of `Activation` in src/model/ops/fused-layer.ts.
enum class Activation { kNone, kRelu, kSilu, kQuickGelu, kGelu, kTanhGelu };

/// What is done with a stretch of a product before it is stored.
struct Finish {
  const float* bias = nullptr;
  Activation activation = Activation::kNone;
  /// Multiplied to the activated values: [rows, kPanel], with a bias of its own. For gated MLPs.
  const float* factor = nullptr;
  const float* factor_bias = nullptr;
  /// Added last, with the distance of its rows.
  const float* residual = nullptr;
  long residual_stride = 0;
};

struct Kernels {
  const char* name;
  /// c [rows, kPanel] = a [rows, depth] times b [depth, kPanel]; strides are distances of rows.
  void (*multiply)(const float* a, long a_stride, const float* b, long b_stride, long rows, long depth, float* c,
                   long c_stride);
  /// Stores the first `columns` of a product [rows, kPanel].
  void (*finish)(const float* product, long rows, long columns, const Finish& finish, float* out, long out_stride);
  /// RMSNorm (no shift) or LayerNorm of one row.
  void (*norm)(const float* x, long width, const float* scale, const float* shift, float epsilon, bool is_rms,
               float* out);
  /// Scores, times a factor and plus a mask that may be null, to weights whose sum is 1.
  void (*softmax)(float* scores, long count, float factor, const float* mask);
  /// Products of one vector with each of `count` rows of the same size.
  void (*dots)(const float* x, const float* rows, long count, long size, float* out);
  /// The sum of rows, each times its weight; added to what is in `out` if `adds`.
  void (*mix)(const float* weights, const float* rows, long count, long size, bool adds, float* out);
};

/// The best that this CPU has, or the one of that name; null where it has no such one.
const Kernels* ChooseKernels(const char* name);

}  // namespace agent
