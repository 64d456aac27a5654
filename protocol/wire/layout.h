// What structs of messages consist of, as tables: built once a struct from its describe(), never
// changed. Whatever is off the data path (JSON, printer, diff, generator, schema dump) walks these
// tables in ordinary code; only measuring, writing and reading are compiled per message. Constants,
// no thread rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/wire/archive.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"

namespace kmirror::protocol {

enum class ValueKind {
  kBool,
  kInteger,
  kFloat64,
  kErrorCode,
  kUuid,
  kString,    // std::string_view
  kBytes,     // ConstBytes
  kRecords,   // RecordsView
  kStruct,    // anything that has a describe()
  kArray,     // std::vector
  kOptional,  // std::optional: an array of one element at most
};

struct ValueType {
  ValueKind kind = ValueKind::kBool;
  std::size_t size = 0;                       // in memory, in bytes
  const StructLayout& (*layout)() = nullptr;  // of a struct
  const ValueType* element_type = nullptr;    // this and what follows: of arrays and optionals
  std::size_t (*count)(const void*) = nullptr;
  const void* (*element)(const void*, std::size_t) = nullptr;
  void (*resize)(void*, std::size_t) = nullptr;  // what is added has its defaults
};

// A value in some message. A view.
struct Value {
  const ValueType* type = nullptr;
  const void* at = nullptr;

  // What it is, of the type that its kind tells.
  template <class T>
  const T& as() const {
    return *static_cast<const T*>(at);
  }
  // Of an integer of any width, or an error code.
  std::int64_t integer() const;

  // Of an array's elements, or 0 and 1 for what an optional holds.
  std::size_t count() const { return type->count(at); }
  Value operator[](std::size_t i) const { return {type->element_type, type->element(at, i)}; }

  bool is_null() const { return type->kind == ValueKind::kOptional && count() == 0; }
  // What is in an optional, or the value itself.
  Value held() const { return type->kind == ValueKind::kOptional ? (*this)[0] : *this; }
};

struct FieldLayout {
  std::string_view name;
  Spec spec;
  const ValueType* type = nullptr;
  std::size_t place = 0;  // in the struct, in bytes

  Value of(const void* object) const {
    return {type, static_cast<const std::byte*>(object) + place};
  }
};

struct StructLayout {
  std::vector<FieldLayout> fields;
  std::size_t unknown_tagged_fields_place = 0;
  const void* defaults = nullptr;  // an object as it is made

  const TaggedFields& unknown_tagged_fields(const void* object) const;

  // Tagged fields at their defaults are not written, and so not shown.
  bool shows(const FieldLayout& field, const void* object, std::int16_t version) const;
};

// In everything, fields of all versions included. Floats and texts by their bytes, records by the
// bytes of all slices. Both have the same type.
bool same_value(Value a, Value b);

}  // namespace kmirror::protocol
