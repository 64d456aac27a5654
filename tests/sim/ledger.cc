#include "sim/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kmirror::sim {

std::size_t LedgerPartition::index_of(std::int64_t offset) const {
  const auto found = std::ranges::lower_bound(records, offset, {}, &LedgerRecord::offset);
  return static_cast<std::size_t>(found - records.begin());
}

std::int64_t Ledger::missing() const {
  std::int64_t count = 0;
  for (const auto& [where, partition] : partitions) {
    count += std::ranges::count_if(partition.records, [](const LedgerRecord& record) {
      return record.fate == Fate::kCommitted && !record.copied;
    });
  }
  return count;
}

std::int64_t Ledger::committed() const {
  std::int64_t count = 0;
  for (const auto& [where, partition] : partitions) {
    count += std::ranges::count(partition.records, Fate::kCommitted, &LedgerRecord::fate);
  }
  return count;
}

std::string to_string(const RecordName& name) {
  return fmt::format("{}/{}/{}", name.where.topic, name.where.partition, name.number);
}

RecordName parse_name(std::string_view value) {
  RecordName name;
  const std::size_t first = value.find('/');
  const std::size_t second = value.find('/', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return {};
  const char* const end = value.data() + value.size();
  std::from_chars(value.data() + first + 1, end, name.where.partition);
  std::from_chars(value.data() + second + 1, end, name.number);
  name.where.topic = value.substr(0, first);
  return name;
}

}  // namespace kmirror::sim
