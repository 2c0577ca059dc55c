// What each query sees, and what it makes of that. How keys become ready for it is in attention-keys.cc.
#include "attention.h"

#include <algorithm>
#include <cmath>

namespace agent {

namespace {

/// Queries of a head that one task computes.
constexpr long kQueries = 24;
/// So few queries of a head look at keys and values as they lie: to pack these would be most of the work.
constexpr long kFewQueries = 4;
/// Masks hold 0 or -1e9; what is added below this hides.
constexpr float kHides = -1e8f;

}  // namespace

Attention::Attention(const Layer& layer, const Kernels& kernels, float* query, const float* own, float* mixed)
    : l_(layer),
      kernels_(kernels),
      queries_(l_.heads * l_.head_size),
      keys_(l_.shared_heads * l_.head_size),
      seen_(l_.past + l_.tokens),
      key_panels_(Up(seen_, kPanel)),
      size_panels_(Up(l_.head_size, kPanel)),
      packs_(l_.wanted > kFewQueries),
      query_(query),
      own_(own),
      mixed_(mixed) {
  if (packs_) {
    packed_keys_ = Make(l_.batch * l_.shared_heads * key_panels_ * l_.head_size * kPanel);
    packed_values_ = Make(l_.batch * l_.shared_heads * size_panels_ * seen_ * kPanel);
  }
  if (l_.key) {
    key_ = l_.key;
    value_ = l_.value;
  } else {
    const long count = l_.batch * l_.tokens * keys_;
    told_ = Make(2 * count);
    key_ = told_.get();
    value_ = key_ + count;
  }
}

const float* Attention::MaskOf(long sequence, long query) const {
  const long i = sequence * l_.wanted + query;
  const long token = l_.rows ? l_.rows[i] - sequence * l_.tokens : query;
  return l_.mask + ((l_.masks == 1 ? 0 : sequence) * l_.tokens + token) * seen_;
}

Phase Attention::RangePhase() {
  const long blocks = Up(l_.wanted, kQueries);
  ranges_.assign(l_.batch * blocks, {0, seen_});
  if (!l_.mask || !packs_) return {0, [](int) {}};
  return {static_cast<int>(l_.batch * blocks), [this, blocks](int task) {
            const long sequence = task / blocks, first = task % blocks * kQueries;
            long from = seen_, until = 0;
            for (long query = first; query < std::min(first + kQueries, l_.wanted); query++) {
              const float* const mask = MaskOf(sequence, query);
              long begin = 0, end = seen_;
              while (begin < from && mask[begin] < kHides) begin++;
              while (end > until && mask[end - 1] < kHides) end--;
              from = std::min(from, begin);
              until = std::max(until, end);
            }
            // Where all is hidden alike, all is seen alike.
            if (from < until) ranges_[task] = {from / kPanel * kPanel, until};
          }};
}

Phase Attention::AttendPhase() const {
  if (!packs_) {
    return {static_cast<int>(l_.batch * l_.heads), [this](int task) { AttendFew(task / l_.heads, task % l_.heads); }};
  }
  const long blocks = Up(l_.wanted, kQueries);
  return {static_cast<int>(l_.batch * l_.heads * blocks), [this, blocks](int task) {
            const long head = task / blocks % l_.heads;
            Attend(task / blocks / l_.heads, head, task % blocks);
          }};
}

void Attention::AttendFew(long sequence, long head) const {
  const long size = l_.head_size, shared = sequence * l_.shared_heads + head * l_.shared_heads / l_.heads;
  const long before = shared * l_.past * size, own = shared * l_.tokens * size;
  const float factor = 1.0f / std::sqrt(static_cast<float>(size));
  thread_local std::vector<float> scores;
  scores.resize(seen_);
  for (long query = 0; query < l_.wanted; query++) {
    const long place = (sequence * l_.wanted + query) * queries_ + head * size;
    if (l_.past > 0) kernels_.dots(query_ + place, l_.past_key + before, l_.past, size, scores.data());
    kernels_.dots(query_ + place, key_ + own, l_.tokens, size, scores.data() + l_.past);
    kernels_.softmax(scores.data(), seen_, factor, l_.mask ? MaskOf(sequence, query) : nullptr);
    float* const out = mixed_ + place;
    if (l_.past > 0) kernels_.mix(scores.data(), l_.past_value + before, l_.past, size, false, out);
    kernels_.mix(scores.data() + l_.past, value_ + own, l_.tokens, size, l_.past > 0, out);
  }
}

void Attention::Attend(long sequence, long head, long block) const {
  const long first = block * kQueries, count = std::min(kQueries, l_.wanted - first), size = l_.head_size;
  const auto [from, until] = ranges_[sequence * Up(l_.wanted, kQueries) + block];
  const long seen = until - from, stride = Up(seen, kPanel) * kPanel;
  const long shared = sequence * l_.shared_heads + head * l_.shared_heads / l_.heads;
  const float* const asking = query_ + (sequence * l_.wanted + first) * queries_ + head * size;
  thread_local std::vector<float> scores;
  scores.resize(count * stride);
  for (long at = 0; at < seen; at += kPanel) {
    const float* const panel = packed_keys_.get() + (shared * key_panels_ + (from + at) / kPanel) * size * kPanel;
    kernels_.multiply(asking, queries_, panel, kPanel, count, size, scores.data() + at, stride);
  }
  const float factor = 1.0f / std::sqrt(static_cast<float>(size));
  for (long i = 0; i < count; i++) {
    const float* const mask = l_.mask ? MaskOf(sequence, first + i) + from : nullptr;
    kernels_.softmax(scores.data() + i * stride, seen, factor, mask);
  }
  for (long panel = 0; panel < size_panels_; panel++) {
    const float* const values = packed_values_.get() + ((shared * size_panels_ + panel) * seen_ + from) * kPanel;
    float* const out = mixed_ + (sequence * l_.wanted + first) * queries_ + head * size + panel * kPanel;
    const long columns = std::min(kPanel, size - panel * kPanel);
    if (columns == kPanel) {
      kernels_.multiply(scores.data(), stride, values, kPanel, count, seen, out, queries_);
    } else {
      float tile[kQueries * kPanel];
      kernels_.multiply(scores.data(), stride, values, kPanel, count, seen, tile, kPanel);
      kernels_.finish(tile, count, columns, {}, out, queries_);
    }
  }
}

}  // namespace agent
