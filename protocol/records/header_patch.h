// Makes a batch as a source stored it into one that a broker takes from a producer, without reading
// its payload: only header bytes change, and the CRC is mended from them in O(log payload). Damage
// that the payload took on the way stays visible to the broker that checks the CRC.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace kmirror::protocol {

// What an idempotent producer writes into its batches (KIP-98); the default is a plain producer.
struct ProducerStamp {
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t base_sequence = -1;
};

// Base offset 0 (brokers refuse any other from a client), leader epoch -1, the codec kept but
// timestamp type, transactional, control and delete horizon cleared, and `stamp` written. `batch`
// is a whole batch of magic 2 or its header alone. May be applied again, with another stamp as
// well: the result depends on the last one only.
void patch_for_produce(MutableBytes batch, const ProducerStamp& stamp);

}  // namespace kmirror::protocol
