// The archive that lists a message's fields as describe() declares them. Tests compare the list
// with Kafka's own message schemas. Made, used and dropped by schema_of() (wire/archive.h).
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error_code.h"
#include "protocol/wire/defaults.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

struct SchemaField {
  std::string name;           // as in Kafka's JSON output: the schema's, first letter small
  std::string type;           // Kafka's: "int32", "string", "[]struct", ...
  std::string default_value;  // "null", "" for empty, else as the schemas write it
  bool can_be_null = false;   // whether the member can hold null at all
  Spec spec;
  std::vector<SchemaField> fields;  // of the struct, or of the array's
};

class SchemaDump {
 public:
  template <Described T>
  static std::vector<SchemaField> fields_of() {
    SchemaDump dump;
    const T object{};
    T::describe(dump, object);
    return std::move(dump.fields_);
  }

  template <class T>
  void field(std::string_view name, const T& value, Spec spec = {}) {
    SchemaField& out = fields_.emplace_back();
    out.name = name;
    out.spec = spec;
    note(out, value);
  }

 private:
  static void note(SchemaField& out, bool value) {
    out.type = "bool";
    out.default_value = value ? "true" : "false";
  }
  template <std::integral T>
  static void note(SchemaField& out, T value) {
    out.type = fmt::format("int{}", sizeof(T) * 8);
    out.default_value = fmt::format("{}", value);
  }
  static void note(SchemaField& out, ErrorCode value) {
    note(out, static_cast<std::int16_t>(value));
  }
  static void note(SchemaField& out, const Uuid&) { out.type = "uuid"; }
  static void note(SchemaField& out, std::string_view value) {
    out.type = "string";
    out.default_value = value;
  }
  static void note(SchemaField& out, ConstBytes) { out.type = "bytes"; }
  static void note(SchemaField& out, const RecordsView&) { out.type = "records"; }
  template <Described T>
  static void note(SchemaField& out, const T&) {
    out.type = "struct";
    out.fields = fields_of<T>();
  }
  template <class T>
  static void note(SchemaField& out, const std::vector<T>&) {
    const T element{};
    note(out, element);
    out.type = "[]" + out.type;
    out.default_value.clear();
  }
  template <class T>
  static void note(SchemaField& out, const std::optional<T>& value) {
    note(out, value.value_or(T{}));
    out.can_be_null = true;
    if (!value.has_value()) out.default_value = "null";
  }

  std::vector<SchemaField> fields_;
};

}  // namespace kmirror::protocol
