// The archives that measure and write a message. Made, used and dropped by wire_size() and encode()
// (wire/archive.h). They are one walk with two sinks, so that the size measured is the size
// written. Sources: KIP-482 and Kafka's MessageDataGenerator. The first error sticks.
#pragma once

#include <bit>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/bytes.h"
#include "protocol/error_code.h"
#include "protocol/wire/defaults.h"
#include "protocol/wire/error.h"
#include "protocol/wire/gather_buffer.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/tagged_fields.h"
#include "protocol/wire/uuid.h"
#include "protocol/wire/varint.h"

namespace kmirror::protocol {

// Slices of records below this are copied: a piece more in a gather write costs more. So is the
// header of a batch, where it is a slice of its own.
constexpr std::size_t kReferredBytesMin = 512;

// Counts bytes: those that go to the buffer, and those of records that are only referred to.
class SizeSink {
 public:
  template <std::integral T>
  void integer(T) {
    own_ += sizeof(T);
  }
  void unsigned_varint(std::uint32_t value) { own_ += unsigned_varint_size(value); }
  void bytes(ConstBytes bytes) { own_ += bytes.size(); }
  void records(const RecordsView& records) {
    for (const ConstBytes slice : records.slices()) {
      (slice.size() < kReferredBytesMin ? own_ : referenced_) += slice.size();
    }
  }

  std::size_t own() const { return own_; }
  std::size_t size() const { return own_ + referenced_; }

 private:
  std::size_t own_ = 0;
  std::size_t referenced_ = 0;
};

class BufferSink {
 public:
  explicit BufferSink(GatherBuffer& out) : out_(out), start_(out.size()) {}

  template <std::integral T>
  void integer(T value) {
    store_be(out_.extend(sizeof(T)), value);
  }
  void unsigned_varint(std::uint32_t value) {
    write_unsigned_varint(out_.extend(unsigned_varint_size(value)), value);
  }
  void bytes(ConstBytes bytes) {
    if (!bytes.empty()) std::memcpy(out_.extend(bytes.size()), bytes.data(), bytes.size());
  }
  void records(const RecordsView& records) {
    for (const ConstBytes slice : records.slices()) {
      slice.size() < kReferredBytesMin ? bytes(slice) : out_.append_reference(slice);
    }
  }

  std::size_t size() const { return out_.size() - start_; }

 private:
  GatherBuffer& out_;
  std::size_t start_;
};

template <class Sink>
class Writer {
 public:
  Writer(Sink& sink, std::int16_t version, bool flexible)
      : sink_(sink), version_(version), flexible_(flexible) {}

  template <Described M>
  WireError run(const M& message) {
    write(message, false);
    return std::move(error_);
  }

  template <class T>
  void field(std::string_view name, const T& value, Spec spec = {}) {
    if (failed()) return;
    if (wanted_tag_ == kNotTagged) {
      if (!spec.contains(version_)) return refuse_unless_droppable(name, value, spec);
      if (spec.tag != kNotTagged) return note_tag(value, spec);
    } else if (spec.tag != wanted_tag_ || !spec.contains(version_)) {
      return;
    }
    const bool nullable = spec.nullable_in(version_);
    if (spec.tag != kNotTagged) write_tag(value, spec, nullable);
    write(value, nullable);
    if (failed()) [[unlikely]]
      error_.prepend(name);
  }

 private:
  template <class>
  friend class Writer;

  bool failed() const { return error_.kind != WireError::Kind::kNone; }

  void fail(WireError::Kind kind) {
    error_.kind = kind;
    error_.offset = sink_.size();
  }

  template <class T>
  void refuse_unless_droppable(std::string_view name, const T& value, Spec spec) {
    if (spec.ignorable || current_.is_default(value)) return;
    fail(WireError::Kind::kFieldNotInVersion);
    error_.prepend(name);
  }

  template <class T>
  void note_tag(const T& value, Spec spec) {
    if (!current_.is_default(value)) tags_ |= 1U << spec.tag;
  }

  template <class T>
  void write_tag(const T& value, Spec spec, bool nullable) {
    SizeSink content;
    Writer<SizeSink> sizer(content, version_, flexible_);
    sizer.write(value, nullable);
    sink_.unsigned_varint(static_cast<std::uint32_t>(spec.tag));
    sink_.unsigned_varint(static_cast<std::uint32_t>(content.size()));
  }

  void write(bool value, bool) { sink_.integer(static_cast<std::uint8_t>(value)); }
  template <std::integral T>
  void write(T value, bool) {
    sink_.integer(value);
  }
  void write(double value, bool) { sink_.integer(std::bit_cast<std::uint64_t>(value)); }
  void write(ErrorCode value, bool) { sink_.integer(static_cast<std::int16_t>(value)); }
  void write(const Uuid& value, bool) { sink_.bytes(value.bytes); }

  template <std::integral Plain>
  void length(std::size_t value) {
    if (value > static_cast<std::size_t>(std::numeric_limits<Plain>::max())) {
      fail(WireError::Kind::kBadLength);
    } else if (flexible_) {
      sink_.unsigned_varint(static_cast<std::uint32_t>(value + 1));
    } else {
      sink_.integer(static_cast<Plain>(value));
    }
  }

  void write(std::string_view value, bool) {
    length<std::int16_t>(value.size());
    if (!failed()) sink_.bytes(as_bytes(value));
  }
  void write(ConstBytes value, bool) {
    length<std::int32_t>(value.size());
    if (!failed()) sink_.bytes(value);
  }
  void write(const RecordsView& value, bool) {
    length<std::int32_t>(value.size());
    if (!failed()) sink_.records(value);
  }
  template <class T>
  void write(const std::vector<T>& values, bool) {
    length<std::int32_t>(values.size());
    for (std::size_t i = 0; i < values.size() && !failed(); ++i) {
      write(values[i], false);
      if (failed()) [[unlikely]]
        error_.prepend_index(i);
    }
  }

  template <class T>
  void write(const std::optional<T>& value, bool nullable) {
    if (value.has_value()) return write(*value, false);
    if (!nullable) return fail(WireError::Kind::kNullNotAllowed);
    if (flexible_) return sink_.unsigned_varint(0);
    if constexpr (std::is_same_v<T, std::string_view>) {
      sink_.integer(std::int16_t{-1});
    } else {
      sink_.integer(std::int32_t{-1});
    }
  }

  // A struct that may be null has a byte before it: -1 for null, else 1.
  template <Described T>
  void write(const std::optional<T>& value, bool nullable) {
    if (!nullable && !value.has_value()) return fail(WireError::Kind::kNullNotAllowed);
    if (nullable) sink_.integer(static_cast<std::int8_t>(value.has_value() ? 1 : -1));
    if (value.has_value()) write(*value, false);
  }

  template <Described T>
  void write(const T& value, bool) {
    const CurrentStruct outer = std::exchange(current_, CurrentStruct(value));
    const std::uint32_t outer_tags = std::exchange(tags_, 0);
    const int outer_wanted = std::exchange(wanted_tag_, kNotTagged);
    T::describe(*this, value);
    if (!failed()) write_tagged_fields(value);
    current_ = outer;
    tags_ = outer_tags;
    wanted_tag_ = outer_wanted;
  }

  // Known and unknown ones, merged in ascending order.
  template <Described T>
  void write_tagged_fields(const T& value) {
    const TaggedFields& unknown = value.unknown_tagged_fields;
    if (!flexible_) {
      if (!unknown.empty()) fail(WireError::Kind::kFieldNotInVersion);
      return;
    }
    std::uint32_t known = tags_;
    const auto count = static_cast<std::size_t>(std::popcount(known)) + unknown.size();
    sink_.unsigned_varint(static_cast<std::uint32_t>(count));
    auto next_unknown = unknown.begin();
    std::int64_t previous = -1;
    for (std::size_t i = 0; i < count && !failed(); ++i) {
      const int known_tag = std::countr_zero(known);  // 32 when there is none left
      const bool take_known = known != 0 && (next_unknown == unknown.end() ||
                                             static_cast<unsigned>(known_tag) < next_unknown->tag);
      const std::int64_t tag = take_known ? known_tag : std::int64_t{next_unknown->tag};
      if (tag <= previous) return fail(WireError::Kind::kBadTag);
      previous = tag;
      if (take_known) {
        known &= known - 1;
        wanted_tag_ = known_tag;
        T::describe(*this, value);
      } else {
        write_unknown(*next_unknown++);
      }
    }
  }

  void write_unknown(const TaggedField& field) {
    sink_.unsigned_varint(field.tag);
    sink_.unsigned_varint(static_cast<std::uint32_t>(field.data.size()));
    sink_.bytes(field.data);
  }

  Sink& sink_;
  std::int16_t version_;
  bool flexible_;
  CurrentStruct current_;
  std::uint32_t tags_ = 0;  // of the current struct's known tagged fields that are to be written
  int wanted_tag_ = kNotTagged;
  WireError error_;
};

}  // namespace kmirror::protocol
