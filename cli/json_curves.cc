#include <string>

#include "cli/curves_document.h"
#include "cli/json_writer.h"
#include "costing/report.h"

namespace opcost {
namespace {

void Line(absl::string_view key, const std::vector<RateAt>& line, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const RateAt& at : line) json.BeginArray().Double(at.x).Double(at.rate).EndArray();
  json.EndArray();
}

void Picture(const CurvePicture& picture, JsonWriter& json) {
  json.BeginObject().Field("entry", picture.key).Field("form", picture.form);
  json.Field("metric", Name(picture.metric)).Field("unit", RateUnitOf(picture));
  json.Field("provenance", picture.provenance).Field("beside_entry", picture.beside_key);
  json.Key("range");
  if (picture.range) {
    json.BeginArray().Double(picture.range->first).Double(picture.range->second).EndArray();
  } else {
    json.Null();
  }
  json.OptionalField("relative_spread", picture.relative_spread).OptionalField("point_gap", picture.point_gap);
  json.OptionalField("kernel_gap", picture.kernel_gap).DoubleField("outside_share", picture.outside_share);
  Line("line", picture.line, json);
  Line("beside", picture.beside, json);
  json.Key("points").BeginArray();
  for (const PicturePoint& p : picture.points) {
    json.BeginObject().DoubleField("x", p.x).DoubleField("rate", p.rate).DoubleField("std_dev", p.std_dev);
    json.IntField("n", p.n).Field("evidence", Name(p.evidence)).EndObject();
  }
  json.EndArray().Key("kernels").BeginArray();
  for (const PictureKernel& k : picture.kernels) {
    json.BeginObject().Field("network", k.network).Field("kernel", k.kernel).DoubleField("x", k.x);
    json.DoubleField("measured", k.measured).DoubleField("predicted", k.predicted).EndObject();
  }
  json.EndArray().EndObject();
}

}  // namespace

std::string CurvesJson(const CurvesView& view) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "curves");
  json.Field("target", view.target->FullName()).Field("beside", view.beside);
  json.Key("curves").BeginArray();
  for (const CurvePicture& picture : view.set.pictures) Picture(picture, json);
  json.EndArray().StringsField("not_drawn", view.set.not_drawn).StringsField("notes", view.notes).EndObject();
  return out + "\n";
}

}  // namespace opcost
