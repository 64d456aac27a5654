// The checksum of a batch of format 2, for who changed what it covers. Pure function.
#pragma once

#include "base/bytes.h"
#include "base/crc32c.h"
#include "protocol/records/batch_view.h"

namespace kmirror::protocol {

// `batch` is a whole one.
inline void write_crc(MutableBytes batch) {
  store_be(batch.data() + batch_field::kCrc, crc32c(batch.subspan(batch_field::kAttributes)));
}

}  // namespace kmirror::protocol
