#include "rule_graphs.h"

namespace opcost {

std::vector<RuleGraph> RuleGraphs() {
  return {
      // Convolution with what follows.
      {"conv2d_bn", "Conv BatchNormalization", "c = Conv (x, k3) y = BatchNormalization (c, g, b, m, d)"},
      {"conv2d_bn", "", "c = Conv (x, k3) n = BatchNormalization (c, g, b, m, d) y = Add (c, n)"},
      {"conv2d_bn", "", "c = Conv (x, k3) y, rm, rv = BatchNormalization <training_mode = 1> (c, g, b, m, d)"},
      {"conv2d_bn", "ConvTranspose BatchNormalization",
       "c = ConvTranspose (x, k3) y = BatchNormalization (c, g, b, m, d)"},
      {"conv2d_bn", "Conv Mul Add",
       "one3 = Constant <value_ints = [11, 1, 1]> () sc = ConstantOfShape (one3) sh = ConstantOfShape (one3) "
       "c = Conv (x, k3) e = Mul (c, sc) y = Add (e, sh)"},
      {"conv2d_bn", "", "c = Conv <pads = [1, 1, 1, 1]> (x, k3) e = Mul (c, z) y = Add (e, z)"},
      {"conv2d_bn_act", "Conv BatchNormalization Relu",
       "c = Conv (x, k3) n = BatchNormalization (c, g, b, m, d) y = Relu (n)"},
      {"conv2d_bn_act", "Conv BatchNormalization Sigmoid Mul",
       "c = Conv (x, k3) n = BatchNormalization (c, g, b, m, d) e = Sigmoid (n) y = Mul (e, n)"},
      {"conv2d_bn_act", "", "c = Conv (x, k3) n = BatchNormalization (c, g, b, m, d) y = Exp (n)"},
      {"conv2d_act", "Conv Clip", "c = Conv (x, k1) y = Clip (c, zero, six)"},
      {"conv2d_act", "Conv Dropout Relu", "c = Conv (x, k1) e = Dropout (c) y = Relu (e)"},
      {"conv2d_act", "Conv Add Clip Mul Div",
       "c = Conv (x, k1) a = Add (c, three) e = Clip (a, zero, six) f = Mul (c, e) y = Div (f, six)"},
      {"conv2d_act", "", "c = Conv (x, k1) e = Relu (c) y = Add (c, e)"},
      {"conv2d_add_act", "Conv Add Relu",
       "c = Conv (x, k3 ) f = Conv <pads = [1, 1, 1, 1]> (x, k3) e = Add (f, z) "
       "y = Relu (e) u = Relu (c)"},
      {"conv2d_add_act", "Conv BatchNormalization Add Relu",
       "c = Conv <pads = [1, 1, 1, 1]> (x, k3) n = BatchNormalization (c, g, b, m, d) e = Add (z, n) y = Relu (e)"},
      // A constant is a bias and no residual.
      {"conv2d_add_act", "", "c = Conv (x, k1) e = Add (c, eps) y = Relu (e)"},

      // Products with their bias.
      {"linear", "MatMul Add", "e = MatMul (s, w) y = Add (w1, e)"},
      {"linear", "", "e = MatMul (q, k) y = Add (e, w1)"},
      {"linear", "", "e = MatMul (s, w) y = Add (e, s)"},
      {"linear", "", "e = MatMul (s, w) y = Add (e, w)  u = Relu (e)"},
      {"linear_nbits", "MatMulNBits Add",
       "e = com.microsoft.MatMulNBits <K = 11, N = 11, bits = 4, block_size = 16> (s, w, w1) y = Add (e, w1)"},

      // Activations.
      {"gelu_erf", "Div Erf Add Mul Mul",
       "e = Div (s, root2) f = Erf (e) h = Add (f, one) i = Mul (s, h) y = Mul (i, half)"},
      {"gelu_erf", "Mul Div Erf Add Mul",
       "i = Mul (s, half) e = Div (s, root2) f = Erf (e) h = Add (f, one) y = Mul (i, h)"},
      {"gelu_erf", "Div Erf Add Mul Mul",
       "e = Div (s, root2) f = Erf (e) h = Add (one, f) i = Mul (half, h) y = Mul (i, s)"},
      {"gelu_erf", "", "e = Div (s, two) f = Erf (e) h = Add (f, one) i = Mul (s, h) y = Mul (i, half)"},
      {"gelu_erf", "", "e = Div (s, root2) f = Erf (e) h = Add (f, one) i = Mul (r, h) y = Mul (i, half)"},
      {"gelu_tanh", "Pow Mul Add Mul Tanh Add Mul Mul",
       "e = Pow (s, three) f = Mul (e, cubic) h = Add (s, f) i = Mul (h, root2pi) j = Tanh (i) l = Add (j, one) "
       "n = Mul (s, half) y = Mul (n, l)"},
      {"gelu_tanh", "Mul Mul Mul Add Mul Tanh Add Mul Mul",
       "a = Mul (s, s) e = Mul (s, a) f = Mul (cubic, e) h = Add (s, f) i = Mul (root2pi, h) j = Tanh (i) "
       "l = Add (one, j) n = Mul (half, s) y = Mul (n, l)"},
      {"gelu_tanh", "",
       "e = Pow (s, two) f = Mul (e, cubic) h = Add (s, f) i = Mul (h, root2pi) j = Tanh (i) l = Add (j, one) "
       "n = Mul (s, half) y = Mul (n, l)"},
      {"gelu_sigmoid", "Mul Sigmoid Mul", "e = Mul (s, sig) f = Sigmoid (e) y = Mul (s, f)"},
      {"gelu_sigmoid", "", "e = Mul (s, two) f = Sigmoid (e) y = Mul (s, f)"},
      {"silu", "Sigmoid Mul", "e = Sigmoid (s) y = Mul (s, e)"},
      {"silu", "", "e = Sigmoid (s) y = Mul (r, e)"},
      {"silu", "", "e = Sigmoid (s) f = Mul (s, e) y = Add (e, f)"},
      {"hardswish", "HardSigmoid Mul", "e = HardSigmoid (x) y = Mul (e, x)"},
      {"hardswish", "Add Clip Mul Div", "e = Add (x, three) f = Clip (e, zero, six) h = Mul (x, f) y = Div (h, six)"},
      {"hardswish", "Add Clip Div Mul", "e = Add (x, three) f = Clip (e, zero, six) h = Div (f, six) y = Mul (x, h)"},
      {"hardswish", "", "e = Add (x, three) f = Clip (e, zero, three) h = Mul (x, f) y = Div (h, six)"},
      {"hardswish", "", "e = Add (x, one) f = Clip (e, zero, six) h = Mul (x, f) y = Div (h, six)"},
      {"hardsigmoid", "Add Clip Div", "e = Add (x, three) f = Clip (e, zero, six) y = Div (f, six)"},
      {"hardsigmoid", "", "e = Add (x, three) f = Clip (e, zero, six) y = Div (f, two)"},
      {"mish", "Softplus Tanh Mul", "e = Softplus (x) f = Tanh (e) y = Mul (x, f)"},

      // Normalisations.
      {"layernorm", "ReduceMean Sub Pow ReduceMean Add Sqrt Div Mul Add",
       "a = ReduceMean (s, last) e = Sub (s, a) f = Pow (e, two) h = ReduceMean (f, last) i = Add (h, eps) "
       "j = Sqrt (i) l = Div (e, j) n = Mul (l, w1) y = Add (n, w2)"},
      {"layernorm", "ReduceMean Sub Mul ReduceMean Add Sqrt Div",
       "a = ReduceMean (s, last) e = Sub (s, a) f = Mul (e, e) h = ReduceMean (f, last) i = Add (h, eps) "
       "j = Sqrt (i) y = Div (e, j)"},
      // Over the wrong axis: a normalisation of something else.
      {"layernorm", "",
       "ax = Constant <value_ints = [1]> () a = ReduceMean (s, ax) e = Sub (s, a) f = Pow (e, two) "
       "h = ReduceMean (f, ax) i = Add (h, eps) j = Sqrt (i) l = Div (e, j) n = Mul (l, w1) y = Add (n, w2)"},
      // The variance of something else.
      {"layernorm", "",
       "a = ReduceMean (s, last) e = Sub (s, a) f = Pow (r, two) h = ReduceMean (f, last) i = Add (h, eps) "
       "j = Sqrt (i) l = Div (e, j) y = Mul (l, w1)"},
      {"rmsnorm", "Pow ReduceMean Add Sqrt Reciprocal Mul Mul",
       "f = Pow (s, two) h = ReduceMean (f, last) i = Add (h, eps) j = Sqrt (i) l = Reciprocal (j) n = Mul (s, l) "
       "y = Mul (w1, n)"},
      {"rmsnorm", "Mul ReduceMean Add Sqrt Div Mul Mul",
       "f = Mul (s, s) h = ReduceMean (f, last) i = Add (h, eps) j = Sqrt (i) l = Div (one, j) n = Mul (s, l) "
       "y = Mul (n, w1)"},
      {"rmsnorm", "",
       "f = Pow (s, three) h = ReduceMean (f, last) i = Add (h, eps) j = Sqrt (i) l = Reciprocal (j) n = Mul (s, l) "
       "y = Mul (w1, n)"},
      {"groupnorm", "Reshape InstanceNormalization Reshape Mul Add",
       "a = Reshape (x, flat) e = InstanceNormalization (a, w1, w2) f = Reshape (e, image) h = Mul (f, eps) "
       "y = Add (h, eps)"},
      {"softmax", "ReduceMax Sub Exp ReduceSum Div",
       "a = ReduceMax (s, last) e = Sub (s, a) f = Exp (e) h = ReduceSum (f, last) y = Div (f, h)"},
      {"softmax", "Exp ReduceSum Div", "f = Exp (s) h = ReduceSum (f, last) y = Div (f, h)"},
      {"softmax", "", "f = Exp (s) e = Exp (r) h = ReduceSum (f, last) y = Div (e, h)"},

      // Attention.
      {"attention", "Transpose MatMul Div Add Softmax MatMul",
       "bias = ReduceMax (v, last) kt = Transpose <perm = [0, 1, 3, 2]> (k) a = MatMul (q, kt) e = Div (a, eighth) "
       "f = Add (e, bias) h = Softmax <axis = -1> (f) y = MatMul (h, v)"},
      {"attention", "Mul Transpose Mul MatMul Softmax MatMul",
       "qs = Mul (q, eighth) kt = Transpose <perm = [0, 1, 3, 2]> (k) ks = Mul (kt, eighth) a = MatMul (qs, ks) "
       "h = Softmax <axis = -1> (a) y = MatMul (h, v)"},
      {"attention", "Transpose MatMul Mul Where Softmax Dropout MatMul",
       "o = ReduceMax (v, last) mask = Greater (o, eighth) kt = Transpose <perm = [0, 1, 3, 2]> (k) "
       "a = MatMul (q, kt) e = Mul (a, eighth) f = Where (mask, e, infinity) h = Softmax <axis = -1> (f) "
       "i = Dropout (h) y = MatMul (i, v)"},
      {"attention", "Einsum Softmax Einsum",
       "a = Einsum <equation = \"bhid,bhjd->bhij\"> (q, k) h = Softmax <axis = -1> (a) "
       "y = Einsum <equation = \"bhij,bhjd->bhid\"> (h, v)"},
      {"attention", "Transpose MatMul Softmax IsNaN Where MatMul",
       "kt = Transpose <perm = [0, 1, 3, 2]> (k) a = MatMul (q, kt) h = Softmax <axis = -1> (a) n = IsNaN (h) "
       "o = Where (n, zero, h) y = MatMul (o, v)"},
      {"attention", "Transpose MatMul ReduceMax Sub Exp ReduceSum Div MatMul",
       "kt = Transpose <perm = [0, 1, 3, 2]> (k) a = MatMul (q, kt) mx = ReduceMax (a, last) e = Sub (a, mx) "
       "f = Exp (e) h = ReduceSum (f, last) p = Div (f, h) y = MatMul (p, v)"},
      // A product with weights is a layer.
      {"attention", "", "a = MatMul (s, w) h = Softmax <axis = -1> (a) y = MatMul (h, w)"},
      // No softmax.
      {"attention", "",
       "kt = Transpose <perm = [0, 1, 3, 2]> (k) a = MatMul (q, kt) h = Sigmoid (a) y = MatMul (h, v)"},
      // The weights are also an output of something else.
      {"attention", "",
       "kt = Transpose <perm = [0, 1, 3, 2]> (k) a = MatMul (q, kt) h = Softmax <axis = -1> (a) e = MatMul (h, v) "
       "f = ReduceMax (h, last) y = Add (e, f)"},

      // ONNX Runtime.
      {"ort_fused_conv", "Conv Relu", "c = Conv (x, k3) y = Relu (c)"},
      {"ort_fused_conv", "Conv BatchNormalization Clip",
       "c = Conv (x, k3) n = BatchNormalization (c, g, b, m, d) y = Clip (n, zero, six)"},
      {"ort_fused_conv", "", "c = Conv (x, k3) y = Elu (c)"},
      {"ort_fused_conv", "", "c = Conv (x, k3) y = HardSwish (c)"},
      {"ort_folded_conv", "Conv BatchNormalization", "c = Conv (x, k3) y = BatchNormalization (c, g, b, m, d)"},
      {"ort_folded_conv", "Conv Mul", "c = Conv (x, k3) y = Mul (c, two)"},
      {"ort_fused_gemm", "Gemm Relu",
       "ax = Constant <value_ints = [1]> () a = ReduceMean <keepdims = 0> (s, ax) e = Gemm (a, w, w1) y = Relu (e)"},
      // Three axes: a Reshape stands between.
      {"ort_fused_gemm", "", "e = MatMul (s, w) f = Add (e, w1) y = Relu (f)"},
      {"ort_matmul_add", "MatMul Add", "e = MatMul (s, w) y = Add (e, w1)"},
      {"ort_layernorm", "ReduceMean Sub Pow ReduceMean Add Sqrt Div Mul Add",
       "a = ReduceMean (s, last) e = Sub (s, a) f = Pow (e, two) h = ReduceMean (f, last) i = Add (h, eps) "
       "j = Sqrt (i) l = Div (e, j) n = Mul (l, w1) y = Add (n, w2)"},
      // Without scale it stays as it is.
      {"ort_layernorm", "",
       "a = ReduceMean (s, last) e = Sub (s, a) f = Pow (e, two) h = ReduceMean (f, last) i = Add (h, eps) "
       "j = Sqrt (i) y = Div (e, j)"},
      {"ort_rmsnorm", "Pow ReduceMean Add Sqrt Div Mul",
       "f = Pow (s, two) h = ReduceMean (f, last) i = Add (h, eps) j = Sqrt (i) l = Div (s, j) y = Mul (l, w1)"},
      {"ort_skip_layernorm", "Add LayerNormalization",
       "e = Add (s, r) n = LayerNormalization (e, w1, w2) y = Add (e, n)"},
      {"ort_skip_layernorm", "", "e = Add (s, w1) y = LayerNormalization (e, w1, w2)"},
      {"ort_skip_layernorm_bias", "Add Add LayerNormalization",
       "a = Relu (s) o = Add (a, w1) e = Add (o, r) y = LayerNormalization (e, w1, w2)"},
      {"ort_bias_gelu", "Add Gelu", "a = Relu (s) e = Add (a, w1) y = Gelu (e)"},
      {"ort_bias_gelu", "", "e = Add (s, r) y = Gelu (e)"},
      {"ort_gelu", "Div Erf Add Mul Mul",
       "e = Div (s, root2) f = Erf (e) h = Add (f, one) i = Mul (s, h) y = Mul (i, half)"},
      {"ort_fast_gelu", "Pow Mul Add Mul Tanh Add Mul Mul",
       "e = Pow (s, three) f = Mul (e, cubic) h = Add (s, f) i = Mul (h, root2pi) j = Tanh (i) l = Add (j, one) "
       "n = Mul (s, half) y = Mul (n, l)"},
      {"ort_quick_gelu", "Sigmoid Mul", "e = Sigmoid (s) y = Mul (s, e)"},
      {"ort_quick_gelu_scaled", "Mul Sigmoid Mul", "e = Mul (s, two) f = Sigmoid (e) y = Mul (s, f)"},
      {"ort_fused_matmul", "Transpose MatMul Mul",
       "kt = Transpose <perm = [0, 1, 3, 2]> (k) a = MatMul (q, kt) y = Mul (a, eighth)"},
      {"ort_fused_matmul", "", "kt = Transpose <perm = [1, 0, 2, 3]> (k) a = MatMul (kt, q) y = Mul (a, w1)"},
      {"ort_matmul_integer", "MatMulInteger Cast Mul Mul",
       "a, sc, zp = DynamicQuantizeLinear (s) e, sd, zq = DynamicQuantizeLinear (w) f = MatMulInteger (a, e, zp, zq) "
       "h = Cast <to = 1> (f) i = Mul (sc, sd) y = Mul (h, i)"},
      {"ort_relu_clip", "Relu Clip", "e = Relu (x) y = Clip (e, zero, six)"},
      {"ort_pad", "Pad Conv", "e = Pad (x, pads) y = Conv (e, k3)"},

      // TensorRT.
      {"trt_conv_add_act", "Conv Add Relu Mul", "c = Conv (x, k1) e = Add (c, z) f = Relu (e) y = Mul (f, two)"},
      {"trt_conv_add_act", "", "c = Conv (x, k1) e = Add (c, two) f = Relu (e) y = Mul (f, two)"},
      {"trt_conv_bn_act", "Conv BatchNormalization Relu",
       "c = Conv (x, k3) n = BatchNormalization (c, g, b, m, d) y = Relu (n)"},
      {"trt_conv_bn", "Conv BatchNormalization", "c = Conv (x, k3) y = BatchNormalization (c, g, b, m, d)"},
      {"trt_conv_act", "Conv Sigmoid Mul Add", "c = Conv (x, k1) e = Sigmoid (c) f = Mul (c, e) y = Add (f, z)"},
      {"trt_linear", "MatMul Add Gelu", "e = MatMul (s, w) f = Add (e, w1) y = Gelu (f)"},
      {"trt_pointwise", "Add Relu Mul", "e = Add (s, r) f = Relu (e) y = Mul (f, w1)"},
      {"trt_pointwise", "", "e = Add (s, r) f = Softmax (e) y = Mul (f, w1)"},

      // Blocks.
      {"squeeze_excite", "GlobalAveragePool Conv Relu Conv Sigmoid Mul",
       "o = Conv (x, up) p = GlobalAveragePool (o) a = Conv (p, sq) e = Relu (a) f = Conv (e, ex) h = Sigmoid (f) "
       "y = Mul (h, o)"},
      {"squeeze_excite", "ReduceMean Conv Sigmoid Mul Conv Add Clip Div Mul",
       "o = Conv (x, up) p = ReduceMean (o, hw) a = Conv (p, sq) e = Sigmoid (a) ee = Mul (a, e) f = Conv (ee, ex) "
       "h1 = Add (f, three) h2 = Clip (h1, zero, six) h = Div (h2, six) y = Mul (o, h)"},
      // The gate of another tensor.
      {"squeeze_excite", "",
       "o = Conv (x, up) oo = Conv (z, up) p = GlobalAveragePool (o) a = Conv (p, sq) e = Relu (a) f = Conv (e, ex) "
       "h = Sigmoid (f) y = Mul (h, oo)"},
      {"mbconv", "Conv Relu Conv Relu Conv Add",
       "c = Conv (x, up) e = Relu (c) f = Conv <group = 33, pads = [1, 1, 1, 1]> (e, wide) h = Relu (f) "
       "i = Conv (h, down) y = Add (x, i)"},
      {"mbconv", "Conv BatchNormalization Clip Conv BatchNormalization Clip Conv BatchNormalization",
       "c = Conv (x, up) cn = BatchNormalization (c, g3, b3, m3, d3) e = Clip (cn, zero, six) "
       "f = Conv <group = 33, strides = [2, 2]> (e, wide) fn = BatchNormalization (f, g3, b3, m3, d3) "
       "h = Clip (fn, zero, six) i = Conv (h, down) y = BatchNormalization (i, g, b, m, d)"},
      // An activation behind the projection: a channel shuffle unit or a plain separable convolution.
      {"mbconv", "",
       "c = Conv (x, up) e = Relu (c) f = Conv <group = 33, pads = [1, 1, 1, 1]> (e, wide) h = Relu (f) "
       "i = Conv (h, down) y = Relu (i)"},
      // A dense convolution in the middle.
      {"mbconv", "",
       "c = Conv (x, k1) e = Relu (c) f = Conv <pads = [1, 1, 1, 1]> (e, k3) h = Relu (f) i = Conv (h, k1) "
       "y = Add (x, i)"},
      {"mbconv_se", "Conv Relu Conv Relu GlobalAveragePool Conv Relu Conv HardSigmoid Mul Conv Add",
       "c = Conv (x, up) e = Relu (c) f = Conv <group = 33, pads = [1, 1, 1, 1]> (e, wide) o = Relu (f) "
       "p = GlobalAveragePool (o) a = Conv (p, sq) aa = Relu (a) ab = Conv (aa, ex) ac = HardSigmoid (ab) "
       "h = Mul (ac, o) i = Conv (h, down) y = Add (x, i)"},
      {"mbconv_se_1", "Conv Relu GlobalAveragePool Conv Relu Conv Sigmoid Mul Conv Add",
       "xx = Conv (x, up) f = Conv <group = 33, pads = [1, 1, 1, 1]> (xx, wide) o = Relu (f) p = GlobalAveragePool (o) "
       "a = Conv (p, sq) aa = Relu (a) ab = Conv (aa, ex) ac = Sigmoid (ab) h = Mul (ac, o) i = Conv (h, square) "
       "y = Add (xx, i)"},
      {"mbconv_1", "Conv Relu Conv", "f = Conv <group = 11> (x, kd) h = Relu (f) i = Conv (h, k1) y = Conv (i, up)"},
      // The same in a head, read by a Reshape.
      {"mbconv_1", "", "f = Conv <group = 11> (x, kd) h = Relu (f) i = Conv (h, k1) y = Reshape (i, flat)"},
      {"fused_mbconv", "Conv Relu Conv Add",
       "c = Conv <pads = [1, 1, 1, 1]> (x, up3) e = Relu (c) f = Conv (e, down) y = Add (x, f)"},
      {"fused_mbconv", "", "c = Conv <pads = [1, 1, 1, 1]> (x, k3) e = Relu (c) f = Conv (e, k1) y = Add (x, f)"},
      {"residual_basic", "Conv Relu Conv Add Relu",
       "c = Conv <pads = [1, 1, 1, 1]> (x, k3) e = Relu (c) f = Conv <pads = [1, 1, 1, 1]> (e, k3) h = Add (f, x) "
       "y = Relu (h)"},
      {"residual_basic", "Conv Relu Conv Conv BatchNormalization Add Relu",
       "c = Conv <pads = [1, 1, 1, 1]> (x, k3) e = Relu (c) f = Conv <pads = [1, 1, 1, 1]> (e, k3) i = Conv (x, k1) "
       "j = BatchNormalization (i, g, b, m, d) h = Add (f, j) y = Relu (h)"},
      // The sum is with something else.
      {"residual_basic", "",
       "c = Conv <pads = [1, 1, 1, 1]> (x, k3) e = Relu (c) f = Conv <pads = [1, 1, 1, 1]> (e, k3) h = Add (f, z) "
       "y = Relu (h)"},
      {"residual_bottleneck", "Conv Relu Conv Relu Conv Add Relu",
       "c = Conv (x, k1) e = Relu (c) f = Conv <pads = [1, 1, 1, 1]> (e, k3) h = Relu (f) i = Conv (h, k1) "
       "j = Add (i, x) y = Relu (j)"},
      {"residual_bottleneck", "Conv Relu Conv Relu Conv Conv Add Relu",
       "c = Conv (x, k1) e = Relu (c) f = Conv <pads = [1, 1, 1, 1]> (e, k3) h = Relu (f) i = Conv (h, k1) "
       "l = Conv (x, k1) j = Add (i, l) y = Relu (j)"},
      {"residual_bottleneck", "",
       "c = Conv (x, k1) e = Relu (c) f = Conv (e, k1) h = Relu (f) i = Conv (h, k1) j = Add (i, x) y = Relu (j)"},
  };
}

}  // namespace opcost
