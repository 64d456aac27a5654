// A record batch as a message set of format 1, for brokers and clients from before 0.11. What the
// older format has no place for is left out and counted. Source: Kafka's RecordsUtil.downConvert
// and MemoryRecordsBuilder. No thread rules.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "compression/codec.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/malformed.h"

namespace kmirror::protocol {

enum class MessageSetUse : std::uint8_t {
  // For a broker: offsets 0 to n-1 and CreateTime, which a broker of 0.10 appends without building
  // the set again. Under LogAppendTime every record gets that time as its own.
  kProduce,
  // For a consumer: offsets and timestamp type of the batch.
  kFetch,
};

struct MessageSet {
  Buffer bytes;  // one wrapper where there is a codec, else a message a record; may be empty
  std::int32_t record_count = 0;

  // Of a control batch, which is left out whole: its records from first_offset on.
  std::int32_t dropped_control_records = 0;

  // What the records in the set had that it has no place for. Nothing where it is empty.
  std::int64_t dropped_headers = 0;
  bool dropped_producer = false;        // id, epoch and sequences
  bool dropped_transactional = false;   // the mark that the records belong to a transaction
  bool changed_codec = false;           // the batch had another one, such as zstd
  bool changed_timestamp_type = false;  // LogAppendTime is CreateTime now
  bool dropped_delete_horizon = false;
};

struct DownConversion {
  MessageSetUse use = MessageSetUse::kProduce;
  compression::Codec codec = compression::Codec::kNone;  // of the set; format 1 has no zstd
  std::int64_t first_offset = 0;                         // records below it are not wanted
};

// Writes `source` as a message set. `payload` is what open_batch gave for it. `set` is empty where
// find_problem finds one, and where a record that is wanted has what format 1 cannot: a time below
// -1; for kFetch an offset that is not above the one before; more than 1 GiB together with those
// before. The position is then where the record begins in the payload.
std::optional<Malformed> convert_down(const BatchView& source, ConstBytes payload,
                                      const DownConversion& wanted, MessageSet& set);

}  // namespace kmirror::protocol
