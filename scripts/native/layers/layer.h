// One layer of a transformer, pre-norm: attention and an MLP, each added to what came in. The encoders of CLIP and the
// decoders of LLaMA's kind differ in their norm, their gate and in what a token sees.
#pragma once

#include "kernels.h"
#include "team.h"

namespace agent {

/// A weight matrix [in, out], row-major, and its bias or null.
struct Linear {
  const float* kernel;
  const float* bias;
};

struct Layer {
  // Sizes.
  long batch, tokens, width, heads, shared_heads, head_size, inner, past;
  // Kinds.
  bool is_rms, is_gated;
  Activation activation;
  float epsilon;
  // Weights. `in` makes queries, keys and values side by side; a gated `widen` makes gate and factor side by side.
  const float *attention_scale, *attention_shift, *mlp_scale, *mlp_shift;
  Linear in, out, widen, narrow;
  // What comes in: [batch · tokens, width].
  const float* x;
  // Added to scores: [masks, tokens, past + tokens], masks 1 or batch; null where all is seen.
  const float* mask;
  long masks;
  // [batch, tokens, head_size]; null where nothing is turned.
  const float *cosine, *sine;
  // [batch, shared_heads, past, head_size].
  const float *past_key, *past_value;
  // Rows of x that are wanted, equally many of each sequence, in order; null where all are.
  const int* rows;
  long wanted;
  // Results: [batch · wanted, width]; own keys (turned) and values [batch, shared_heads, tokens, head_size] or null.
  float *hidden, *key, *value;
};

/// Computes the results. Memory for what lies between is taken and given back.
void RunLayer(const Layer& layer, const Kernels& kernels, Team& team);

}  // namespace agent
