#include "protocol/wire/layout.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/check.h"
#include "base/join.h"
#include "protocol/wire/records_view.h"

namespace kmirror::protocol {
namespace {

// An error code may not be referred to as the integer that it is.
template <class T>
T copy_of(const void* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

bool same_struct(const StructLayout& layout, const void* a, const void* b) {
  return layout.unknown_tagged_fields(a) == layout.unknown_tagged_fields(b) &&
         std::ranges::all_of(layout.fields, [a, b](const FieldLayout& field) {
           return same_value(field.of(a), field.of(b));
         });
}

bool same_elements(Value a, Value b) {
  if (a.count() != b.count()) return false;
  for (std::size_t i = 0; i < a.count(); ++i) {
    if (!same_value(a[i], b[i])) return false;
  }
  return true;
}

}  // namespace

std::int64_t Value::integer() const {
  switch (type->size) {
    case 1:
      return copy_of<std::int8_t>(at);
    case 2:
      return copy_of<std::int16_t>(at);
    case 4:
      return copy_of<std::int32_t>(at);
    default:
      KM_CHECK(type->size == 8, "an integer of Kafka's");
      return copy_of<std::int64_t>(at);
  }
}

const TaggedFields& StructLayout::unknown_tagged_fields(const void* object) const {
  const auto* place = static_cast<const std::byte*>(object) + unknown_tagged_fields_place;
  return *reinterpret_cast<const TaggedFields*>(place);
}

bool StructLayout::shows(const FieldLayout& field, const void* object, std::int16_t version) const {
  if (!field.spec.contains(version)) return false;
  return field.spec.tag == kNotTagged || !same_value(field.of(object), field.of(defaults));
}

bool same_value(Value a, Value b) {
  switch (a.type->kind) {
    case ValueKind::kBool:
    case ValueKind::kInteger:
    case ValueKind::kFloat64:
    case ValueKind::kErrorCode:
    case ValueKind::kUuid:
      return std::memcmp(a.at, b.at, a.type->size) == 0;
    case ValueKind::kString:
      return a.as<std::string_view>() == b.as<std::string_view>();
    case ValueKind::kBytes:
      return std::ranges::equal(a.as<ConstBytes>(), b.as<ConstBytes>());
    case ValueKind::kRecords:
      return join(a.as<RecordsView>().slices()) == join(b.as<RecordsView>().slices());
    case ValueKind::kStruct:
      return same_struct(a.type->layout(), a.at, b.at);
    case ValueKind::kArray:
    case ValueKind::kOptional:
      return same_elements(a, b);
  }
  return false;
}

}  // namespace kmirror::protocol
