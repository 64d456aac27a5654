// Kafka's Uuid: 16 bytes, all zero meaning "none". A plain value.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace kmirror::protocol {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  bool is_zero() const { return bytes == std::array<std::uint8_t, 16>{}; }

  // URL-safe base64 without padding, 22 characters, as Kafka's tools print topic ids.
  std::string to_string() const;

  auto operator<=>(const Uuid&) const = default;
};

}  // namespace kmirror::protocol
