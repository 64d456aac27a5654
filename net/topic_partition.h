// A partition by its topic's name and its number: the key of everything that is kept a partition. A
// plain value.
#pragma once

#include <fmt/core.h>

#include <compare>
#include <cstdint>
#include <string>

namespace kmirror::net {

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  auto operator<=>(const TopicPartition&) const = default;
};

// "topic-0", as Kafka writes it.
inline std::string to_string(const TopicPartition& where) {
  return fmt::format("{}-{}", where.topic, where.partition);
}

}  // namespace kmirror::net
