#include "mirror/core/counters.h"

namespace kmirror::mirror {

Counters& Counters::operator+=(const Counters& other) {
  records += other.records;
  bytes += other.bytes;
  batches += other.batches;
  passed_through += other.passed_through;
  rebuilt += other.rebuilt;
  joined += other.joined;
  decompressed += other.decompressed;
  control_batches += other.control_batches;
  aborted_batches += other.aborted_batches;
  lost_records += other.lost_records;
  return *this;
}

}  // namespace kmirror::mirror
