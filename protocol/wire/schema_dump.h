// A message's fields in the words of Kafka's message schemas, with which tests compare them. Pure
// functions, no thread rules.
#pragma once

#include <string>
#include <vector>

#include "protocol/wire/layout.h"

namespace kmirror::protocol {

struct SchemaField {
  std::string name;           // as in Kafka's JSON output: the schema's, first letter small
  std::string type;           // Kafka's: "int32", "string", "[]struct", ...
  std::string default_value;  // "null", "" for empty, else as the schemas write it
  bool can_be_null = false;   // whether the member can hold null at all
  Spec spec;
  std::vector<SchemaField> fields;  // of the struct, or of the array's
};

std::vector<SchemaField> schema_of(const StructLayout& layout);

// All fields of all versions.
template <class M>
std::vector<SchemaField> schema_of() {
  return schema_of(layout_of<M>());
}

}  // namespace kmirror::protocol
