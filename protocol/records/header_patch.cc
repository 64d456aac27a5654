#include "protocol/records/header_patch.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/crc32c.h"
#include "protocol/records/batch_view.h"

namespace kmirror::protocol {

void patch_for_produce(MutableBytes batch, const ProducerStamp& stamp) {
  const BatchView view(batch);
  KM_CHECK(view.magic() == 2, "older formats have no producer fields");
  const std::int64_t payload_bytes =
      view.batch_length() + std::int64_t{kBatchPrefixBytes} - std::int64_t{kBatchHeaderBytes};
  KM_CHECK(payload_bytes >= 0, "the reader let a batch shorter than its header through");

  std::uint8_t* bytes = batch.data();
  const MutableBytes covered =
      batch.subspan(batch_field::kAttributes, kBatchHeaderBytes - batch_field::kAttributes);
  std::array<std::uint8_t, kBatchHeaderBytes - batch_field::kAttributes> before;
  std::copy(covered.begin(), covered.end(), before.begin());

  const auto codec = static_cast<std::int16_t>(view.attributes() & batch_attribute::kCodecMask);
  store_be<std::int64_t>(bytes + batch_field::kBaseOffset, 0);
  store_be<std::int32_t>(bytes + batch_field::kLeaderEpoch, -1);
  store_be(bytes + batch_field::kAttributes, codec);
  store_be(bytes + batch_field::kProducerId, stamp.producer_id);
  store_be(bytes + batch_field::kProducerEpoch, stamp.producer_epoch);
  store_be(bytes + batch_field::kBaseSequence, stamp.base_sequence);
  store_be(bytes + batch_field::kCrc,
           crc32c_patch(view.crc(), before, covered, static_cast<std::uint64_t>(payload_bytes)));
}

}  // namespace kmirror::protocol
