// The layer as an operation of TensorFlow, `AgentLayer`, so that it runs in graph functions and by itself.
#include "operation.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "layer.h"
#include "tensorflow/c/c_api.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

namespace agent {

namespace {

constexpr char kName[] = "AgentLayer";

/// In this order. Of a weight or a mask that there is not, a tensor without values comes.
enum Input {
  kX, kAttentionScale, kAttentionShift, kInKernel, kInBias, kOutKernel, kOutBias, kMlpScale, kMlpShift, kWidenKernel,
  kWidenBias, kNarrowKernel, kNarrowBias, kMask, kCosine, kSine, kPastKey, kPastValue, kRows, kInputs
};

const char* const kInputSpecs[kInputs] = {
    "x: float", "attention_scale: float", "attention_shift: float", "in_kernel: float", "in_bias: float",
    "out_kernel: float", "out_bias: float", "mlp_scale: float", "mlp_shift: float", "widen_kernel: float",
    "widen_bias: float", "narrow_kernel: float", "narrow_bias: float", "mask: float", "cosine: float", "sine: float",
    "past_key: float", "past_value: float", "rows: int32"};

const Kernels* kernels = nullptr;
Team* team = nullptr;

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  operator TF_Status*() { return status_; }
  void Check() {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(TF_Message(status_));
  }

 private:
  TF_Status* status_;
};

struct Attributes {
  int64_t batch, heads, shared_heads, activation;
  float epsilon;
  bool is_rms, is_gated;
};

void* Create(TF_OpKernelConstruction* construction) {
  auto attributes = std::make_unique<Attributes>();
  Status status;
  const auto integer = [&](const char* name, int64_t* to) {
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrInt64(construction, name, to, status);
  };
  const auto flag = [&](const char* name, bool* to) {
    unsigned char value = 0;
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrBool(construction, name, &value, status);
    *to = value != 0;
  };
  integer("batch", &attributes->batch);
  integer("heads", &attributes->heads);
  integer("shared_heads", &attributes->shared_heads);
  integer("activation", &attributes->activation);
  flag("is_rms", &attributes->is_rms);
  flag("is_gated", &attributes->is_gated);
  if (TF_GetCode(status) == TF_OK) {
    TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &attributes->epsilon, status);
  }
  if (TF_GetCode(status) == TF_OK) return attributes.release();
  TF_OpKernelConstruction_Failure(construction, status);
  return nullptr;
}

void Delete(void* attributes) { delete static_cast<Attributes*>(attributes); }

/// The inputs of one call, held until it ends.
class Inputs {
 public:
  explicit Inputs(TF_OpKernelContext* context) {
    for (int i = 0; i < kInputs; i++) {
      Status status;
      TF_Tensor* tensor = nullptr;
      TF_GetInput(context, i, &tensor, status);
      tensors_.emplace_back(tensor, TF_DeleteTensor);
      status.Check();
    }
  }
  long Dim(int i, int axis) const { return TF_Dim(tensors_[i].get(), axis); }
  long Count(int i) const { return TF_TensorElementCount(tensors_[i].get()); }
  /// Null for a tensor without values; else there must be `count` of them.
  const float* Floats(int i, long count) const { return static_cast<const float*>(Data(i, count)); }
  const int* Numbers(int i, long count) const { return static_cast<const int*>(Data(i, count)); }
  const float* Required(int i, long count) const {
    if (const float* const data = Floats(i, count)) return data;
    throw std::invalid_argument(std::string(kInputSpecs[i]) + " is missing");
  }

 private:
  const void* Data(int i, long count) const {
    if (Count(i) == 0) return nullptr;
    if (Count(i) == count) return TF_TensorData(tensors_[i].get());
    throw std::invalid_argument(std::string(kInputSpecs[i]) + " has " + std::to_string(Count(i)) + " values, not " +
                                std::to_string(count));
  }
  std::vector<std::unique_ptr<TF_Tensor, void (*)(TF_Tensor*)>> tensors_;
};

Layer LayerOf(const Inputs& inputs, const Attributes& attributes) {
  Layer layer{};
  const long rows = inputs.Dim(kX, 0);
  layer.batch = attributes.batch;
  layer.heads = attributes.heads;
  layer.shared_heads = attributes.shared_heads;
  if (layer.batch < 1 || rows % layer.batch != 0) throw std::invalid_argument("rows are no multiple of the batch");
  layer.tokens = rows / layer.batch;
  layer.width = inputs.Dim(kX, 1);
  layer.head_size = inputs.Dim(kInKernel, 1) / (layer.heads + 2 * layer.shared_heads);
  layer.inner = inputs.Dim(kNarrowKernel, 0);
  layer.past = inputs.Count(kPastKey) == 0 ? 0 : inputs.Dim(kPastKey, 2);
  layer.is_rms = attributes.is_rms;
  layer.is_gated = attributes.is_gated;
  layer.activation = static_cast<Activation>(attributes.activation);
  layer.epsilon = attributes.epsilon;
  const long queries = layer.heads * layer.head_size, keys = layer.shared_heads * layer.head_size;
  const long widened = layer.inner * (layer.is_gated ? 2 : 1);
  const auto linear = [&](int kernel, int bias, long in, long out) {
    return Linear{inputs.Required(kernel, in * out), inputs.Floats(bias, out)};
  };
  layer.x = inputs.Required(kX, rows * layer.width);
  layer.attention_scale = inputs.Required(kAttentionScale, layer.width);
  layer.attention_shift = inputs.Floats(kAttentionShift, layer.width);
  layer.mlp_scale = inputs.Required(kMlpScale, layer.width);
  layer.mlp_shift = inputs.Floats(kMlpShift, layer.width);
  layer.in = linear(kInKernel, kInBias, layer.width, queries + 2 * keys);
  layer.out = linear(kOutKernel, kOutBias, queries, layer.width);
  layer.widen = linear(kWidenKernel, kWidenBias, layer.width, widened);
  layer.narrow = linear(kNarrowKernel, kNarrowBias, layer.inner, layer.width);
  layer.masks = inputs.Count(kMask) == 0 ? 0 : inputs.Dim(kMask, 0);
  if (layer.masks > 1 && layer.masks != layer.batch) throw std::invalid_argument("neither one mask nor one a sequence");
  layer.mask = inputs.Floats(kMask, layer.masks * layer.tokens * (layer.past + layer.tokens));
  layer.cosine = inputs.Floats(kCosine, rows * layer.head_size);
  layer.sine = inputs.Floats(kSine, rows * layer.head_size);
  const long past = layer.batch * layer.past * keys;
  layer.past_key = inputs.Floats(kPastKey, past);
  layer.past_value = inputs.Floats(kPastValue, past);
  const long wanted = inputs.Count(kRows);
  if (wanted % layer.batch != 0) throw std::invalid_argument("not equally many wanted rows of each sequence");
  layer.rows = inputs.Numbers(kRows, wanted);
  layer.wanted = layer.rows ? wanted / layer.batch : layer.tokens;
  for (long i = 0; i < wanted; i++) {
    const long first = i / layer.wanted * layer.tokens;
    if (layer.rows[i] < first || layer.rows[i] >= first + layer.tokens) {
      throw std::invalid_argument("a wanted row is not one of its sequence");
    }
  }
  return layer;
}

float* Allocate(TF_OpKernelContext* context, int index, const std::vector<int64_t>& shape) {
  size_t bytes = sizeof(float);
  for (const int64_t length : shape) bytes *= length;
  Status status;
  TF_Tensor* const tensor =
      TF_AllocateOutput(context, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), bytes, status);
  status.Check();
  float* const data = static_cast<float*>(TF_TensorData(tensor));
  TF_DeleteTensor(tensor);  // the context keeps it
  return bytes > 0 ? data : nullptr;
}

void Compute(void* attributes, TF_OpKernelContext* context) {
  try {
    const Inputs inputs(context);
    Layer layer = LayerOf(inputs, *static_cast<Attributes*>(attributes));
    layer.hidden = Allocate(context, 0, {layer.batch * layer.wanted, layer.width});
    const int64_t own = layer.cosine ? layer.tokens : 0;
    const std::vector<int64_t> shape{layer.batch, layer.shared_heads, own, layer.head_size};
    layer.key = Allocate(context, 1, shape);
    layer.value = Allocate(context, 2, shape);
    RunLayer(layer, *kernels, *team);
  } catch (const std::exception& error) {
    Status status;
    TF_SetStatus(status, TF_INVALID_ARGUMENT, (std::string(kName) + ": " + error.what()).c_str());
    TF_OpKernelContext_Failure(context, status);
  }
}

// ---- shapes, which a graph wants to know before anything is computed ------------------------------------------------

struct Shape {
  Shape() : handle(TF_NewShapeHandle()) {}
  explicit Shape(TF_ShapeHandle* owned) : handle(owned) {}
  ~Shape() { TF_DeleteShapeHandle(handle); }
  TF_ShapeHandle* const handle;
};

int64_t DimOf(TF_ShapeInferenceContext* context, int input, int axis, TF_Status* status) {
  Shape shape;
  TF_ShapeInferenceContextGetInput(context, input, shape.handle, status);
  TF_DimensionHandle* const dim = TF_NewDimensionHandle();
  TF_ShapeInferenceContextDim(context, shape.handle, axis, dim);
  const int64_t value = TF_DimensionHandleValueKnown(dim) ? TF_DimensionHandleValue(dim) : -1;
  TF_DeleteDimensionHandle(dim);
  return value;
}

void SetShape(TF_ShapeInferenceContext* context, int output, const std::vector<int64_t>& dims, TF_Status* status) {
  auto shape = std::make_unique<Shape>(TF_ShapeInferenceContextVectorFromSize(context, dims[0]));
  for (size_t i = 1; i < dims.size(); i++) {
    const Shape next(TF_ShapeInferenceContextVectorFromSize(context, dims[i]));
    auto joined = std::make_unique<Shape>();
    TF_ShapeInferenceContextConcatenateShapes(context, shape->handle, next.handle, joined->handle, status);
    shape = std::move(joined);
  }
  TF_ShapeInferenceContextSetOutput(context, output, shape->handle, status);
}

void InferShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  const int64_t wanted = DimOf(context, kRows, 0, status);
  const int64_t rows = wanted == 0 ? DimOf(context, kX, 0, status) : wanted;
  SetShape(context, 0, {rows, DimOf(context, kX, 1, status)}, status);
  // The past tells of batch, heads and size even where it is empty.
  const bool turns = DimOf(context, kCosine, 0, status) > 0;
  const std::vector<int64_t> cache{DimOf(context, kPastKey, 0, status), DimOf(context, kPastKey, 1, status),
                                   turns ? DimOf(context, kCosine, 2, status) : 0, DimOf(context, kPastKey, 3, status)};
  SetShape(context, 1, cache, status);
  SetShape(context, 2, cache, status);
}

}  // namespace

std::string Register(int threads, const std::string& wanted) {
  const Kernels* const chosen = ChooseKernels(wanted.c_str());
  if (chosen == nullptr) throw std::runtime_error("this CPU has no kernels named " + wanted);
  kernels = chosen;
  if (team != nullptr) return chosen->name;
  team = new Team(threads - 1);  // for as long as the process lives
  Status status;
  TF_OpDefinitionBuilder* const definition = TF_NewOpDefinitionBuilder(kName);
  for (const char* const spec : kInputSpecs) TF_OpDefinitionBuilderAddInput(definition, spec);
  for (const char* const spec : {"hidden: float", "key: float", "value: float"}) {
    TF_OpDefinitionBuilderAddOutput(definition, spec);
  }
  for (const char* const spec : {"batch: int", "heads: int", "shared_heads: int", "activation: int", "epsilon: float",
                                 "is_rms: bool", "is_gated: bool"}) {
    TF_OpDefinitionBuilderAddAttr(definition, spec);
  }
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, InferShapes);
  TF_RegisterOpDefinition(definition, status);
  status.Check();
  TF_KernelBuilder* const builder = TF_NewKernelBuilder(kName, "CPU", Create, Compute, Delete);
  TF_RegisterKernelBuilder(kName, builder, status);
  status.Check();
  return chosen->name;
}

}  // namespace agent
