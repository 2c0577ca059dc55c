// What attention needs before a query looks at a key: both turned, keys and values in order and packed.
#include <algorithm>
#include <cstring>

#include "attention.h"

namespace agent {

namespace {

/// Rows of queries that one task turns.
constexpr long kTurnRows = 32;

/// Turns one head's values: pairs are i and i + half.
void Turn(float* x, long size, const float* cosine, const float* sine) {
  const long half = size / 2;
  for (long i = 0; i < half; i++) {
    const float first = x[i], second = x[i + half];
    x[i] = first * cosine[i] + second * sine[i];
    x[i + half] = second * cosine[i + half] + first * sine[i + half];
  }
}

}  // namespace

Phase Attention::TurnPhase() const {
  if (!l_.cosine) return {0, [](int) {}};
  const long asking = l_.batch * l_.wanted;
  return {static_cast<int>(Up(asking, kTurnRows)), [this, asking](int task) {
            const long until = std::min(asking, (task + 1) * kTurnRows);
            for (long i = task * kTurnRows; i < until; i++) {
              const long place = (l_.rows ? l_.rows[i] : i) * l_.head_size;
              for (long head = 0; head < l_.heads; head++) {
                Turn(query_ + i * queries_ + head * l_.head_size, l_.head_size, l_.cosine + place, l_.sine + place);
              }
            }
          }};
}

Phase Attention::KeyPhase() const {
  return {static_cast<int>(l_.batch * l_.shared_heads), [this](int task) {
            const long size = l_.head_size, sequence = task / l_.shared_heads, head = task % l_.shared_heads;
            float* const keys = key_ + task * l_.tokens * size;
            float* const values = value_ + task * l_.tokens * size;
            for (long token = 0; token < l_.tokens; token++) {
              const long row = sequence * l_.tokens + token;
              const float* const from = own_ + row * 2 * keys_ + head * size;
              std::memcpy(keys + token * size, from, size * sizeof(float));
              if (l_.cosine) Turn(keys + token * size, size, l_.cosine + row * size, l_.sine + row * size);
              std::memcpy(values + token * size, from + keys_, size * sizeof(float));
            }
            if (packs_) PackHead(task, keys, values);
          }};
}

void Attention::PackHead(long task, const float* own_keys, const float* own_values) const {
  const long size = l_.head_size, past = l_.past;
  float* const keys = packed_keys_.get() + task * key_panels_ * size * kPanel;
  std::fill(keys + (key_panels_ - 1) * size * kPanel, keys + key_panels_ * size * kPanel, 0.0f);
  const auto pack_keys = [&](const float* from, long first, long count) {
    for (long i = first; i < first + count; i++, from += size) {
      float* const column = keys + i / kPanel * size * kPanel + i % kPanel;
      for (long k = 0; k < size; k++) column[k * kPanel] = from[k];
    }
  };
  if (past > 0) pack_keys(l_.past_key + task * past * size, 0, past);
  pack_keys(own_keys, past, l_.tokens);
  for (long panel = 0; panel < size_panels_; panel++) {
    const long from = panel * kPanel, columns = std::min(kPanel, size - from);
    float* const values = packed_values_.get() + (task * size_panels_ + panel) * seen_ * kPanel;
    if (past > 0) Pack(l_.past_value + task * past * size + from, size, past, columns, values);
    Pack(own_values + from, size, l_.tokens, columns, values + past * kPanel);
  }
}

}  // namespace agent
