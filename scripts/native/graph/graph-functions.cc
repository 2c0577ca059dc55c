// Graph functions for tfjs-node: builds a TensorFlow graph operation by operation, turns it into a function, and gives
// it to the eager context of the binding, which from then on runs it by its name like any operation.
//
//   open(path of the binding)                            before anything else
//   begin() -> graph
//   placeholder(graph, dtype, shape) -> output           an input of the function
//   constant(graph, dtype, shape, typedArray) -> output  the values are copied
//   operation(graph, name, attributes, inputs, count) -> [{id, shape, dtype}]
//   finish(graph, name, inputs, outputs)                 ends the graph and adds the function
//   discard(graph)                                       ends the graph without a function
//   remove(name)                                         forgets a function
//
// Outputs are numbers that count within their graph. Attributes are as the binding takes them: {name, type, value}.
// Whatever TensorFlow refuses is thrown with its message.
#include <dlfcn.h>
#include <node_api.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

namespace {

struct Graph {
  TF_Graph* graph = TF_NewGraph();
  std::vector<TF_Output> outputs;
  int operations = 0;
  ~Graph() { TF_DeleteGraph(graph); }
  std::string NextName() { return "n" + std::to_string(operations++); }
};

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  operator TF_Status*() { return status_; }
  void Check(const std::string& where) {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(where + ": " + TF_Message(status_));
  }

 private:
  TF_Status* status_;
};

TFE_Context** context = nullptr;
std::unordered_map<int, std::unique_ptr<Graph>> graphs;
int next_graph = 0;

// ---- values of JavaScript -------------------------------------------------------------------------------------------

class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env(env) {
    size_t count = 8;
    values_.resize(count);
    napi_get_cb_info(env, info, &count, values_.data(), nullptr, nullptr);
    values_.resize(count);
  }
  napi_value at(size_t i) const { return i < values_.size() ? values_[i] : throw std::runtime_error("an argument is missing"); }
  const napi_env env;

 private:
  std::vector<napi_value> values_;
};

void Require(napi_status status, const char* expected) {
  if (status != napi_ok) throw std::runtime_error(std::string("expected ") + expected);
}

int64_t Integer(napi_env env, napi_value value) {
  int64_t result;
  Require(napi_get_value_int64(env, value, &result), "a number");
  return result;
}

double Double(napi_env env, napi_value value) {
  double result;
  Require(napi_get_value_double(env, value, &result), "a number");
  return result;
}

bool Boolean(napi_env env, napi_value value) {
  bool result;
  Require(napi_get_value_bool(env, value, &result), "true or false");
  return result;
}

std::string Text(napi_env env, napi_value value) {
  size_t length;
  Require(napi_get_value_string_utf8(env, value, nullptr, 0, &length), "a string");
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, &text[0], length + 1, &length);
  return text;
}

bool IsArray(napi_env env, napi_value value) {
  bool result = false;
  napi_is_array(env, value, &result);
  return result;
}

template <typename Convert>
auto List(napi_env env, napi_value array, Convert convert) -> std::vector<decltype(convert(env, array))> {
  uint32_t length;
  Require(napi_get_array_length(env, array, &length), "an array");
  std::vector<decltype(convert(env, array))> result;
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    napi_get_element(env, array, i, &element);
    result.push_back(convert(env, element));
  }
  return result;
}

napi_value Property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  Require(napi_get_named_property(env, object, name, &value), "an object");
  return value;
}

napi_value Number(napi_env env, int64_t number) {
  napi_value value;
  napi_create_int64(env, number, &value);
  return value;
}

// ---- graphs ---------------------------------------------------------------------------------------------------------

Graph& GraphOf(napi_env env, napi_value id) {
  const auto found = graphs.find(static_cast<int>(Integer(env, id)));
  if (found == graphs.end()) throw std::runtime_error("no such graph");
  return *found->second;
}

TF_Output OutputOf(const Graph& graph, int64_t id) {
  if (id < 0 || id >= static_cast<int64_t>(graph.outputs.size())) throw std::runtime_error("no such output");
  return graph.outputs[id];
}

std::vector<TF_Output> OutputsOf(const Graph& graph, napi_env env, napi_value ids) {
  std::vector<TF_Output> outputs;
  for (const int64_t id : List(env, ids, Integer)) outputs.push_back(OutputOf(graph, id));
  return outputs;
}

int64_t Keep(Graph& graph, TF_Output output) {
  graph.outputs.push_back(output);
  return static_cast<int64_t>(graph.outputs.size()) - 1;
}

// tfjs wants to know every shape at once, and a kernel whose shape depends on values has no place in a function.
napi_value Describe(napi_env env, Graph& graph, TF_Output output, const std::string& operation) {
  Status status;
  const int rank = TF_GraphGetTensorNumDims(graph.graph, output, status);
  status.Check(operation);
  std::vector<int64_t> shape(rank < 0 ? 0 : rank);
  if (rank > 0) TF_GraphGetTensorShape(graph.graph, output, shape.data(), rank, status);
  status.Check(operation);
  napi_value dimensions, result;
  napi_create_array_with_length(env, shape.size(), &dimensions);
  for (size_t i = 0; i < shape.size(); i++) {
    if (shape[i] < 0) throw std::runtime_error(operation + ": its shape depends on values");
    napi_set_element(env, dimensions, i, Number(env, shape[i]));
  }
  if (rank < 0) throw std::runtime_error(operation + ": its shape depends on values");
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "id", Number(env, Keep(graph, output)));
  napi_set_named_property(env, result, "shape", dimensions);
  napi_set_named_property(env, result, "dtype", Number(env, TF_OperationOutputType(output)));
  return result;
}

void SetAttribute(napi_env env, TF_OperationDescription* description, napi_value attribute) {
  const std::string name = Text(env, Property(env, attribute, "name"));
  const auto type = static_cast<TF_AttrType>(Integer(env, Property(env, attribute, "type")));
  const napi_value value = Property(env, attribute, "value");
  const bool is_list = IsArray(env, value);
  switch (type) {
    case TF_ATTR_TYPE:
      return TF_SetAttrType(description, name.c_str(), static_cast<TF_DataType>(Integer(env, value)));
    case TF_ATTR_BOOL:
      return TF_SetAttrBool(description, name.c_str(), Boolean(env, value));
    case TF_ATTR_STRING: {
      const std::string text = Text(env, value);
      return TF_SetAttrString(description, name.c_str(), text.data(), text.size());
    }
    case TF_ATTR_INT: {
      if (!is_list) return TF_SetAttrInt(description, name.c_str(), Integer(env, value));
      const auto list = List(env, value, Integer);
      return TF_SetAttrIntList(description, name.c_str(), list.data(), static_cast<int>(list.size()));
    }
    case TF_ATTR_FLOAT: {
      if (!is_list) return TF_SetAttrFloat(description, name.c_str(), static_cast<float>(Double(env, value)));
      const auto doubles = List(env, value, Double);
      const std::vector<float> list(doubles.begin(), doubles.end());
      return TF_SetAttrFloatList(description, name.c_str(), list.data(), static_cast<int>(list.size()));
    }
    case TF_ATTR_SHAPE: {
      const auto shape = List(env, value, Integer);
      return TF_SetAttrShape(description, name.c_str(), shape.data(), static_cast<int>(shape.size()));
    }
    default:
      throw std::runtime_error("attribute " + name + " is of a type that is not supported");
  }
}

TF_Output Finish(TF_OperationDescription* description, const std::string& operation) {
  Status status;
  TF_Operation* const made = TF_FinishOperation(description, status);
  status.Check(operation);
  return {made, 0};
}

napi_value Open(const Arguments& arguments) {
  const std::string path = Text(arguments.env, arguments.at(0));
  // The binding is loaded already: this only finds it again.
  void* const binding = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (binding == nullptr) throw std::runtime_error("the binding is not loaded: " + path);
  context = static_cast<TFE_Context**>(dlsym(binding, "agent_eager_context"));
  if (context == nullptr || *context == nullptr) throw std::runtime_error("the binding does not show its context: " + path);
  return nullptr;
}

napi_value Begin(const Arguments& arguments) {
  graphs.emplace(next_graph, std::make_unique<Graph>());
  return Number(arguments.env, next_graph++);
}

napi_value Placeholder(const Arguments& arguments) {
  const napi_env env = arguments.env;
  Graph& graph = GraphOf(env, arguments.at(0));
  const auto shape = List(env, arguments.at(2), Integer);
  auto* const description = TF_NewOperation(graph.graph, "Placeholder", graph.NextName().c_str());
  TF_SetAttrType(description, "dtype", static_cast<TF_DataType>(Integer(env, arguments.at(1))));
  TF_SetAttrShape(description, "shape", shape.data(), static_cast<int>(shape.size()));
  return Number(env, Keep(graph, Finish(description, "Placeholder")));
}

napi_value Constant(const Arguments& arguments) {
  const napi_env env = arguments.env;
  Graph& graph = GraphOf(env, arguments.at(0));
  const auto type = static_cast<TF_DataType>(Integer(env, arguments.at(1)));
  const auto shape = List(env, arguments.at(2), Integer);
  size_t size = TF_DataTypeSize(type);
  for (const int64_t length : shape) size *= length;
  napi_typedarray_type kind;
  size_t count;
  void* data;
  Require(napi_get_typedarray_info(env, arguments.at(3), &kind, &count, &data, nullptr, nullptr), "a typed array");
  const size_t width = kind == napi_uint8_array ? 1 : 4;
  if (count * width != size) throw std::runtime_error("a constant's values do not fill its shape");
  std::unique_ptr<TF_Tensor, void (*)(TF_Tensor*)> tensor(
      TF_AllocateTensor(type, shape.data(), static_cast<int>(shape.size()), size), TF_DeleteTensor);
  std::memcpy(TF_TensorData(tensor.get()), data, size);
  auto* const description = TF_NewOperation(graph.graph, "Const", graph.NextName().c_str());
  TF_SetAttrType(description, "dtype", type);
  Status status;
  TF_SetAttrTensor(description, "value", tensor.get(), status);
  const TF_Output output = Finish(description, "Const");
  status.Check("Const");
  return Number(env, Keep(graph, output));
}

napi_value Operation(const Arguments& arguments) {
  const napi_env env = arguments.env;
  Graph& graph = GraphOf(env, arguments.at(0));
  const std::string name = Text(env, arguments.at(1));
  const auto attributes = List(env, arguments.at(2), [](napi_env, napi_value value) { return value; });
  const auto inputs = OutputsOf(graph, env, arguments.at(3));
  const auto count = static_cast<int>(Integer(env, arguments.at(4)));
  auto* const description = TF_NewOperation(graph.graph, name.c_str(), graph.NextName().c_str());
  // An operation with an attribute N takes its first N inputs as one list: ConcatV2, Pack, AddN, Einsum.
  size_t listed = 0;
  for (const napi_value attribute : attributes) {
    if (Text(env, Property(env, attribute, "name")) == "N") listed = Integer(env, Property(env, attribute, "value"));
    SetAttribute(env, description, attribute);
  }
  if (listed > 0) TF_AddInputList(description, inputs.data(), static_cast<int>(listed));
  for (size_t i = listed; i < inputs.size(); i++) TF_AddInput(description, inputs[i]);
  const TF_Output first = Finish(description, name);
  if (TF_OperationNumOutputs(first.oper) != count) throw std::runtime_error(name + ": another number of outputs");
  napi_value results;
  napi_create_array_with_length(env, count, &results);
  for (int i = 0; i < count; i++) napi_set_element(env, results, i, Describe(env, graph, {first.oper, i}, name));
  return results;
}

napi_value FinishGraph(const Arguments& arguments) {
  const napi_env env = arguments.env;
  if (context == nullptr) throw std::runtime_error("open() comes first");
  Graph& graph = GraphOf(env, arguments.at(0));
  const std::string name = Text(env, arguments.at(1));
  const auto inputs = OutputsOf(graph, env, arguments.at(2));
  const auto outputs = OutputsOf(graph, env, arguments.at(3));
  Status status;
  std::unique_ptr<TF_Function, void (*)(TF_Function*)> function(
      TF_GraphToFunction(graph.graph, name.c_str(), 0, -1, nullptr, static_cast<int>(inputs.size()), inputs.data(),
                         static_cast<int>(outputs.size()), outputs.data(), nullptr, nullptr, nullptr, status),
      TF_DeleteFunction);
  status.Check(name);
  TFE_ContextAddFunction(*context, function.get(), status);
  status.Check(name);
  graphs.erase(static_cast<int>(Integer(env, arguments.at(0))));
  return nullptr;
}

napi_value Discard(const Arguments& arguments) {
  graphs.erase(static_cast<int>(Integer(arguments.env, arguments.at(0))));
  return nullptr;
}

napi_value Remove(const Arguments& arguments) {
  Status status;
  const std::string name = Text(arguments.env, arguments.at(0));
  TFE_ContextRemoveFunction(*context, name.c_str(), status);
  status.Check(name);
  return nullptr;
}

template <napi_value (*function)(const Arguments&)>
napi_value Call(napi_env env, napi_callback_info info) {
  try {
    return function(Arguments(env, info));
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

}  // namespace

NAPI_MODULE_INIT() {
  Export(env, exports, "open", Call<Open>);
  Export(env, exports, "begin", Call<Begin>);
  Export(env, exports, "placeholder", Call<Placeholder>);
  Export(env, exports, "constant", Call<Constant>);
  Export(env, exports, "operation", Call<Operation>);
  Export(env, exports, "finish", Call<FinishGraph>);
  Export(env, exports, "discard", Call<Discard>);
  Export(env, exports, "remove", Call<Remove>);
  return exports;
}
