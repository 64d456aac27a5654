// What a shard has done since it started. A plain value; shards are added up for reports.
#pragma once

#include <cstdint>

namespace kmirror::mirror {

struct Counters {
  std::uint64_t records = 0;  // acknowledged by the destination
  std::uint64_t bytes = 0;    // of their batches, as sent
  std::uint64_t batches = 0;
  std::uint64_t passed_through = 0;   // source batches forwarded unopened
  std::uint64_t rebuilt = 0;          // source batches whose records were read
  std::uint64_t joined = 0;           // of these, small batches that became larger ones
  std::uint64_t decompressed = 0;     // payloads decompressed
  std::uint64_t control_batches = 0;  // dropped: transaction markers
  std::uint64_t aborted_batches = 0;  // dropped: data of aborted transactions
  std::uint64_t lost_records = 0;     // offsets that retention took before they were read

  Counters& operator+=(const Counters& other);
};

}  // namespace kmirror::mirror
