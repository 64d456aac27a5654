#include "protocol/wire/json_writer.h"

#include <absl/strings/escaping.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "protocol/wire/records_view.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(Value value, std::int16_t version);

std::string base64(ConstBytes bytes) {
  const std::string_view text = as_text(bytes);
  return absl::Base64Escape(absl::string_view(text.data(), text.size()));
}

// JSON has no such numbers; Jackson, which Kafka uses, writes them as strings.
Json json_of(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

Json json_of_array(Value array, std::int16_t version) {
  Json out = Json::array();
  for (std::size_t i = 0; i < array.count(); ++i) out.push_back(json_of(array[i], version));
  return out;
}

Json json_of_struct(const StructLayout& layout, const void* object, std::int16_t version) {
  Json out = Json::object();
  for (const FieldLayout& field : layout.fields) {
    if (!layout.shows(field, object, version)) continue;
    const Value value = field.of(object);
    const bool has_records = !value.is_null() && value.held().type->kind == ValueKind::kRecords;
    const std::string_view name = has_records ? "recordsSizeInBytes" : field.name;
    out[std::string(name)] = json_of(value, version);
  }
  return out;
}

Json json_of(Value value, std::int16_t version) {
  switch (value.type->kind) {
    case ValueKind::kBool:
      return value.as<bool>();
    case ValueKind::kInteger:
    case ValueKind::kErrorCode:
      return value.integer();
    case ValueKind::kFloat64:
      return json_of(value.as<double>());
    case ValueKind::kUuid:
      return value.as<Uuid>().to_string();
    case ValueKind::kString:
      return value.as<std::string_view>();
    case ValueKind::kBytes:
      return base64(value.as<ConstBytes>());
    case ValueKind::kRecords:
      return value.as<RecordsView>().size();
    case ValueKind::kStruct:
      return json_of_struct(value.type->layout(), value.at, version);
    case ValueKind::kArray:
      return json_of_array(value, version);
    case ValueKind::kOptional:
      return value.is_null() ? Json() : json_of(value.held(), version);
  }
  return {};
}

}  // namespace

// Bytes that are not UTF-8 are shown as replacement characters.
std::string to_json(const StructLayout& layout, const void* message, std::int16_t version) {
  const Json json = json_of_struct(layout, message, version);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace kmirror::protocol
