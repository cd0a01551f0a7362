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
      {"residual_basic_fused", "FusedConv FusedConv",
       "c = com.microsoft.FusedConv <pads = [1, 1, 1, 1], activation = \"Relu\"> (x, k3, b) "
       "y = com.microsoft.FusedConv <pads = [1, 1, 1, 1], activation = \"Relu\"> (c, k3, b, x)"},
      {"residual_basic_fused", "",
       "c = com.microsoft.FusedConv <pads = [1, 1, 1, 1], activation = \"Relu\"> (x, k3, b) "
       "y = com.microsoft.FusedConv <pads = [1, 1, 1, 1], activation = \"Relu\"> (c, k3, b, z)"},
      {"attention_channels_first", "Transpose MatMul Softmax Transpose MatMul",
       "qt = Transpose <perm = [0, 1, 3, 2]> (q) a = MatMul (qt, k) h = Softmax <axis = -1> (a) "
       "ht = Transpose <perm = [0, 1, 3, 2]> (h) y = MatMul (v, ht)"},
      {"attention_channels_first", "",
       "qt = Transpose <perm = [0, 1, 3, 2]> (q) a = MatMul (qt, k) h = Softmax <axis = -1> (a) y = MatMul (v, h)"},

      // Blocks of image networks.
      {"convnext_block", "Conv Transpose LayerNormalization MatMul Add Gelu MatMul Transpose Mul Add",
       "c = Conv <group = 11, pads = [1, 1, 1, 1]> (x, kd) t = Transpose <perm = [0, 2, 3, 1]> (c) "
       "n = LayerNormalization (t, w1, w2) u = MatMul (n, w) ub = Add (u, w1) e = Gelu (ub) f = MatMul (e, w) "
       "h = Transpose <perm = [0, 3, 1, 2]> (f) i = Mul (h, eps) y = Add (x, i)"},
      {"convnext_block", "Conv BatchNormalization Conv Relu Conv Add",
       "c = Conv <group = 11, pads = [1, 1, 1, 1]> (x, kd) n = BatchNormalization (c, g, b, m, d) u = Conv (n, up) "
       "e = Relu (u) f = Conv (e, down) y = Add (f, x)"},
      // The sum is with something else.
      {"convnext_block", "",
       "c = Conv <group = 11, pads = [1, 1, 1, 1]> (x, kd) t = Transpose <perm = [0, 2, 3, 1]> (c) "
       "n = LayerNormalization (t, w1, w2) u = MatMul (n, w) e = Gelu (u) f = MatMul (e, w) "
       "h = Transpose <perm = [0, 3, 1, 2]> (f) y = Add (z, h)"},
      {"sppf", "Conv Relu MaxPool MaxPool MaxPool Concat Conv Sigmoid Mul",
       "i44 = Constant <value_ints = [11, 44, 1, 1]> () w44 = ConstantOfShape (i44) a = Conv (x, k1) e = Relu (a) "
       "p1 = MaxPool <kernel_shape = [5, 5], pads = [2, 2, 2, 2]> (e) "
       "p2 = MaxPool <kernel_shape = [5, 5], pads = [2, 2, 2, 2]> (p1) "
       "p3 = MaxPool <kernel_shape = [5, 5], pads = [2, 2, 2, 2]> (p2) j = Concat <axis = 1> (e, p1, p2, p3) "
       "f = Conv (j, w44) h = Sigmoid (f) y = Mul (f, h)"},
      // A pool of something else.
      {"sppf", "",
       "i44 = Constant <value_ints = [11, 44, 1, 1]> () w44 = ConstantOfShape (i44) a = Conv (x, k1) e = Relu (a) "
       "p1 = MaxPool <kernel_shape = [5, 5], pads = [2, 2, 2, 2]> (z) "
       "p2 = MaxPool <kernel_shape = [5, 5], pads = [2, 2, 2, 2]> (p1) "
       "p3 = MaxPool <kernel_shape = [5, 5], pads = [2, 2, 2, 2]> (p2) j = Concat <axis = 1> (e, p1, p2, p3) "
       "y = Conv (j, w44)"},
      {"focus", "Slice Slice Slice Slice Concat Conv Relu",
       "i44 = Constant <value_ints = [11, 44, 1, 1]> () w44 = ConstantOfShape (i44) "
       "s00 = Constant <value_ints = [0, 0]> () s10 = Constant <value_ints = [1, 0]> () "
       "s01 = Constant <value_ints = [0, 1]> () s11 = Constant <value_ints = [1, 1]> () "
       "to = Constant <value_ints = [12, 16]> () by = Constant <value_ints = [2, 2]> () "
       "e0 = Slice (x, s00, to, hw, by) e1 = Slice (x, s10, to, hw, by) e2 = Slice (x, s01, to, hw, by) "
       "e3 = Slice (x, s11, to, hw, by) j = Concat <axis = 1> (e0, e1, e2, e3) f = Conv (j, w44) y = Relu (f)"},
      // A quarter of another image.
      {"focus", "",
       "i44 = Constant <value_ints = [11, 44, 1, 1]> () w44 = ConstantOfShape (i44) "
       "s00 = Constant <value_ints = [0, 0]> () to = Constant <value_ints = [12, 16]> () "
       "by = Constant <value_ints = [2, 2]> () e0 = Slice (x, s00, to, hw, by) e1 = Slice (x, s00, to, hw, by) "
       "e2 = Slice (x, s00, to, hw, by) e3 = Slice (z, s00, to, hw, by) j = Concat <axis = 1> (e0, e1, e2, e3) "
       "f = Conv (j, w44) y = Relu (f)"},
      {"channel_shuffle", "Reshape Transpose Reshape",
       "i5 = Constant <value_ints = [2, 3, 11, 13, 17]> () i4 = Constant <value_ints = [2, 33, 13, 17]> () "
       "c = Conv (x, up) a = Reshape (c, i5) t = Transpose <perm = [0, 2, 1, 3, 4]> (a) y = Reshape (t, i4)"},
      // Other axes change places.
      {"channel_shuffle", "",
       "i5 = Constant <value_ints = [2, 3, 11, 13, 17]> () i4 = Constant <value_ints = [2, 33, 13, 17]> () "
       "c = Conv (x, up) a = Reshape (c, i5) t = Transpose <perm = [0, 1, 3, 2, 4]> (a) y = Reshape (t, i4)"},
      {"pixel_shuffle", "Reshape Transpose Reshape",
       "i44 = Constant <value_ints = [44, 11, 1, 1]> () w44 = ConstantOfShape (i44) "
       "i6 = Constant <value_ints = [2, 11, 2, 2, 13, 17]> () i4 = Constant <value_ints = [2, 11, 26, 34]> () "
       "c = Conv (x, w44) a = Reshape (c, i6) t = Transpose <perm = [0, 1, 4, 2, 5, 3]> (a) y = Reshape (t, i4)"},
      // The cut into windows of six axes.
      {"pixel_shuffle", "",
       "i44 = Constant <value_ints = [44, 11, 1, 1]> () w44 = ConstantOfShape (i44) "
       "i6 = Constant <value_ints = [2, 11, 2, 2, 13, 17]> () i4 = Constant <value_ints = [2, 11, 26, 34]> () "
       "c = Conv (x, w44) a = Reshape (c, i6) t = Transpose <perm = [0, 1, 3, 2, 4, 5]> (a) y = Reshape (t, i4)"},
      {"large_kernel_attention", "Conv Conv Conv Mul",
       "a = Conv <group = 11, pads = [1, 1, 1, 1]> (x, kd) "
       "e = Conv <group = 11, pads = [3, 3, 3, 3], dilations = [3, 3]> (a, kd) f = Conv (e, k1) y = Mul (x, f)"},
      {"large_kernel_attention", "",
       "a = Conv <group = 11, pads = [1, 1, 1, 1]> (x, kd) "
       "e = Conv <group = 11, pads = [3, 3, 3, 3], dilations = [3, 3]> (a, kd) f = Conv (e, k1) y = Mul (z, f)"},
      {"spatial_attention", "ReduceMean ReduceMax Concat Conv Sigmoid Mul",
       "ch = Constant <value_ints = [1]> () i2 = Constant <value_ints = [1, 2, 7, 7]> () w7 = ConstantOfShape (i2) "
       "a = ReduceMean (x, ch) e = ReduceMax (x, ch) c = Concat <axis = 1> (a, e) "
       "f = Conv <pads = [3, 3, 3, 3]> (c, w7) h = Sigmoid (f) y = Mul (x, h)"},
      {"spatial_attention", "",
       "ch = Constant <value_ints = [1]> () i2 = Constant <value_ints = [1, 2, 7, 7]> () w7 = ConstantOfShape (i2) "
       "a = ReduceMean (x, ch) e = ReduceMax (x, ch) c = Concat <axis = 1> (a, e) "
       "f = Conv <pads = [3, 3, 3, 3]> (c, w7) h = Sigmoid (f) y = Mul (z, h)"},

      // Blocks of language models.
      {"rotary_half", "Slice Slice Neg Concat Mul Mul Add",
       "qq = Concat <axis = -1> (q, q) co = Cos (qq) si = Sin (qq) from = Constant <value_ints = [0]> () "
       "mid = Constant <value_ints = [11]> () to = Constant <value_ints = [22]> () "
       "h1 = Slice (qq, from, mid, last) h2 = Slice (qq, mid, to, last) n = Neg (h2) "
       "t = Concat <axis = -1> (n, h1) e = Mul (qq, co) f = Mul (t, si) y = Add (e, f)"},
      {"rotary_half", "Split Neg Concat Mul Mul Add",
       "qq = Concat <axis = -1> (q, q) co = Cos (qq) si = Sin (qq) from = Constant <value_ints = [0]> () "
       "mid = Constant <value_ints = [11]> () to = Constant <value_ints = [22]> () "
       "h1, h2 = Split <axis = -1, num_outputs = 2> (qq) n = Neg (h2) t = Concat <axis = -1> (n, h1) "
       "e = Mul (co, qq) f = Mul (si, t) y = Add (f, e)"},
      // Every second element, the pairs side by side.
      {"rotary_half", "Slice Slice Neg Unsqueeze Unsqueeze Concat Reshape Mul Mul Add",
       "qq = Concat <axis = -1> (q, q) co = Cos (qq) si = Sin (qq) from = Constant <value_ints = [0]> () "
       "mid = Constant <value_ints = [11]> () to = Constant <value_ints = [22]> () "
       "odd = Constant <value_ints = [1]> () by = Constant <value_ints = [2]> () "
       "i4 = Constant <value_ints = [2, 5, 7, 22]> () h1 = Slice (qq, from, to, last, by) "
       "h2 = Slice (qq, odd, to, last, by) n = Neg (h2) u1 = Unsqueeze (n, last) u2 = Unsqueeze (h1, last) "
       "t = Concat <axis = -1> (u1, u2) tt = Reshape (t, i4) e = Mul (qq, co) f = Mul (tt, si) y = Add (e, f)"},
      // The half of something else.
      {"rotary_half", "",
       "qq = Concat <axis = -1> (q, q) co = Cos (qq) si = Sin (qq) from = Constant <value_ints = [0]> () "
       "mid = Constant <value_ints = [11]> () to = Constant <value_ints = [22]> () "
       "h1 = Slice (qq, from, mid, last) h2 = Slice (co, mid, to, last) n = Neg (h2) "
       "t = Concat <axis = -1> (n, h1) e = Mul (qq, co) f = Mul (t, si) y = Add (e, f)"},
      {"rotary_mixed", "Slice Slice Mul Mul Sub Mul Mul Add Concat",
       "qq = Concat <axis = -1> (q, q) co = Cos (qq) si = Sin (qq) from = Constant <value_ints = [0]> () "
       "mid = Constant <value_ints = [11]> () to = Constant <value_ints = [22]> () "
       "h1 = Slice (qq, from, mid, last) h2 = Slice (qq, mid, to, last) a = Mul (h1, k) e = Mul (h2, v) "
       "f = Sub (a, e) h = Mul (h2, k) i = Mul (h1, v) j = Add (h, i) y = Concat <axis = -1> (f, j)"},
      // No rotation: both halves by the same factor.
      {"rotary_mixed", "",
       "qq = Concat <axis = -1> (q, q) co = Cos (qq) si = Sin (qq) from = Constant <value_ints = [0]> () "
       "mid = Constant <value_ints = [11]> () to = Constant <value_ints = [22]> () "
       "h1 = Slice (qq, from, mid, last) h2 = Slice (qq, mid, to, last) a = Mul (h1, k) e = Mul (h2, v) "
       "f = Sub (a, e) h = Mul (h1, k) i = Mul (h2, v) j = Add (h, i) y = Concat <axis = -1> (f, j)"},
      {"gated_mlp", "MatMul Sigmoid Mul MatMul Mul MatMul",
       "a = MatMul (s, w) e = Sigmoid (a) f = Mul (a, e) u = MatMul (s, w) h = Mul (f, u) y = MatMul (h, w)"},
      {"gated_mlp", "MatMul Add MatMul Add Gelu Mul MatMul Add",
       "u = MatMul (s, w) ub = Add (u, w1) a = MatMul (s, w) ab = Add (a, w1) e = Gelu (ab) h = Mul (ub, e) "
       "o = MatMul (h, w) y = Add (o, w2)"},
      // The gate of another tensor; no gate at all.
      {"gated_mlp", "",
       "a = MatMul (s, w) e = Sigmoid (a) f = Mul (a, e) u = MatMul (r, w) h = Mul (f, u) y = MatMul (h, w)"},
      {"gated_mlp", "", "a = MatMul (s, w) e = Gelu (a) h = Mul (e, e) y = MatMul (h, w)"},
      {"gated_mlp_split", "MatMul Split Gelu Mul MatMul",
       "i2 = Constant <value_ints = [11, 22]> () ww = ConstantOfShape (i2) a = MatMul (s, ww) "
       "h1, h2 = Split <axis = -1, num_outputs = 2> (a) e = Gelu (h2) f = Mul (h1, e) y = MatMul (f, w)"},
      // The other half goes elsewhere.
      {"gated_mlp_split", "",
       "i2 = Constant <value_ints = [11, 22]> () ww = ConstantOfShape (i2) a = MatMul (s, ww) "
       "h1, h2 = Split <axis = -1, num_outputs = 2> (a) e = Gelu (h2) f = Mul (r, e) o = MatMul (f, w) y = Add (o, "
       "h1)"},
      {"grouped_query_attention",
       "Unsqueeze Expand Reshape Unsqueeze Expand Reshape Transpose MatMul Mul Softmax MatMul",
       "qq = Concat <axis = 1> (q, q) at = Constant <value_ints = [2]> () "
       "i5 = Constant <value_ints = [2, 5, 2, 7, 11]> () i4 = Constant <value_ints = [2, 10, 7, 11]> () "
       "uk = Unsqueeze (k, at) ek = Expand (uk, i5) rk = Reshape (ek, i4) uv = Unsqueeze (v, at) "
       "ev = Expand (uv, i5) rv = Reshape (ev, i4) "
       "kt = Transpose <perm = [0, 1, 3, 2]> (rk) a = MatMul (qq, kt) e = Mul (a, eighth) "
       "h = Softmax <axis = -1> (e) y = MatMul (h, rv)"},
      // Behind a cache, which the model also returns.
      {"grouped_query_attention",
       "Concat Concat Unsqueeze Expand Reshape Unsqueeze Expand Reshape Transpose MatMul Softmax MatMul",
       "pk = Concat <axis = 2> (k, k) pv = Concat <axis = 2> (v, v) out = Relu (pk) "
       "qq = Concat <axis = 1> (q, q) at = Constant <value_ints = [2]> () "
       "i5 = Constant <value_ints = [2, 5, 2, 14, 11]> () i4 = Constant <value_ints = [2, 10, 14, 11]> () "
       "uk = Unsqueeze (pk, at) ek = Expand (uk, i5) rk = Reshape (ek, i4) uv = Unsqueeze (pv, at) "
       "ev = Expand (uv, i5) rv = Reshape (ev, i4) "
       "kt = Transpose <perm = [0, 1, 3, 2]> (rk) a = MatMul (qq, kt) h = Softmax <axis = -1> (a) y = MatMul (h, rv)"},
      // Values of as many heads as the queries have.
      {"grouped_query_attention", "",
       "qq = Concat <axis = 1> (q, q) at = Constant <value_ints = [2]> () "
       "i5 = Constant <value_ints = [2, 5, 2, 7, 11]> () i4 = Constant <value_ints = [2, 10, 7, 11]> () "
       "uk = Unsqueeze (k, at) ek = Expand (uk, i5) rk = Reshape (ek, i4) uv = Unsqueeze (v, at) "
       "ev = Expand (uv, i5) rv = Reshape (ev, i4) "
       "kt = Transpose <perm = [0, 1, 3, 2]> (rk) a = MatMul (qq, kt) e = Mul (a, eighth) "
       "h = Softmax <axis = -1> (e) y = MatMul (h, qq)"},
      {"grouped_query_attention_whole", "Unsqueeze Expand Reshape Unsqueeze Expand Reshape Attention",
       "qq = Concat <axis = 1> (q, q) at = Constant <value_ints = [2]> () "
       "i5 = Constant <value_ints = [2, 5, 2, 7, 11]> () i4 = Constant <value_ints = [2, 10, 7, 11]> () "
       "uk = Unsqueeze (k, at) ek = Expand (uk, i5) rk = Reshape (ek, i4) uv = Unsqueeze (v, at) "
       "ev = Expand (uv, i5) rv = Reshape (ev, i4) "
       "y = Attention (qq, rk, rv)"},
      {"grouped_query_attention_whole", "",
       "qq = Concat <axis = 1> (q, q) at = Constant <value_ints = [2]> () "
       "i5 = Constant <value_ints = [2, 5, 2, 7, 11]> () i4 = Constant <value_ints = [2, 10, 7, 11]> () "
       "uk = Unsqueeze (k, at) ek = Expand (uk, i5) rk = Reshape (ek, i4) uv = Unsqueeze (v, at) "
       "ev = Expand (uv, i5) rv = Reshape (ev, i4) "
       "y = Attention (qq, rk, qq)"},
  };
}

}  // namespace opcost
