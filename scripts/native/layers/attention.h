// The attention of one layer: from queries, keys and values as a product made them to the values as heads mix them.
#pragma once

#include <utility>
#include <vector>

#include "kernels.h"
#include "layer.h"
#include "product.h"
#include "team.h"

namespace agent {

/// Its phases work on it, on the layer and on what else it was given: all of that stays until they are done.
class Attention {
 public:
  /// `query` and `mixed` are [batch · wanted, heads · head_size]. `own` has keys and values side by side: [batch ·
  /// tokens, 2 · shared_heads · head_size].
  Attention(const Layer& layer, const Kernels& kernels, float* query, const float* own, float* mixed);

  /// Finds for each stretch of queries the keys from the first to behind the last that any of them sees.
  Phase RangePhase();
  /// Turns the queries, where they lie.
  Phase TurnPhase() const;
  /// Turns own keys, and puts them and own values in order; packs them behind those of the past.
  Phase KeyPhase() const;
  /// Mixes the values. Comes after all others.
  Phase AttendPhase() const;

 private:
  /// Packs keys and values of one sequence and head.
  void PackHead(long task, const float* own_keys, const float* own_values) const;
  const float* MaskOf(long sequence, long query) const;
  /// A few queries of one head, which look at the past's keys and values and at their own where these lie.
  void AttendFew(long sequence, long head) const;
  /// Some queries of one head.
  void Attend(long sequence, long head, long block) const;

  const Layer& l_;
  const Kernels& kernels_;
  const long queries_, keys_, seen_, key_panels_, size_panels_;
  /// Whether keys and values are packed.
  const bool packs_;
  float* const query_;
  const float* const own_;
  float* const mixed_;
  /// The keys that are seen, for each sequence and stretch of its queries.
  std::vector<std::pair<long, long>> ranges_;
  /// Past and own of each head: keys as columns [key_panels, head_size, kPanel], values [size_panels, seen, kPanel].
  Buffer packed_keys_, packed_values_;
  /// Own keys, turned, and values: [batch, shared_heads, tokens, head_size]; in `told_` if not asked for.
  float *key_, *value_;
  Buffer told_;
};

}  // namespace agent
