// What was written to the source, record by record, and what of it has been seen at the
// destination: the truth that the checker compares with. One owner, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compression/codec.h"
#include "net/topic_partition.h"

namespace kmirror::sim {

enum class Fate : std::uint8_t { kOpen, kCommitted, kAborted };

struct LedgerRecord {
  std::int64_t offset = 0;  // at the source
  std::string key;          // empty: none
  std::uint64_t hash = 0;   // of key, value, headers and timestamp
  Fate fate = Fate::kCommitted;
  bool copied = false;
  std::int64_t copied_by = -1;  // the producer that did it last
  bool deleted = false;         // at the source, perhaps before anybody read it
  bool awaited = false;         // the mirror had a position in its partition when it was deleted

  // Whether it has to come to the destination still, unless its transaction aborts.
  bool is_owed() const { return fate != Fate::kAborted && !copied && !deleted; }
};

struct LedgerBatch {
  std::int32_t records = 0;
  compression::Codec codec = compression::Codec::kNone;
  std::uint32_t payload_crc = 0;
};

// The records of one source partition.
struct LedgerPartition {
  std::map<std::size_t, LedgerBatch> batches;  // by the number of their first record
  std::vector<LedgerRecord> records;           // by offset, with gaps where markers are

  // The number of the first record at or behind an offset.
  std::size_t index_of(std::int64_t offset) const;

  // The source lost what lies there, which followers did not have: nobody may have read it. Its
  // numbers are given again. Returns false if something of it was copied.
  bool truncate(std::int64_t end_offset);

  // The source's log begins at this offset from now on; the mirror has a position in it or not.
  void delete_before(std::int64_t offset, bool has_position);
};

struct Ledger {
  std::map<net::TopicPartition, LedgerPartition> partitions;
  std::string problem;  // empty, or what nobody may have copied

  // How many records have still to come to the destination.
  std::int64_t missing() const;
  std::int64_t committed() const;
  // How many will never come, of which the mirror has to tell.
  std::int64_t lost() const;

 private:
  template <class Which>
  std::int64_t count(Which which) const;
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
