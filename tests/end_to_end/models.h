// Models in ONNX's text form, for all end-to-end tests.
#ifndef OPCOST_TESTS_END_TO_END_MODELS_H_
#define OPCOST_TESTS_END_TO_END_MODELS_H_

namespace opcost {

inline constexpr const char* kTinyNetwork = R"(
<ir_version: 8, opset_import: ["" : 17]>
tiny (float[n, 3, 11, 13] image) => (float[n, 7] probabilities)
<float[5, 3, 3, 3] w, float[5] b, float[5, 7] fc>
{
  [conv] c = Conv<pads = [1, 1, 1, 1]>(image, w, b)
  [relu] r = Relu(c)
  [pool] p = GlobalAveragePool(r)
  [flat] f = Flatten(p)
  [fc] l = MatMul(f, fc)
  [softmax] probabilities = Softmax(l)
}
)";

// 1 GFLOP a product: 2 · 500 · 1000 · 1000.
inline constexpr const char* kOneGigaflop = R"(
<ir_version: 8, opset_import: ["" : 17]>
product (float[500, 1000] x) => (float[500, 1000] y)
<float[1000, 1000] w>
{
  [product] y = MatMul(x, w)
}
)";

inline constexpr const char* kProducts = R"(
<ir_version: 8, opset_import: ["" : 17]>
products (float[509, 1013] x) => (float[509, 997] y)
<float[1013, 1019] w1, float[1019, 1009] w2, float[1009, 997] w3>
{
  [one] a = MatMul(x, w1)
  [two] b = MatMul(a, w2)
  [three] y = MatMul(b, w3)
}
)";

// A vector through matrices: every weight is read for two operations.
inline constexpr const char* kMemoryBound = R"(
<ir_version: 8, opset_import: ["" : 17]>
vector (float[1, 1013] x) => (float[1, 1009] y)
<float[1013, 1019] w1, float[1019, 1009] w2>
{
  [one] a = MatMul(x, w1)
  [two] y = MatMul(a, w2)
}
)";

inline constexpr const char* kUnknownOperator = R"(
<ir_version: 8, opset_import: ["" : 17, "com.example" : 1]>
unknown (float[7, 11] x) => (float[7, 11] y)
{
  [foo] a = com.example.Foo(x)
  [relu] y = Relu(a)
}
)";

}  // namespace opcost

#endif  // OPCOST_TESTS_END_TO_END_MODELS_H_
