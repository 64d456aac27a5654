// What a request says of several destination partitions, and the answers to it: each element has a
// `target`. Their order is that of the partitions, so that each topic stands in a request once.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "mirror/slot.h"

namespace kmirror::mirror {

template <class Part>
void sort_parts(std::vector<Part>& parts) {
  std::sort(parts.begin(), parts.end(),
            [](const Part& a, const Part& b) { return a.target->where < b.target->where; });
}

// The part of a partition, or null; they are sorted.
template <class Part>
Part* find_part(std::vector<Part>& parts, std::string_view topic, std::int32_t partition) {
  const auto part = std::partition_point(parts.begin(), parts.end(), [&](const Part& p) {
    const int order = p.target->where.topic.compare(topic);
    return order < 0 || (order == 0 && p.target->where.partition < partition);
  });
  if (part == parts.end()) return nullptr;
  const net::TopicPartition& where = part->target->where;
  return where.partition == partition && where.topic == topic ? &*part : nullptr;
}

}  // namespace kmirror::mirror
