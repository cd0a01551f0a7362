// Files, streams and text as sources; what is not a model is named.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "frontend/load.h"
#include "frontend/read_proto.h"

namespace opcost::internal {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr int64_t kLimit = 65536;

class ReadFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/opcost_read_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { (void)!std::system(("rm -rf '" + folder_ + "'").c_str()); }

  std::string Write(const std::string& name, const std::string& bytes) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  std::string folder_;
};

std::string Message(const std::string& path) { return std::string(ReadProto(path, kLimit).status().message()); }

TEST_F(ReadFile, EachWrongFileIsNamedForWhatItIs) {
  const std::pair<std::string, std::string> files[] = {
      {std::string("PK\x03\x04\x14\0\0\0", 8), "a ZIP archive"},
      {std::string("\x1c\0\0\0TFL3\x14\0", 10), "a TensorFlow Lite model"},
      {"{\"version\": 1}", "a JSON file"},
      {"<!DOCTYPE html>\n<html>", "an HTML page"},
      {"\n  <html><body>", "an HTML page"},
      {"<?xml version=\"1.0\"?><net>", "an XML file"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:0", "a Git LFS pointer"},
      {"hello, this is text\n", "a text file"},
      {"ir_version: 8\ngraph {", "a model in protobuf's text format"},
      {std::string("\x40\0\0\0\0\0\0\0{\"a\":{", 14), "a safetensors file"},
      {"GGUF\x03", "a GGUF model"},
      {std::string("\x80\x02}q\0.", 6), "a Python pickle"},
      {std::string(1000, '\0'), "a file of zeros"},
      {"", "an empty file"},
  };
  for (const auto& [bytes, description] : files) {
    const std::string path = Write("wrong.onnx", bytes);
    const absl::Status status = ReadProto(path, kLimit).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), StartsWith(path + ": looks like " + description));
    EXPECT_THAT(std::string(status.message()), HasSubstr("expected an ONNX model (protobuf)"));
  }
}

TEST_F(ReadFile, FolderMissingFileAndClosedFile) {
  EXPECT_EQ(Message(folder_), folder_ + ": a directory, expected an ONNX model (protobuf)");
  const absl::Status missing = ReadProto(folder_ + "/none.onnx", kLimit).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), StartsWith(folder_ + "/none.onnx: "));
  if (geteuid() == 0) return;  // root may read everything
  const std::string path = Write("closed.onnx", "x");
  chmod(path.c_str(), 0);
  EXPECT_EQ(ReadProto(path, kLimit).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(ReadFile, TextFormByName) {
  const std::string path = Write("m.onnxtxt", R"(
    <ir_version: 8, opset_import: ["" : 17]>
    agraph (float[2, 3] x) => (float[2, 3] y) { y = Relu(x) })");
  const auto model = ReadProto(path, kLimit);
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(model->proto.graph().node(0).op_type(), "Relu");
  EXPECT_THAT(Message(Write("bad.onnxtxt", "agraph (")), StartsWith(folder_ + "/bad.onnxtxt: "));
  EXPECT_THAT(Message(Write("deep.onnxtxt", std::string(100000, '('))), HasSubstr("nested more than"));
}

// A pipe cannot be skipped through; the model that comes out is the same.
TEST_F(ReadFile, StandardInputGivesTheSameModel) {
  const std::string path = "tests/models/resnet18.onnx";
  const auto from_file = ReadProto(path, kLimit);
  ASSERT_TRUE(from_file.ok()) << from_file.status().message();

  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const int saved = dup(STDIN_FILENO);
  dup2(ends[0], STDIN_FILENO);
  std::thread writer([&] {
    std::ifstream file(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), {});
    // In pieces that end anywhere.
    for (size_t at = 0; at < bytes.size(); at += 997) {
      const size_t count = std::min<size_t>(997, bytes.size() - at);
      EXPECT_EQ(write(ends[1], bytes.data() + at, count), static_cast<ssize_t>(count));
    }
    close(ends[1]);
  });
  const auto from_pipe = ReadProto("-", kLimit);
  writer.join();
  dup2(saved, STDIN_FILENO);
  close(saved);
  close(ends[0]);
  ASSERT_TRUE(from_pipe.ok()) << from_pipe.status().message();
  EXPECT_EQ(from_pipe->proto.SerializeAsString(), from_file->proto.SerializeAsString());
  EXPECT_EQ(from_pipe->path, "-");
}

std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

// A graph of 5 GiB, above protobuf's limit of 2: one weight that is a hole in the file, a node after it.
TEST_F(ReadFile, FilesAboveTwoGigabytes) {
  constexpr int64_t kElements = int64_t{5} << 28;
  constexpr int64_t kBytes = kElements * 4;
  onnx::ModelProto head;
  head.set_ir_version(8);
  head.add_opset_import()->set_version(17);
  onnx::TensorProto weight;
  weight.add_dims(kElements);
  weight.set_data_type(onnx::TensorProto::FLOAT);
  weight.set_name("w");
  onnx::GraphProto tail;
  tail.add_node()->set_op_type("Relu");
  tail.mutable_node(0)->add_input("w");
  tail.mutable_node(0)->add_output("y");

  // raw_data is field 9, graph.initializer field 5, model.graph field 7: tags 0x4a, 0x2a, 0x3a.
  const std::string tensor = weight.SerializeAsString() + "\x4a" + Varint(kBytes);
  const std::string start = "\x2a" + Varint(tensor.size() + kBytes) + tensor;
  const std::string end = tail.SerializeAsString();
  const std::string before = head.SerializeAsString() + "\x3a" + Varint(start.size() + kBytes + end.size()) + start;

  const std::string path = Write("large.onnx", before);
  const int fd = open(path.c_str(), O_WRONLY);
  ASSERT_EQ(pwrite(fd, end.data(), end.size(), static_cast<off_t>(before.size() + kBytes)),
            static_cast<ssize_t>(end.size()));
  close(fd);

  rusage usage_before, usage_after;
  getrusage(RUSAGE_SELF, &usage_before);
  const auto model = ReadProto(path, kLimit);
  getrusage(RUSAGE_SELF, &usage_after);
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(model->proto.graph().node(0).op_type(), "Relu");
  EXPECT_EQ(model->proto.graph().initializer(0).dims(0), kElements);
  EXPECT_FALSE(PayloadKnown(model->proto.graph().initializer(0)));
  EXPECT_LT(usage_after.ru_maxrss - usage_before.ru_maxrss, 8 << 10) << "KiB for a model of one node";

  // Cut anywhere in the weight, it is a truncated file and no less clearly so.
  ASSERT_EQ(truncate(path.c_str(), int64_t{3} << 30), 0);
  EXPECT_THAT(Message(path), HasSubstr("truncated: model.graph at byte "));
}

TEST_F(ReadFile, MissingDataFilesAreNotes) {
  const std::string path = Write("m.onnx", [] {
    onnx::ModelProto model;
    model.set_ir_version(8);
    model.add_opset_import()->set_version(17);
    for (const char* location : {"here.bin", "sub/gone.bin", "here.bin"}) {
      onnx::TensorProto& tensor = *model.mutable_graph()->add_initializer();
      tensor.set_name("w" + std::to_string(model.graph().initializer_size()));
      tensor.set_data_type(onnx::TensorProto::FLOAT);
      tensor.add_dims(7);
      tensor.set_data_location(onnx::TensorProto::EXTERNAL);
      auto& entry = *tensor.add_external_data();
      entry.set_key("location");
      entry.set_value(location);
    }
    return model.SerializeAsString();
  }());
  Write("here.bin", "0123456789012345678901234567");
  const auto model = ReadProto(path, kLimit);
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_THAT(model->data_files, testing::ElementsAre("here.bin", "sub/gone.bin"));
  EXPECT_FALSE(PayloadKnown(model->proto.graph().initializer(0)));
  const std::optional<Note> note = MissingData(*model, "");
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->kind, NoteKind::kMissingData);
  EXPECT_EQ(note->where, "sub/gone.bin");
  EXPECT_THAT(note->text, StartsWith("1 of 2 data files is not there ('sub/gone.bin')"));
  EXPECT_THAT(MissingData(*model, "/nowhere")->text,
              StartsWith("2 of 2 data files are not there ('here.bin', 'sub/gone.bin')"));
  // The reader of the report sees it, and nothing else changes.
  const auto graph = LoadModel(path);
  ASSERT_TRUE(graph.ok()) << graph.status();
  ASSERT_EQ(graph->notes.size(), 1U);
  EXPECT_EQ(graph->notes[0].text, note->text);
  const auto elsewhere = LoadModel(path, {.data_dir = "/nowhere"});
  ASSERT_TRUE(elsewhere.ok());
  ASSERT_EQ(elsewhere->notes.size(), 1U);
  EXPECT_EQ(elsewhere->structure_sha256, graph->structure_sha256);
}

TEST_F(ReadFile, ManyMissingDataFilesAreOneNote) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  for (int i = 0; i < 7; ++i) {
    onnx::TensorProto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name("w" + std::to_string(i));
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    auto& entry = *tensor.add_external_data();
    entry.set_key("location");
    entry.set_value("w" + std::to_string(i));
  }
  const auto read = ReadProto(Write("many.onnx", model.SerializeAsString()), kLimit);
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(MissingData(*read, "")->text,
              StartsWith("7 of 7 data files are not there ('w0', 'w1', 'w2' and 4 more)"));
}

}  // namespace
}  // namespace opcost::internal
