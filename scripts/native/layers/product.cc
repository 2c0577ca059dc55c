#include "product.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace agent {

namespace {

/// Rows of a product that one task computes at most: what is packed for it is then a small part of its work.
constexpr long kMostRows = 384;
/// Rows whose results lie in the innermost cache until they are finished.
constexpr long kTileRows = 48;
/// Below this, packing a stretch of a matrix costs more than reading it as it lies.
constexpr long kFewestRows = 16;

}  // namespace

void Pack(const float* b, long stride, long depth, long columns, float* panel) {
  for (long k = 0; k < depth; k++, b += stride, panel += kPanel) {
    if (columns == kPanel) {
      std::memcpy(panel, b, kPanel * sizeof(float));
    } else {
      std::fill(std::copy(b, b + columns, panel), panel + kPanel, 0.0f);
    }
  }
}

Phase PhaseOf(Product product, const Kernels& kernels) {
  const long panels = Up(product.columns, kPanel);
  const long blocks = std::max(1L, Up(product.rows, kMostRows));
  const long height = Up(product.rows, blocks);
  const auto run = [product, panels, height, &kernels](int task) {
    const long column = task % panels * kPanel;
    const long row = task / panels * height;
    const long rows = std::min(height, product.rows - row);
    if (rows <= 0) return;
    const long columns = std::min(kPanel, product.columns - column);
    const bool packs = rows >= kFewestRows || columns < kPanel;
    const long b_stride = packs ? kPanel : product.b_stride;
    thread_local std::vector<float> panels_of_b;
    panels_of_b.resize(2 * product.depth * kPanel);
    const auto stretch = [&](long from, float* panel) {
      if (!packs) return product.b + from;
      Pack(product.b + from, product.b_stride, product.depth, columns, panel);
      return const_cast<const float*>(panel);
    };
    const float* const b = stretch(column, panels_of_b.data());
    const float* const of_factor =
        product.to_factor == 0 ? nullptr : stretch(column + product.to_factor, &panels_of_b[product.depth * kPanel]);
    Finish finish = product.finish;
    if (finish.bias && of_factor) finish.factor_bias = finish.bias + product.to_factor + column;
    if (finish.bias) finish.bias += column;
    float tile[kTileRows * kPanel], factor[kTileRows * kPanel];
    for (long at = row; at < row + rows; at += kTileRows) {
      const long some = std::min(kTileRows, row + rows - at);
      const float* const a = product.a + at * product.a_stride;
      kernels.multiply(a, product.a_stride, b, b_stride, some, product.depth, tile, kPanel);
      if (of_factor) {
        kernels.multiply(a, product.a_stride, of_factor, b_stride, some, product.depth, factor, kPanel);
        finish.factor = factor;
      }
      if (product.finish.residual) finish.residual = product.finish.residual + at * finish.residual_stride + column;
      kernels.finish(tile, some, columns, finish, product.out + at * product.out_stride + column, product.out_stride);
    }
  };
  return {static_cast<int>(panels * blocks), run};
}

}  // namespace agent
