// Batches for tests of logs: small, and of a producer if one is named.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "protocol/testing/record_batch.h"

namespace kmirror::broker {

struct BatchOf {
  int records = 1;
  std::int64_t timestamp_ms = 1000;
  std::int64_t producer_id = -1;
  std::int16_t epoch = 0;
  std::int32_t sequence = 0;
  bool is_transactional = false;
};

Buffer batch(const BatchOf& wanted = {});

}  // namespace kmirror::broker
