// Is a member at its default, the value its initialiser gives it? Used by the archives that write:
// a tagged field at its default is not written, and any other value in a version that lacks the
// field is an error unless the field is ignorable (Kafka's MessageGenerator has the same rule).
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "protocol/wire/records_view.h"

namespace kmirror::protocol {

// A struct of a message: it has a describe() and keeps the tagged fields it does not know.
template <class T>
concept Described = requires(const T& value) { value.unknown_tagged_fields; };

namespace wire_internal {

template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}
template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.empty() && b.empty();  // no array has elements by default
}
inline bool same(ConstBytes a, ConstBytes b) {
  return std::ranges::equal(a, b);
}
inline bool same(const RecordsView& a, const RecordsView& b) {
  return a.empty() && b.empty();
}
template <class T>
bool same(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() == b.has_value() && (!a.has_value() || same(*a, *b));
}
template <Described T>
bool same(const std::optional<T>& a, const std::optional<T>& b) {
  return !a.has_value() && !b.has_value();  // a struct that can be null is so by default
}

template <class T>
const void* default_object() {
  static const T object{};
  return &object;
}

}  // namespace wire_internal

// The struct being walked, and how to come by a default one of its type. A member's default is
// found at the member's place in the latter.
class CurrentStruct {
 public:
  CurrentStruct() = default;
  template <class T>
  explicit CurrentStruct(const T& object)
      : object_(reinterpret_cast<const std::byte*>(&object)),
        default_object_(&wire_internal::default_object<T>) {}

  template <class F>
  bool is_default(const F& member) const {
    const auto* defaults = static_cast<const std::byte*>(default_object_());
    const auto place = reinterpret_cast<const std::byte*>(&member) - object_;
    return wire_internal::same(member, *reinterpret_cast<const F*>(defaults + place));
  }

 private:
  const std::byte* object_ = nullptr;
  const void* (*default_object_)() = nullptr;
};

}  // namespace kmirror::protocol
