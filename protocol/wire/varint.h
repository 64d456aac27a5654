// Variable-length integers of the Kafka wire: base 128, lowest group first, at most 5 bytes for 32
// bits and 10 for 64. The signed ones are zigzag-coded (record fields); the unsigned ones are the
// lengths and tags of flexible message versions (KIP-482). Source: Kafka's ByteUtils.
// Pure functions, no thread rules.
//
// Readers take a cursor and the end of the memory it may read. They return false, and leave cursor
// and value alone, when the bytes end early, go on for too long, or hold a value that does not fit.
// ByteUtils drops surplus high bits silently; here they are malformed. Padded encodings (a zero
// last group) are accepted, as there.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace kmirror::protocol {

inline constexpr std::size_t kMaxVarintBytes = 5;
inline constexpr std::size_t kMaxVarlongBytes = 10;

constexpr std::uint32_t zigzag_encode(std::int32_t value) {
  return (static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31);
}

constexpr std::uint64_t zigzag_encode(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

constexpr std::int32_t zigzag_decode(std::uint32_t value) {
  return static_cast<std::int32_t>((value >> 1) ^ (0U - (value & 1U)));
}

constexpr std::int64_t zigzag_decode(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (0ULL - (value & 1ULL)));
}

namespace varint_internal {

template <std::unsigned_integral T>
constexpr std::size_t size(T value) {
  return (static_cast<std::size_t>(std::bit_width(static_cast<T>(value | 1))) + 6) / 7;
}

template <std::unsigned_integral T>
bool read_long(const std::uint8_t*& cursor, const std::uint8_t* end, T& value) {
  constexpr int kBits = sizeof(T) * 8;
  T result = 0;
  const std::uint8_t* at = cursor;
  for (int shift = 0; shift < kBits; shift += 7) {
    if (at == end) return false;
    const std::uint8_t byte = *at++;
    const T group = byte & 0x7F;
    if (shift + 7 > kBits && (group >> (kBits - shift)) != 0) return false;
    result |= static_cast<T>(group << shift);
    if ((byte & 0x80) == 0) {
      cursor = at;
      value = result;
      return true;
    }
  }
  return false;
}

// Most are of one byte: lengths, distances from the record before.
template <std::unsigned_integral T>
inline bool read(const std::uint8_t*& cursor, const std::uint8_t* end, T& value) {
  if (cursor == end || *cursor > 0x7F) return read_long(cursor, end, value);
  value = *cursor++;
  return true;
}

template <std::unsigned_integral T>
std::uint8_t* write(std::uint8_t* to, T value) {
  while (value > 0x7F) {
    *to++ = static_cast<std::uint8_t>(value | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<std::uint8_t>(value);
  return to;
}

}  // namespace varint_internal

// How many bytes the value takes: 1 to 5, or 1 to 10 for the long ones.
constexpr std::size_t unsigned_varint_size(std::uint32_t value) {
  return varint_internal::size(value);
}
constexpr std::size_t unsigned_varlong_size(std::uint64_t value) {
  return varint_internal::size(value);
}
constexpr std::size_t varint_size(std::int32_t value) {
  return unsigned_varint_size(zigzag_encode(value));
}
constexpr std::size_t varlong_size(std::int64_t value) {
  return unsigned_varlong_size(zigzag_encode(value));
}

[[nodiscard]] inline bool read_unsigned_varint(const std::uint8_t*& cursor, const std::uint8_t* end,
                                               std::uint32_t& value) {
  return varint_internal::read(cursor, end, value);
}

[[nodiscard]] inline bool read_unsigned_varlong(const std::uint8_t*& cursor,
                                                const std::uint8_t* end, std::uint64_t& value) {
  return varint_internal::read(cursor, end, value);
}

[[nodiscard]] inline bool read_varint(const std::uint8_t*& cursor, const std::uint8_t* end,
                                      std::int32_t& value) {
  std::uint32_t coded = 0;
  if (!read_unsigned_varint(cursor, end, coded)) return false;
  value = zigzag_decode(coded);
  return true;
}

[[nodiscard]] inline bool read_varlong(const std::uint8_t*& cursor, const std::uint8_t* end,
                                       std::int64_t& value) {
  std::uint64_t coded = 0;
  if (!read_unsigned_varlong(cursor, end, coded)) return false;
  value = zigzag_decode(coded);
  return true;
}

// Writers return the end of what they wrote; the caller has made room (..._size, or the maximum).
inline std::uint8_t* write_unsigned_varint(std::uint8_t* to, std::uint32_t value) {
  return varint_internal::write(to, value);
}
inline std::uint8_t* write_unsigned_varlong(std::uint8_t* to, std::uint64_t value) {
  return varint_internal::write(to, value);
}
inline std::uint8_t* write_varint(std::uint8_t* to, std::int32_t value) {
  return write_unsigned_varint(to, zigzag_encode(value));
}
inline std::uint8_t* write_varlong(std::uint8_t* to, std::int64_t value) {
  return write_unsigned_varlong(to, zigzag_encode(value));
}

}  // namespace kmirror::protocol
