// Record batches to fill a partition with: a few are built, and sent again and again. What they
// hold is decided by a seed, so that every run moves the same bytes. Owned by one coroutine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "compression/codec.h"
#include "protocol/records/batch_builder.h"

namespace kmirror::bench {

struct PoolSettings {
  compression::Codec codec = compression::Codec::kNone;
  bool json = false;                   // else the values are random bytes
  std::size_t value_bytes = 256;       // about so many of JSON
  std::size_t batch_bytes = 16 << 10;  // before compression; one record if that is larger
  std::int64_t wall_clock_ms = 0;      // the records' time
};

struct PooledBatch {
  Buffer bytes;
  std::int32_t records = 0;
};

class BatchPool {
 public:
  // The records have one of these keys each, or none if there are none.
  BatchPool(const PoolSettings& settings, std::vector<std::string> keys, std::uint64_t seed,
            std::size_t batches);

  // The next one, of at most `records_max` records.
  std::shared_ptr<const PooledBatch> next(std::int64_t records_max);

 private:
  std::shared_ptr<const PooledBatch> build(std::int64_t records_max);
  const std::string& value();

  PoolSettings settings_;
  std::vector<std::string> keys_;
  Random random_;
  protocol::BatchBuilder builder_;
  std::vector<std::shared_ptr<const PooledBatch>> batches_;
  std::size_t next_ = 0;
  std::int64_t number_ = 0;  // of the record
  std::string value_;
};

}  // namespace kmirror::bench
