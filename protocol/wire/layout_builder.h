// The archive that makes a struct's layout (wire/layout.h) of its describe(). Made, used and
// dropped by layout_of(). Only wire/archive_impl.h includes this.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "protocol/error_code.h"
#include "protocol/wire/defaults.h"
#include "protocol/wire/layout.h"
#include "protocol/wire/records_view.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {
namespace wire_internal {

template <class T>
constexpr ValueKind kind_of() {
  if constexpr (std::is_same_v<T, bool>) {
    return ValueKind::kBool;
  } else if constexpr (std::signed_integral<T>) {
    return ValueKind::kInteger;
  } else if constexpr (std::is_same_v<T, double>) {
    return ValueKind::kFloat64;
  } else if constexpr (std::is_same_v<T, ErrorCode>) {
    return ValueKind::kErrorCode;
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return ValueKind::kUuid;
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return ValueKind::kString;
  } else if constexpr (std::is_same_v<T, ConstBytes>) {
    return ValueKind::kBytes;
  } else if constexpr (std::is_same_v<T, RecordsView>) {
    return ValueKind::kRecords;
  } else {
    static_assert(Described<T>, "no type of Kafka's messages");
    return ValueKind::kStruct;
  }
}

template <class T>
constexpr auto layout_function() -> const StructLayout& (*)() {
  if constexpr (Described<T>) return &layout_of<T>;
  return nullptr;
}

template <class T>
struct TypeOf {
  static constexpr ValueType kType{
      .kind = kind_of<T>(), .size = sizeof(T), .layout = layout_function<T>()};
};

template <class T>
struct TypeOf<std::vector<T>> {
  using Array = std::vector<T>;
  static std::size_t count(const void* array) { return static_cast<const Array*>(array)->size(); }
  static const void* element(const void* array, std::size_t i) {
    return static_cast<const Array*>(array)->data() + i;
  }
  static void resize(void* array, std::size_t size) { static_cast<Array*>(array)->resize(size); }

  static constexpr ValueType kType{.kind = ValueKind::kArray,
                                   .size = sizeof(Array),
                                   .element_type = &TypeOf<T>::kType,
                                   .count = &count,
                                   .element = &element,
                                   .resize = &resize};
};

template <class T>
struct TypeOf<std::optional<T>> {
  using Optional = std::optional<T>;
  static std::size_t count(const void* optional) {
    return static_cast<const Optional*>(optional)->has_value() ? 1 : 0;
  }
  static const void* element(const void* optional, std::size_t) {
    return &**static_cast<const Optional*>(optional);
  }
  static void resize(void* optional, std::size_t size) {
    auto& out = *static_cast<Optional*>(optional);
    out.reset();
    if (size > 0) out.emplace(T());
  }

  static constexpr ValueType kType{.kind = ValueKind::kOptional,
                                   .size = sizeof(Optional),
                                   .element_type = &TypeOf<T>::kType,
                                   .count = &count,
                                   .element = &element,
                                   .resize = &resize};
};

}  // namespace wire_internal

class LayoutBuilder {
 public:
  template <Described T>
  static StructLayout build() {
    const void* const object = wire_internal::default_object<T>();
    const T& defaults = *static_cast<const T*>(object);
    LayoutBuilder builder(object);
    T::describe(builder, defaults);
    builder.layout_.unknown_tagged_fields_place = builder.place(&defaults.unknown_tagged_fields);
    return std::move(builder.layout_);
  }

  template <class T>
  void field(std::string_view name, const T& member, Spec spec = {}) {
    add(name, spec, wire_internal::TypeOf<T>::kType, &member);
  }

 private:
  explicit LayoutBuilder(const void* object) { layout_.defaults = object; }

  std::size_t place(const void* member) const {
    return static_cast<std::size_t>(static_cast<const std::byte*>(member) -
                                    static_cast<const std::byte*>(layout_.defaults));
  }
  void add(std::string_view name, Spec spec, const ValueType& type, const void* member) {
    layout_.fields.push_back({.name = name, .spec = spec, .type = &type, .place = place(member)});
  }

  StructLayout layout_;
};

template <class M>
const StructLayout& layout_of() {
  static const StructLayout layout = LayoutBuilder::build<M>();
  return layout;
}

}  // namespace kmirror::protocol
