#include "protocol/records/header_patch.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/records/batch_view.h"
#include "protocol/records/golden_batches.h"

namespace kmirror::protocol {
namespace {

constexpr ProducerStamp kStamp{.producer_id = 90001, .producer_epoch = 5, .base_sequence = 123456};

TEST(HeaderPatchTest, MakesAnyBatchProducible) {
  const Buffer* const batches[] = {&golden::kPlain,      &golden::kGzip,  &golden::kZstd,
                                   &golden::kAppendTime, &golden::kAbort, &golden::kTransactional,
                                   &golden::kCompacted};
  for (const Buffer* source : batches) {
    SCOPED_TRACE(source - &golden::kPlain);
    Buffer patched = *source;
    patch_for_produce(patched, kStamp);
    const BatchView before(*source);
    const BatchView after(patched);
    EXPECT_EQ(after.base_offset(), 0);
    EXPECT_EQ(after.leader_epoch(), -1);
    EXPECT_EQ(after.attributes(), static_cast<int>(*before.codec()));
    EXPECT_EQ(after.producer_id(), 90001);
    EXPECT_EQ(after.producer_epoch(), 5);
    EXPECT_EQ(after.base_sequence(), 123456);
    EXPECT_TRUE(after.is_crc_valid());
    EXPECT_EQ(after.batch_length(), before.batch_length());
    EXPECT_EQ(after.last_offset_delta(), before.last_offset_delta());
    EXPECT_EQ(after.base_timestamp_ms(), before.base_timestamp_ms());
    EXPECT_EQ(after.max_timestamp_ms(), before.max_timestamp_ms());
    EXPECT_EQ(after.record_count(), before.record_count());
    EXPECT_TRUE(std::ranges::equal(after.payload(), before.payload()));
  }
}

TEST(HeaderPatchTest, PlainProducerBatchKeepsItsCrc) {
  Buffer patched = golden::kPlain;
  patch_for_produce(patched, {});
  EXPECT_EQ(BatchView(patched).crc(), BatchView(golden::kPlain).crc());
  EXPECT_EQ(BatchView(patched).producer_id(), -1);
}

TEST(HeaderPatchTest, TheLastStampDecides) {
  Buffer once = golden::kTransactional;
  patch_for_produce(once, kStamp);
  Buffer often = golden::kTransactional;
  patch_for_produce(often,
                    {.producer_id = 1, .producer_epoch = 32767, .base_sequence = 2147483647});
  patch_for_produce(often, {});
  patch_for_produce(often, kStamp);
  patch_for_produce(often, kStamp);
  EXPECT_EQ(often, once);
}

TEST(HeaderPatchTest, AHeaderAloneIsEnough) {
  Buffer whole = golden::kGzip;
  patch_for_produce(whole, kStamp);
  Buffer in_parts = golden::kGzip;
  patch_for_produce(MutableBytes(in_parts).first(kBatchHeaderBytes), kStamp);
  EXPECT_EQ(in_parts, whole);
}

TEST(HeaderPatchTest, DamageStaysVisible) {
  for (std::size_t at = batch_field::kLastOffsetDelta; at < golden::kTransactional.size(); ++at) {
    // Fields that the patch overwrites heal nothing either: their change is in the old checksum.
    Buffer damaged = golden::kTransactional;
    damaged[at] ^= 0x04;
    patch_for_produce(damaged, kStamp);
    EXPECT_FALSE(BatchView(damaged).is_crc_valid()) << at;
  }
}

}  // namespace
}  // namespace kmirror::protocol
