// What was written to the source, record by record, and what of it has been seen at the
// destination: the truth that the checker compares with. One owner, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/topic_partition.h"

namespace kmirror::sim {

enum class Fate : std::uint8_t { kOpen, kCommitted, kAborted };

struct LedgerRecord {
  std::int64_t offset = 0;  // at the source
  std::string key;          // empty: none
  std::uint64_t hash = 0;   // of key, value, headers and timestamp
  Fate fate = Fate::kCommitted;
  bool copied = false;
};

// The records of one source partition.
struct LedgerPartition {
  std::vector<LedgerRecord> records;  // by offset, with gaps where markers are

  // The number of the first record at or behind an offset.
  std::size_t index_of(std::int64_t offset) const;
};

struct Ledger {
  std::map<net::TopicPartition, LedgerPartition> partitions;

  // How many committed records are not at the destination yet.
  std::int64_t missing() const;
  std::int64_t committed() const;
};

// Every value begins with where its record is: "topic/partition/number".
struct RecordName {
  net::TopicPartition where;
  std::size_t number = 0;
};
std::string to_string(const RecordName& name);
// Of a value; the topic is empty where it is no such name.
RecordName parse_name(std::string_view value);

}  // namespace kmirror::sim
