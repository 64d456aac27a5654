// Message sets of format 0 and 1, written field by field, for tests.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/crc32.h"
#include "compression/codec.h"

namespace kmirror::protocol::testing {

struct Message {
  std::int64_t offset = 0;
  std::int8_t magic = 1;
  std::int8_t attributes = 0;
  std::int64_t timestamp_ms = 0;  // magic 1 only
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
};

template <std::integral T>
void append_be(Buffer& to, T value) {
  std::uint8_t bytes[sizeof(T)];
  store_be(bytes, value);
  to.insert(to.end(), bytes, bytes + sizeof(T));
}

inline void append_field(Buffer& to, std::optional<std::string_view> field) {
  append_be<std::int32_t>(to, field ? static_cast<std::int32_t>(field->size()) : -1);
  if (field) to.insert(to.end(), field->begin(), field->end());
}

// One entry with its right size and CRC.
inline Buffer entry_of(const Message& message) {
  Buffer covered;
  append_be(covered, message.magic);
  append_be(covered, message.attributes);
  if (message.magic == 1) append_be(covered, message.timestamp_ms);
  append_field(covered, message.key);
  append_field(covered, message.value);
  Buffer entry;
  append_be(entry, message.offset);
  append_be(entry, static_cast<std::int32_t>(covered.size() + sizeof(std::uint32_t)));
  append_be(entry, crc32(covered));
  entry.insert(entry.end(), covered.begin(), covered.end());
  return entry;
}

// Mends the CRC of an entry that a test has changed.
inline void mend_crc(Buffer& entry) {
  store_be(entry.data() + 12, crc32(ConstBytes(entry).subspan(16)));
}

inline Buffer set_of(std::initializer_list<Message> messages) {
  Buffer set;
  for (const Message& message : messages) {
    const Buffer entry = entry_of(message);
    set.insert(set.end(), entry.begin(), entry.end());
  }
  return set;
}

// A wrapper around `set`; `wrapper` gives its magic, offset and timestamp.
inline Buffer wrapper_of(Message wrapper, compression::Codec codec, ConstBytes set) {
  compression::Compressor compressor(codec);
  compressor.append(set);
  Buffer compressed;
  compressor.finish(compressed);
  wrapper.attributes = static_cast<std::int8_t>(wrapper.attributes | static_cast<int>(codec));
  wrapper.value = as_text(compressed);
  return entry_of(wrapper);
}

}  // namespace kmirror::protocol::testing
