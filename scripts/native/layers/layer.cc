#include "layer.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "attention.h"
#include "product.h"

namespace agent {

namespace {

/// Rows that one task norms.
constexpr long kNormRows = 32;

/// What lies between the phases of one layer.
class Run {
 public:
  Run(const Layer& layer, const Kernels& kernels)
      : l_(layer),
        kernels_(kernels),
        rows_(l_.batch * l_.tokens),
        asking_(l_.batch * l_.wanted),
        queries_(l_.heads * l_.head_size),
        keys_(l_.shared_heads * l_.head_size),
        normed_(Make(rows_ * l_.width)),
        query_(Make(asking_ * queries_)),
        own_(Make(rows_ * 2 * keys_)),
        mixed_(Make(asking_ * queries_)),
        attended_(Make(asking_ * l_.width)),
        inner_(Make(asking_ * l_.inner)),
        attention_(layer, kernels, query_.get(), own_.get(), mixed_.get()) {
    if (l_.rows) {
      before_ = Make(asking_ * l_.width);
      asked_ = Make(asking_ * l_.width);
    }
  }

  std::vector<Phase> Phases() {
    std::vector<Phase> phases;
    phases.push_back(Both(NormPhase(l_.x, rows_, l_.attention_scale, l_.attention_shift, normed_.get()),
                          attention_.RangePhase()));
    if (l_.rows) phases.push_back(GatherPhase());
    const float* const asked = l_.rows ? asked_.get() : normed_.get();
    const float* const before = l_.rows ? before_.get() : l_.x;
    const long stride = queries_ + 2 * keys_;
    phases.push_back(Both(Linears(asked, asking_, l_.width, l_.in, stride, 0, queries_, {}, query_.get(), queries_),
                          Linears(normed_.get(), rows_, l_.width, l_.in, stride, queries_, 2 * keys_, {}, own_.get(),
                                  2 * keys_)));
    phases.push_back(Both(attention_.TurnPhase(), attention_.KeyPhase()));
    phases.push_back(attention_.AttendPhase());
    Finish add;
    add.residual = before;
    add.residual_stride = l_.width;
    phases.push_back(
        Linears(mixed_.get(), asking_, queries_, l_.out, l_.width, 0, l_.width, add, attended_.get(), l_.width));
    phases.push_back(NormPhase(attended_.get(), asking_, l_.mlp_scale, l_.mlp_shift, normed_.get()));
    phases.push_back(WidenPhase());
    add.residual = attended_.get();
    phases.push_back(
        Linears(inner_.get(), asking_, l_.inner, l_.narrow, l_.width, 0, l_.width, add, l_.hidden, l_.width));
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

  const Layer& l_;
  const Kernels& kernels_;
  const long rows_, asking_, queries_, keys_;
  Buffer normed_, query_, own_, mixed_, attended_, inner_, before_, asked_;
  Attention attention_;
};

}  // namespace

void RunLayer(const Layer& layer, const Kernels& kernels, Team& team) {
  Run run(layer, kernels);
  team.Run(run.Phases());
}

}  // namespace agent
