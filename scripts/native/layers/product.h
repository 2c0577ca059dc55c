// Products with weight matrices, as phases of tasks, and how a stretch of a matrix is packed for them.
#pragma once

#include <memory>

#include "kernels.h"
#include "team.h"

namespace agent {

/// Memory for what lies between. It is not cleared.
using Buffer = std::unique_ptr<float[]>;

inline Buffer Make(long count) { return Buffer(new float[count]); }

/// How many stretches of a size hold `count`.
inline long Up(long count, long by) { return (count + by - 1) / by; }

/// b [depth, columns ≤ kPanel] as a stretch of its own, filled up with zeros.
void Pack(const float* b, long stride, long depth, long columns, float* panel);

/// A product with a stretch of a weight matrix, in tasks of some rows and one panel of columns each.
struct Product {
  const float* a;
  long a_stride, rows, depth;
  const float* b;
  long b_stride, columns;
  Finish finish;
  /// Columns from a gate to its factor; 0 where there is none.
  long to_factor = 0;
  float* out;
  long out_stride;
};

/// What the product reads and writes stays until the phase is done.
Phase PhaseOf(Product product, const Kernels& kernels);

}  // namespace agent
