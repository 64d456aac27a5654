#include "protocol/wire/schema_dump.h"

#include <fmt/format.h>

namespace kmirror::protocol {
namespace {

std::string type_name(const ValueType& type) {
  switch (type.kind) {
    case ValueKind::kBool:
      return "bool";
    case ValueKind::kInteger:
    case ValueKind::kErrorCode:
      return fmt::format("int{}", type.size * 8);
    case ValueKind::kFloat64:
      return "float64";
    case ValueKind::kUuid:
      return "uuid";
    case ValueKind::kString:
      return "string";
    case ValueKind::kBytes:
      return "bytes";
    case ValueKind::kRecords:
      return "records";
    case ValueKind::kStruct:
      return "struct";
    case ValueKind::kArray:
      return "[]" + type_name(*type.element_type);
    case ValueKind::kOptional:
      return type_name(*type.element_type);
  }
  return {};
}

std::string default_text(Value value) {
  if (value.is_null()) return "null";
  value = value.held();
  switch (value.type->kind) {
    case ValueKind::kBool:
      return value.as<bool>() ? "true" : "false";
    case ValueKind::kInteger:
    case ValueKind::kErrorCode:
      return fmt::format("{}", value.integer());
    case ValueKind::kFloat64:
      return fmt::format("{}", value.as<double>());
    case ValueKind::kString:
      return std::string(value.as<std::string_view>());
    default:
      return {};  // what is left is empty by default
  }
}

// Of the struct that is in there, however deep.
std::vector<SchemaField> fields_of(const ValueType& type) {
  if (type.element_type != nullptr) return fields_of(*type.element_type);
  return type.layout == nullptr ? std::vector<SchemaField>() : schema_of(type.layout());
}

}  // namespace

std::vector<SchemaField> schema_of(const StructLayout& layout) {
  std::vector<SchemaField> out;
  for (const FieldLayout& field : layout.fields) {
    out.push_back({.name = std::string(field.name),
                   .type = type_name(*field.type),
                   .default_value = default_text(field.of(layout.defaults)),
                   .can_be_null = field.type->kind == ValueKind::kOptional,
                   .spec = field.spec,
                   .fields = fields_of(*field.type)});
  }
  return out;
}

}  // namespace kmirror::protocol
