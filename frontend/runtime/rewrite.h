// A graph that passes change, with what every pass asks: who reads a tensor, is it constant, may it disappear.
#ifndef OPCOST_FRONTEND_RUNTIME_REWRITE_H_
#define OPCOST_FRONTEND_RUNTIME_REWRITE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontend/graph.h"
#include "frontend/runtime/executed.h"

namespace opcost::internal {

// Symbols from here on stand for extents that the file leaves open; those of the graph for what depends on data.
inline constexpr SymbolId kFirstOpenSymbol = 1 << 24;

class Rewrite {
 public:
  explicit Rewrite(const Graph& graph);

  Graph& graph() { return out_.graph; }
  size_t size() const { return out_.graph.nodes.size(); }
  Node& node(NodeId n) { return out_.graph.nodes[static_cast<size_t>(n)]; }
  Tensor& tensor(TensorId t) { return out_.graph.tensors[static_cast<size_t>(t)]; }
  bool removed(NodeId n) const { return removed_[static_cast<size_t>(n)] != 0; }

  // A node of the main graph that still runs, of that operator ("Conv" of ai.onnx, "com.microsoft.Gelu").
  bool Is(NodeId n, absl::string_view op) const;
  // The producer when it is a living node of that operator.
  NodeId ProducerOf(TensorId t, absl::string_view op) const;
  NodeId Producer(TensorId t) const;
  bool IsConstant(TensorId t) const;
  // A constant that no node has to compute first.
  bool IsStored(TensorId t) const;
  // Read by one node, once, and not seen from outside.
  bool IsPrivate(TensorId t) const;
  NodeId OnlyReader(TensorId t) const;  // kNone when there is not exactly one
  std::vector<NodeId> Readers(TensorId t) const;
  // All extents, when they are known.
  std::optional<std::vector<int64_t>> Extents(TensorId t) const;
  size_t Rank(TensorId t) const;  // 0 when it is not known
  std::optional<std::vector<int64_t>> IntValues(TensorId t) const;
  std::optional<double> Scalar(TensorId t) const;  // the one value of a constant

  TensorId Input(NodeId n, size_t slot) const;
  TensorId Output(NodeId n, size_t slot = 0) const;

  void SetInput(NodeId n, size_t slot, TensorId t);
  // All readers of `from` read `to`; being a graph output moves along.
  void ReplaceUses(TensorId from, TensorId to);
  // Takes the node out; its outputs have no producer then.
  void Remove(NodeId n);
  // The node's output becomes constant: it no longer runs.
  void Fold(NodeId n);
  // `n` also carries out what `other` did.
  void Absorb(NodeId n, NodeId other);
  // A node at the end; Compact finds its place. Outputs get this producer.
  NodeId Add(Node node, std::vector<NodeId> origins, bool inserted);
  TensorId AddTensor(absl::string_view name, DType dtype, absl::Span<const int64_t> extents);
  TensorId AddConstant(absl::string_view name, DType dtype, absl::Span<const int64_t> extents);
  // A vector of integers whose elements are known.
  TensorId AddInts(absl::string_view name, std::vector<int64_t> values);
  // A tensor like `t` that nobody makes or reads yet; `change` makes its shape from that of `t`.
  TensorId AddLike(TensorId t, absl::string_view suffix, absl::FunctionRef<Shape(const Shape&)> change);
  // Output `slot` of `n` becomes `t`.
  void SetOutput(NodeId n, size_t slot, TensorId t);

  // Nodes whose results nobody needs go, the others come into an order that can be executed.
  void Compact();
  const std::vector<NodeId>& origins(NodeId n) const { return out_.origins[static_cast<size_t>(n)]; }

  // The shape becomes what the runtime knows of it, until RememberShapes; `fixed` is what an inference would find that
  // knew the shapes of the operands.
  void Forget(TensorId t, std::optional<Shape> known, Shape fixed);
  // The shape is what an inference finds: after its operands became known.
  void Learn(TensorId t);
  void RememberShapes();
  // All extents are equal numbers, or equal symbols of what the file leaves open.
  bool SameShape(TensorId a, TensorId b) const;
  // Some extent was forgotten: the file leaves it open.
  bool IsOpen(TensorId t) const { return remembered_.contains(t); }

  ExecutedGraph Take() &&;

 private:
  void AddReader(TensorId t, NodeId n);
  void DropReader(TensorId t, NodeId n);
  void RemoveDead();

  ExecutedGraph out_;
  std::vector<uint8_t> removed_;
  absl::flat_hash_map<TensorId, Shape> remembered_;  // whole
  absl::flat_hash_map<TensorId, Shape> fixed_;       // without what is open
};

void SetAttribute(Node& node, absl::string_view name, int64_t value);
void SetAttribute(Node& node, absl::string_view name, double value);
void SetAttribute(Node& node, absl::string_view name, absl::string_view value);
void SetAttribute(Node& node, absl::string_view name, std::vector<int64_t> value);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_RUNTIME_REWRITE_H_
