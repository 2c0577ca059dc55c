#include "layer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace agent {

namespace {

using Buffer = std::unique_ptr<float[]>;

Buffer Make(long count) { return Buffer(new float[count]); }

long Up(long count, long by) { return (count + by - 1) / by; }

/// Rows of a product that one task computes at most: what is packed for it is then a small part of its work.
constexpr long kMostRows = 384;
/// Rows whose results lie in the innermost cache until they are finished.
constexpr long kTileRows = 48;
/// Below this, packing a stretch of a matrix costs more than reading it as it lies.
constexpr long kFewestRows = 16;
/// Queries of a head that one task computes.
constexpr long kQueries = 24;
/// So few queries of a head look at keys and values as they lie: to pack these would be most of the work.
constexpr long kFewQueries = 4;
/// Rows that one task norms, or turns.
constexpr long kNormRows = 32;
/// Masks hold 0 or -1e9; what is added below this hides.
constexpr float kHides = -1e8f;

/// b [depth, columns ≤ kPanel] as a stretch of its own, filled up with zeros.
void Pack(const float* b, long stride, long depth, long columns, float* panel) {
  for (long k = 0; k < depth; k++, b += stride, panel += kPanel) {
    if (columns == kPanel) {
      std::memcpy(panel, b, kPanel * sizeof(float));
    } else {
      std::fill(std::copy(b, b + columns, panel), panel + kPanel, 0.0f);
    }
  }
}

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

/// Turns one head's values: pairs are i and i + half.
void Turn(float* x, long size, const float* cosine, const float* sine) {
  const long half = size / 2;
  for (long i = 0; i < half; i++) {
    const float first = x[i], second = x[i + half];
    x[i] = first * cosine[i] + second * sine[i];
    x[i + half] = second * cosine[i + half] + first * sine[i + half];
  }
}

/// What lies between the phases of one layer.
class Run {
 public:
  Run(const Layer& layer, const Kernels& kernels) : l_(layer), kernels_(kernels) {
    rows_ = l_.batch * l_.tokens;
    asking_ = l_.batch * l_.wanted;
    queries_ = l_.heads * l_.head_size;
    keys_ = l_.shared_heads * l_.head_size;
    seen_ = l_.past + l_.tokens;
    key_panels_ = Up(seen_, kPanel);
    size_panels_ = Up(l_.head_size, kPanel);
    normed_ = Make(rows_ * l_.width);
    query_ = Make(asking_ * queries_);
    own_ = Make(rows_ * 2 * keys_);
    if (l_.wanted > kFewQueries) {
      packed_keys_ = Make(l_.batch * l_.shared_heads * key_panels_ * l_.head_size * kPanel);
      packed_values_ = Make(l_.batch * l_.shared_heads * size_panels_ * seen_ * kPanel);
    }
    if (l_.key) {
      key_ = l_.key;
      value_ = l_.value;
    } else {
      told_ = Make(2 * rows_ * keys_);
      key_ = told_.get();
      value_ = key_ + rows_ * keys_;
    }
    mixed_ = Make(asking_ * queries_);
    attended_ = Make(asking_ * l_.width);
    inner_ = Make(asking_ * l_.inner);
    if (l_.rows) {
      before_ = Make(asking_ * l_.width);
      asked_ = Make(asking_ * l_.width);
    }
  }

  std::vector<Phase> Phases() {
    std::vector<Phase> phases;
    phases.push_back(
        Both(NormPhase(l_.x, rows_, l_.attention_scale, l_.attention_shift, normed_.get()), RangePhase()));
    if (l_.rows) phases.push_back(GatherPhase());
    const float* const asked = l_.rows ? asked_.get() : normed_.get();
    const float* const before = l_.rows ? before_.get() : l_.x;
    const long stride = queries_ + 2 * keys_;
    phases.push_back(Both(Linears(asked, asking_, l_.width, l_.in, stride, 0, queries_, {}, query_.get(), queries_),
                          Linears(normed_.get(), rows_, l_.width, l_.in, stride, queries_, 2 * keys_, {}, own_.get(),
                                  2 * keys_)));
    phases.push_back(Both(TurnPhase(), KeyPhase()));
    phases.push_back(AttendPhase());
    Finish add;
    add.residual = before;
    add.residual_stride = l_.width;
    phases.push_back(
        Linears(mixed_.get(), asking_, queries_, l_.out, l_.width, 0, l_.width, add, attended_.get(), l_.width));
    phases.push_back(NormPhase(attended_.get(), asking_, l_.mlp_scale, l_.mlp_shift, normed_.get()));
    phases.push_back(WidenPhase());
    add.residual = attended_.get();
    phases.push_back(Linears(inner_.get(), asking_, l_.inner, l_.narrow, l_.width, 0, l_.width, add, l_.hidden, l_.width));
    return phases;
  }

 private:
  Phase NormPhase(const float* x, long rows, const float* scale, const float* shift, float* out) const {
    return {static_cast<int>(Up(rows, kNormRows)), [=](int task) {
              const long until = std::min(rows, (task + 1) * kNormRows);
              for (long row = task * kNormRows; row < until; row++) {
                kernels_.norm(x + row * l_.width, l_.width, scale, shift, l_.epsilon, l_.is_rms, out + row * l_.width);
              }
            }};
  }

  Phase GatherPhase() const {
    return {1, [this](int) {
              const size_t bytes = l_.width * sizeof(float);
              for (long i = 0; i < asking_; i++) {
                std::memcpy(asked_.get() + i * l_.width, normed_.get() + l_.rows[i] * l_.width, bytes);
                std::memcpy(before_.get() + i * l_.width, l_.x + l_.rows[i] * l_.width, bytes);
              }
            }};
  }

  Phase Linears(const float* a, long rows, long depth, const Linear& linear, long stride, long from, long columns,
                Finish finish, float* out, long out_stride) const {
    finish.bias = linear.bias ? linear.bias + from : nullptr;
    Product product{a, depth, rows, depth, linear.kernel + from, stride, columns, finish, 0, out, out_stride};
    return PhaseOf(product, kernels_);
  }

  Phase WidenPhase() const {
    Finish finish;
    finish.bias = l_.widen.bias;
    finish.activation = l_.activation;
    const long gates = l_.is_gated ? 2 : 1;
    Product product{normed_.get(),   l_.width, asking_, l_.width, l_.widen.kernel, gates * l_.inner, l_.inner, finish,
                    l_.is_gated ? l_.inner : 0, inner_.get(), l_.inner};
    return PhaseOf(product, kernels_);
  }

  static Phase Both(Phase one, Phase other) {
    const int first = one.tasks;
    return {one.tasks + other.tasks, [=](int task) { task < first ? one.run(task) : other.run(task - first); }};
  }

  /// Turns the queries.
  Phase TurnPhase() const {
    if (!l_.cosine) return {0, [](int) {}};
    return {static_cast<int>(Up(asking_, kNormRows)), [this](int task) {
              const long until = std::min(asking_, (task + 1) * kNormRows);
              for (long i = task * kNormRows; i < until; i++) {
                const long place = (l_.rows ? l_.rows[i] : i) * l_.head_size;
                for (long head = 0; head < l_.heads; head++) {
                  Turn(query_.get() + i * queries_ + head * l_.head_size, l_.head_size, l_.cosine + place,
                       l_.sine + place);
                }
              }
            }};
  }

  /// Turns the keys of one sequence and head, and puts them and the values in order; packs them behind those of the past.
  Phase KeyPhase() const {
    return {static_cast<int>(l_.batch * l_.shared_heads), [this](int task) {
              const long size = l_.head_size, sequence = task / l_.shared_heads, head = task % l_.shared_heads;
              float* const keys = key_ + task * l_.tokens * size;
              float* const values = value_ + task * l_.tokens * size;
              for (long token = 0; token < l_.tokens; token++) {
                const long row = sequence * l_.tokens + token;
                const float* const from = own_.get() + row * 2 * keys_ + head * size;
                std::memcpy(keys + token * size, from, size * sizeof(float));
                if (l_.cosine) Turn(keys + token * size, size, l_.cosine + row * size, l_.sine + row * size);
                std::memcpy(values + token * size, from + keys_, size * sizeof(float));
              }
              if (l_.wanted > kFewQueries) PackHead(task, keys, values);
            }};
  }

  void PackHead(long task, const float* own_keys, const float* own_values) const {
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

  Phase AttendPhase() const {
    if (l_.wanted <= kFewQueries) {
      return {static_cast<int>(l_.batch * l_.heads),
              [this](int task) { AttendFew(task / l_.heads, task % l_.heads); }};
    }
    const long blocks = Up(l_.wanted, kQueries);
    return {static_cast<int>(l_.batch * l_.heads * blocks), [this, blocks](int task) {
              const long head = task / blocks % l_.heads;
              Attend(task / blocks / l_.heads, head, task % blocks);
            }};
  }

  const float* MaskOf(long sequence, long query) const {
    const long i = sequence * l_.wanted + query;
    const long token = l_.rows ? l_.rows[i] - sequence * l_.tokens : query;
    return l_.mask + ((l_.masks == 1 ? 0 : sequence) * l_.tokens + token) * seen_;
  }

  /// For each stretch of queries the keys from the first to behind the last that any of them sees.
  Phase RangePhase() {
    const long blocks = Up(l_.wanted, kQueries);
    ranges_.assign(l_.batch * blocks, {0, seen_});
    if (!l_.mask || l_.wanted <= kFewQueries) return {0, [](int) {}};
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

  /// A few queries of one head, which look at the past's keys and values and at their own where these lie.
  void AttendFew(long sequence, long head) const {
    const long size = l_.head_size, shared = sequence * l_.shared_heads + head * l_.shared_heads / l_.heads;
    const long before = shared * l_.past * size, own = shared * l_.tokens * size;
    const float factor = 1.0f / std::sqrt(static_cast<float>(size));
    thread_local std::vector<float> scores;
    scores.resize(seen_);
    for (long query = 0; query < l_.wanted; query++) {
      const long place = (sequence * l_.wanted + query) * queries_ + head * size;
      if (l_.past > 0) kernels_.dots(query_.get() + place, l_.past_key + before, l_.past, size, scores.data());
      kernels_.dots(query_.get() + place, key_ + own, l_.tokens, size, scores.data() + l_.past);
      kernels_.softmax(scores.data(), seen_, factor, l_.mask ? MaskOf(sequence, query) : nullptr);
      float* const out = mixed_.get() + place;
      if (l_.past > 0) kernels_.mix(scores.data(), l_.past_value + before, l_.past, size, false, out);
      kernels_.mix(scores.data() + l_.past, value_ + own, l_.tokens, size, l_.past > 0, out);
    }
  }

  /// Some queries of one head.
  void Attend(long sequence, long head, long block) const {
    const long first = block * kQueries, count = std::min(kQueries, l_.wanted - first), size = l_.head_size;
    const auto [from, until] = ranges_[sequence * Up(l_.wanted, kQueries) + block];
    const long seen = until - from, stride = Up(seen, kPanel) * kPanel;
    const long shared = sequence * l_.shared_heads + head * l_.shared_heads / l_.heads;
    const float* const asking = query_.get() + (sequence * l_.wanted + first) * queries_ + head * size;
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
      float* const out = mixed_.get() + (sequence * l_.wanted + first) * queries_ + head * size + panel * kPanel;
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

  const Layer& l_;
  const Kernels& kernels_;
  long rows_, asking_, queries_, keys_, seen_, key_panels_, size_panels_;
  std::vector<std::pair<long, long>> ranges_;
  Buffer normed_, query_, own_, packed_keys_, packed_values_, mixed_, attended_, inner_, before_, asked_, told_;
  /// Own keys, turned, and values: [batch, shared_heads, tokens, head_size].
  float *key_, *value_;
};

}  // namespace

void RunLayer(const Layer& layer, const Kernels& kernels, Team& team) {
  Run run(layer, kernels);
  team.Run(run.Phases());
}

}  // namespace agent
