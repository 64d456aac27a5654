#include "sim/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kmirror::sim {

std::size_t LedgerPartition::index_of(std::int64_t offset) const {
  const auto found = std::ranges::lower_bound(records, offset, {}, &LedgerRecord::offset);
  return static_cast<std::size_t>(found - records.begin());
}

bool LedgerPartition::truncate(std::int64_t end_offset) {
  const std::size_t end = index_of(end_offset);
  const bool none_copied = std::ranges::none_of(records.begin() + static_cast<std::ptrdiff_t>(end),
                                                records.end(), &LedgerRecord::copied);
  records.resize(end);
  batches.erase(batches.lower_bound(end), batches.end());
  return none_copied;
}

template <class Which>
std::int64_t Ledger::count(Which which) const {
  std::int64_t count = 0;
  for (const auto& [where, partition] : partitions) {
    count += std::ranges::count_if(partition.records, which);
  }
  return count;
}

void LedgerPartition::delete_before(std::int64_t offset, bool has_position) {
  const std::size_t end = index_of(offset);
  for (std::size_t i = 0; i < end; ++i) {
    if (records[i].deleted) continue;
    records[i].deleted = true;
    records[i].awaited = has_position;
  }
}

std::int64_t Ledger::missing() const {
  return count(&LedgerRecord::is_owed);
}

std::int64_t Ledger::committed() const {
  return count([](const LedgerRecord& record) { return record.fate == Fate::kCommitted; });
}

std::int64_t Ledger::lost() const {
  return count([](const LedgerRecord& record) {
    return record.fate == Fate::kCommitted && !record.copied && record.awaited;
  });
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
