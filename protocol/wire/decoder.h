// The archive that reads a message. Made, used and dropped by decode() (wire/archive.h); the
// message it fills holds views into the bytes. Sources: KIP-482 and Kafka's MessageDataGenerator.
//
// The first error sticks and everything after it is skipped. Its path is put together on the way
// back from the failed field, so that a message without errors pays nothing for it. Memory grows
// with bytes really read, never with a count a peer claims.
#pragma once

#include <algorithm>
#include <bit>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/bytes.h"
#include "protocol/error_code.h"
#include "protocol/wire/defaults.h"
#include "protocol/wire/error.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"
#include "protocol/wire/varint.h"

namespace kmirror::protocol {

class Decoder {
 public:
  Decoder(ConstBytes body, std::int16_t version, bool flexible)
      : begin_(body.data()),
        at_(body.data()),
        end_(body.data() + body.size()),
        version_(version),
        flexible_(flexible) {}

  template <Described M>
  WireError run(M& message) {
    read(message, false);
    if (!failed() && at_ != end_) fail(WireError::Kind::kTrailingBytes);
    return std::move(error_);
  }

  template <class T>
  void field(std::string_view name, T& out, Spec spec = {}) {
    if (failed() || spec.tag != wanted_tag_ || !spec.contains(version_)) return;
    read(out, spec.nullable_in(version_));
    if (failed()) [[unlikely]]
      error_.prepend(name);
    tag_is_known_ = true;
  }

 private:
  bool failed() const { return error_.kind != WireError::Kind::kNone; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  void fail(WireError::Kind kind) {
    error_.kind = kind;
    error_.offset = static_cast<std::size_t>(at_ - begin_);
  }

  // The next `size` bytes, or nothing and an error.
  ConstBytes take(std::size_t size) {
    if (size > left()) {
      fail(WireError::Kind::kTruncated);
      return {};
    }
    return {std::exchange(at_, at_ + size), size};
  }

  template <std::integral T>
  T integer() {
    const ConstBytes bytes = take(sizeof(T));
    return bytes.empty() ? T{0} : load_be<T>(bytes.data());
  }

  std::uint32_t unsigned_varint() {
    std::uint32_t value = 0;
    if (!read_unsigned_varint(at_, end_, value)) {
      const bool short_of_bytes = left() < kMaxVarintBytes;
      fail(short_of_bytes ? WireError::Kind::kTruncated : WireError::Kind::kBadVarint);
    }
    return value;
  }

  // A length, or the count of an array: -1 is null. What it counts takes a byte each at least, so
  // it cannot exceed the bytes left.
  template <std::integral Plain>
  std::int64_t length(bool nullable) {
    const std::uint8_t* const start = at_;
    const std::int64_t value =
        flexible_ ? static_cast<std::int64_t>(unsigned_varint()) - 1 : integer<Plain>();
    if (failed()) return 0;
    auto kind = WireError::Kind::kNone;
    if (value == -1 && !nullable) kind = WireError::Kind::kNullNotAllowed;
    if (value < -1 || value > std::numeric_limits<Plain>::max())
      kind = WireError::Kind::kBadLength;
    else if (value > static_cast<std::int64_t>(left()))
      kind = WireError::Kind::kTruncated;
    if (kind == WireError::Kind::kNone) return value;
    at_ = start;
    fail(kind);
    return 0;
  }

  void read(bool& out, bool) { out = integer<std::uint8_t>() != 0; }
  template <std::integral T>
  void read(T& out, bool) {
    out = integer<T>();
  }
  void read(double& out, bool) { out = std::bit_cast<double>(integer<std::uint64_t>()); }
  void read(ErrorCode& out, bool) { out = static_cast<ErrorCode>(integer<std::int16_t>()); }
  void read(Uuid& out, bool) {
    const ConstBytes bytes = take(out.bytes.size());
    std::ranges::copy(bytes, out.bytes.begin());
  }

  static void assign(std::string_view& out, ConstBytes bytes) { out = as_text(bytes); }
  static void assign(ConstBytes& out, ConstBytes bytes) { out = bytes; }
  static void assign(RecordsView& out, ConstBytes bytes) { out = RecordsView(bytes); }

  template <class T>
  std::int64_t length_of(bool nullable) {
    if constexpr (std::is_same_v<T, std::string_view>) return length<std::int16_t>(nullable);
    return length<std::int32_t>(nullable);
  }

  template <class T>
  void read_content(T& out, std::int64_t length) {
    assign(out, take(static_cast<std::size_t>(length)));
  }
  template <class T>
  void read_content(std::vector<T>& out, std::int64_t length) {
    for (std::int64_t i = 0; i < length; ++i) {
      read(out.emplace_back(), false);
      if (failed()) [[unlikely]]
        return error_.prepend_index(static_cast<std::size_t>(i));
    }
  }

  template <class T>
  void read(std::optional<T>& out, bool nullable) {
    const std::int64_t length = length_of<T>(nullable);
    out.reset();
    if (!failed() && length >= 0) read_content(out.emplace(), length);
  }
  // A struct that may be null has a byte before it: negative for null (Kafka's generated classes).
  // T() is for clang, to which a nested struct with defaults cannot be made of nothing.
  template <Described T>
  void read(std::optional<T>& out, bool nullable) {
    const bool present = !nullable || integer<std::int8_t>() >= 0;
    out.reset();
    if (!failed() && present) read(out.emplace(T()), false);
  }
  template <class T>
  void read(T& out, bool) {
    const std::int64_t length = length_of<T>(false);
    if (!failed()) read_content(out, length);
  }

  template <Described T>
  void read(T& out, bool) {
    const int outer_tag = std::exchange(wanted_tag_, kNotTagged);
    T::describe(*this, out);
    if (flexible_ && !failed()) read_tagged_fields(out);
    wanted_tag_ = outer_tag;
  }

  template <Described T>
  void read_tagged_fields(T& out) {
    std::int64_t previous = -1;
    for (std::uint32_t count = unsigned_varint(); count > 0 && !failed(); --count) {
      const std::uint32_t tag = unsigned_varint();
      if (!failed() && tag <= previous) fail(WireError::Kind::kBadTag);
      if (failed()) return;
      previous = tag;
      const std::uint32_t size = unsigned_varint();
      if (!failed() && size > left()) fail(WireError::Kind::kTruncated);
      if (failed()) return;
      read_tagged_field(out, tag, size);
    }
  }

  // A known field reads its value and has to use up its bytes; any other is kept as it is.
  template <Described T>
  void read_tagged_field(T& out, std::uint32_t tag, std::uint32_t size) {
    const std::uint8_t* const outer_end = std::exchange(end_, at_ + size);
    tag_is_known_ = false;
    wanted_tag_ = static_cast<int>(tag);
    if (tag <= kMaxKnownTag) T::describe(*this, out);
    if (failed()) return;
    if (!tag_is_known_) out.unknown_tagged_fields.push_back({tag, take(size)});
    if (at_ != end_) fail(WireError::Kind::kBadLength);
    end_ = outer_end;
  }

  const std::uint8_t* begin_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  std::int16_t version_;
  bool flexible_;
  int wanted_tag_ = kNotTagged;
  bool tag_is_known_ = false;
  WireError error_;
};

}  // namespace kmirror::protocol
