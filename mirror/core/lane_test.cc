#include "mirror/core/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mirror/testing/batches.h"
#include "protocol/records/partitioner.h"

namespace kmirror::mirror {
namespace {

using compression::Codec;
using protocol::AbortedTransaction;
using protocol::BatchView;
using protocol::kBatchHeaderBytes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

Buffer joined(std::initializer_list<Buffer> batches) {
  Buffer all;
  for (const Buffer& batch : batches) all.insert(all.end(), batch.begin(), batch.end());
  return all;
}

struct LaneTest : testing::Test {
  net::SlabPool slabs;
  Counters counters;
  Budget budget{32 << 20, slabs};
  Lane::Settings settings{.topic = "orders", .partition = 3, .destination_topic = "orders"};
  std::optional<Lane> lane;

  void start_at(std::int64_t offset) { lane.emplace(settings, Position{offset}, counters, budget); }

  void fetch(ConstBytes records, std::vector<AbortedTransaction> aborted = {}) {
    net::SlabRef slab = slabs.allocate(records.size() + 7);
    std::ranges::copy(records, slab.bytes().begin() + 7);
    lane->on_fetched(slab, slab.bytes().subspan(7), std::move(aborted));
  }

  std::vector<Lane::Routed> mirror(ConstBytes records,
                                   std::vector<AbortedTransaction> aborted = {}) {
    fetch(records, std::move(aborted));
    return lane->pump();
  }

  void acknowledge(const std::vector<Lane::Routed>& routed) {
    for (const Lane::Routed& item : routed) lane->on_acknowledged(item.batch);
  }

  std::int64_t committable() const { return lane->progress().committable().offset; }
};

std::vector<std::string> values_of(const std::vector<Lane::Routed>& routed) {
  std::vector<std::string> values;
  for (const Lane::Routed& item : routed) {
    for (const TestRecord& record : records_of(item.batch)) {
      values.push_back(record.value.value_or("(null)"));
    }
  }
  return values;
}

TEST_F(LaneTest, ForwardsBatchesUnopened) {
  for (const Codec codec : kCodecs) {
    start_at(500);
    counters = {};
    TestBatch batch = numbered_batch(500, 4, codec);
    batch.producer_id = 9;
    batch.attributes = protocol::batch_attribute::kTransactional;
    const Buffer source = source_batch(batch);
    auto routed = mirror(source);
    ASSERT_EQ(routed.size(), 1u);
    EXPECT_EQ(routed[0].partition, 3);
    OutgoingBatch& out = routed[0].batch;
    EXPECT_EQ(out.record_count, 4);
    EXPECT_EQ(out.lane, &*lane);
    EXPECT_EQ(static_cast<void*>(out.header.data()), out.records.bytes().data());
    ASSERT_EQ(out.records.size(), source.size());
    EXPECT_TRUE(std::ranges::equal(out.records.bytes().subspan(kBatchHeaderBytes),
                                   ConstBytes(source).subspan(kBatchHeaderBytes)));
    EXPECT_EQ(counters.passed_through, 1u);
    EXPECT_EQ(counters.decompressed + counters.rebuilt, 0u);
    EXPECT_EQ(lane->fetch_offset(), 504);
    EXPECT_EQ(committable(), 500);
    acknowledge(routed);
    EXPECT_EQ(lane->progress().committable(), (Position{504, 4}));
    EXPECT_EQ(counters.records, 4u);
    EXPECT_EQ(counters.bytes, source.size());
    EXPECT_EQ(counters.batches, 1u);
  }
}

TEST_F(LaneTest, KeepsTheOrderOfBatchesAndTheSlabUntilTheLastIsGone) {
  start_at(0);
  auto routed = mirror(
      joined({source_batch(numbered_batch(0, 2)), source_batch(numbered_batch(2, 1, Codec::kZstd)),
              source_batch(numbered_batch(3, 3))}));
  EXPECT_THAT(values_of(routed), ElementsAre("0", "1", "2", "3", "4", "5"));
  EXPECT_FALSE(lane->has_backlog());
  lane->on_acknowledged(routed[2].batch);
  lane->on_acknowledged(routed[1].batch);
  EXPECT_EQ(committable(), 0);
  lane->on_acknowledged(routed[0].batch);
  EXPECT_EQ(committable(), 6);
  EXPECT_GT(slabs.live_bytes(), 0u);
  routed.erase(routed.begin(), routed.begin() + 2);
  EXPECT_GT(slabs.live_bytes(), 0u);
  routed.clear();
  EXPECT_EQ(slabs.live_bytes(), 0u);
}

// A broker begins with the batch that holds the offset asked for, and with older ones at times.
TEST_F(LaneTest, BeginsExactlyAtItsPosition) {
  for (const Codec codec : kCodecs) {
    for (const auto mode : {LaneMode::kIdentity, LaneMode::kKey}) {
      settings.mode = mode;
      counters = {};
      start_at(6);
      const auto routed = mirror(joined({source_batch(numbered_batch(0, 4, codec)),
                                         source_batch(numbered_batch(4, 4, codec)),
                                         source_batch(numbered_batch(8, 2, codec))}));
      EXPECT_THAT(values_of(routed), ElementsAre("6", "7", "8", "9"));
      EXPECT_EQ(counters.rebuilt, mode == LaneMode::kIdentity ? 1u : 2u);
      EXPECT_EQ(counters.passed_through, mode == LaneMode::kIdentity ? 1u : 0u);
      acknowledge(routed);
      EXPECT_EQ(committable(), 10);
    }
  }
}

TEST_F(LaneTest, WritesTheCodecAskedFor) {
  for (const Codec wanted : kCodecs) {
    for (const Codec stored : kCodecs) {
      settings.codec = wanted;
      counters = {};
      start_at(0);
      const auto routed = mirror(source_batch(numbered_batch(0, 3, stored)));
      ASSERT_EQ(routed.size(), 1u);
      EXPECT_THAT(values_of(routed), ElementsAre("0", "1", "2"));
      EXPECT_EQ(BatchView(routed[0].batch.header).codec(), wanted);
      EXPECT_EQ(counters.passed_through, wanted == stored ? 1u : 0u);
      EXPECT_EQ(counters.decompressed, wanted == stored || stored == Codec::kNone ? 0u : 1u);
    }
  }
}

TEST_F(LaneTest, MixedCodecsKeepTheirOrder) {
  for (const auto mode : {LaneMode::kIdentity, LaneMode::kKey}) {
    settings.mode = mode;
    for (const auto wanted : {std::optional<Codec>(), std::optional(Codec::kLz4)}) {
      settings.codec = wanted;
      start_at(0);
      const auto routed = mirror(joined(
          {source_batch(numbered_batch(0, 2)), source_batch(numbered_batch(2, 2, Codec::kLz4)),
           source_batch(numbered_batch(4, 2, Codec::kGzip)), source_batch(numbered_batch(6, 2))}));
      EXPECT_THAT(values_of(routed), ElementsAre("0", "1", "2", "3", "4", "5", "6", "7"));
      acknowledge(routed);
      EXPECT_EQ(committable(), 8);
    }
  }
}

TEST_F(LaneTest, DropsMarkersAndAbortedBatchesAndCountsThem) {
  const std::int16_t transactional = protocol::batch_attribute::kTransactional;
  TestBatch aborted = numbered_batch(0, 2, Codec::kZstd);
  aborted.producer_id = 7;
  aborted.attributes = transactional;
  TestBatch committed = numbered_batch(2, 2);
  committed.producer_id = 8;
  committed.attributes = transactional;
  for (const auto mode : {LaneMode::kIdentity, LaneMode::kKey}) {
    settings.mode = mode;
    counters = {};
    start_at(0);
    const auto routed = mirror(
        joined({source_batch(aborted), source_batch(committed),
                source_batch(marker_batch(4, 7, false)), source_batch(marker_batch(5, 8, true))}),
        {{7, 0}});
    EXPECT_THAT(values_of(routed), ElementsAre("2", "3"));
    EXPECT_EQ(counters.aborted_batches, 1u);
    EXPECT_EQ(counters.control_batches, 2u);
    EXPECT_EQ(counters.decompressed, 0u);
    EXPECT_EQ(committable(), 2);  // What was dropped before the batch under way.
    acknowledge(routed);
    EXPECT_EQ(committable(), 6);
  }
}

TEST_F(LaneTest, AChunkOfMarkersAloneAdvancesAtOnce) {
  start_at(10);
  EXPECT_THAT(mirror(source_batch(marker_batch(10, 7, true))), IsEmpty());
  EXPECT_EQ(lane->progress().committable(), (Position{11, 4}));
  EXPECT_TRUE(lane->wants_fetch());
}

TEST_F(LaneTest, SkipsEmptyBatches) {
  Buffer empty = source_batch(numbered_batch(0, 1));
  empty.resize(kBatchHeaderBytes);
  namespace field = protocol::batch_field;
  store_be<std::int32_t>(empty.data() + field::kBatchLength, kBatchHeaderBytes - 12);
  store_be<std::int32_t>(empty.data() + field::kRecordCount, 0);
  store_be<std::int32_t>(empty.data() + field::kLastOffsetDelta, 4);
  mend_crc(empty);
  start_at(0);
  const auto routed = mirror(joined({empty, source_batch(numbered_batch(5, 1))}));
  EXPECT_THAT(values_of(routed), ElementsAre("5"));
  EXPECT_EQ(committable(), 5);
}

// What cannot be carried stops the lane, with what came before it forwarded.
struct Refusal {
  const char* name;
  void (*damage)(Buffer& batch);
  const char* sentence;
};

class LaneStops : public LaneTest, public testing::WithParamInterface<Refusal> {};

TEST_P(LaneStops, WithASentenceBehindWhatIsGood) {
  for (const auto mode : {LaneMode::kIdentity, LaneMode::kKey}) {
    settings.mode = mode;
    start_at(0);
    Buffer bad = source_batch(numbered_batch(5, 3));
    GetParam().damage(bad);
    const auto routed = mirror(
        joined({source_batch(numbered_batch(0, 5)), bad, source_batch(numbered_batch(8, 1))}));
    EXPECT_THAT(values_of(routed), ElementsAre("0", "1", "2", "3", "4"));
    ASSERT_TRUE(lane->stopped());
    EXPECT_THAT(lane->stop_reason(), HasSubstr("topic orders partition 3"));
    EXPECT_THAT(lane->stop_reason(), HasSubstr(GetParam().sentence));
    EXPECT_FALSE(lane->wants_fetch());
    EXPECT_FALSE(lane->has_backlog());
    acknowledge(routed);
    EXPECT_EQ(committable(), 5);
    fetch(source_batch(numbered_batch(5, 3)));  // An answer that was under way.
    EXPECT_THAT(lane->pump(), IsEmpty());
  }
}

namespace field = protocol::batch_field;

INSTANTIATE_TEST_SUITE_P(
    Lane, LaneStops,
    testing::Values(Refusal{"holes",
                            [](Buffer& batch) {
                              store_be<std::int32_t>(batch.data() + field::kLastOffsetDelta, 3);
                              mend_crc(batch);
                            },
                            "offsets 5 to 8: compaction has taken records out"},
                    Refusal{"legacy", [](Buffer& batch) { batch[field::kMagic] = 1; },
                            "offset 5: the record is stored in message format 1"},
                    Refusal{"magic", [](Buffer& batch) { batch[field::kMagic] = 9; },
                            "after offset 5: "},
                    Refusal{"length",
                            [](Buffer& batch) {
                              store_be<std::int32_t>(batch.data() + field::kBatchLength, 3);
                            },
                            "malformed batch: batch length is too small"},
                    Refusal{"marker", [](Buffer& batch) { batch[field::kAttributes + 1] = 0x30; },
                            "offsets 5 to 7: its transaction marker cannot be read"}),
    [](const auto& info) { return info.param.name; });

TEST_F(LaneTest, ARebuildChecksTheSourcesChecksum) {
  settings.mode = LaneMode::kKey;
  start_at(0);
  Buffer bad = source_batch(numbered_batch(5, 3));
  bad.back() ^= 1;
  const auto routed = mirror(joined({source_batch(numbered_batch(0, 5)), bad}));
  EXPECT_EQ(values_of(routed).size(), 5u);
  EXPECT_THAT(lane->stop_reason(), HasSubstr("offsets 5 to 7: cannot read the batch"));
  EXPECT_THAT(lane->stop_reason(), HasSubstr("checksum"));
}

TEST_F(LaneTest, ABatchThatHoldsTooMuchNamesTheSetting) {
  settings.mode = LaneMode::kKey;
  settings.payload_bytes_max = 20;
  start_at(0);
  EXPECT_THAT(mirror(source_batch(numbered_batch(5, 3, Codec::kZstd))), IsEmpty());
  EXPECT_THAT(lane->stop_reason(),
              HasSubstr("it decompresses to more than is allowed (batch.memory=20)"));
}

TEST_F(LaneTest, ForwardingLeavesTheChecksumToTheDestination) {
  start_at(5);
  Buffer bad = source_batch(numbered_batch(5, 3));
  bad.back() ^= 1;
  auto routed = mirror(bad);
  ASSERT_EQ(routed.size(), 1u);
  EXPECT_FALSE(BatchView(routed[0].batch.records.bytes()).is_crc_valid());
}

TEST_F(LaneTest, APayloadThatIsNoRecordsStopsARebuild) {
  settings.mode = LaneMode::kKey;
  start_at(5);
  Buffer bad = source_batch(numbered_batch(5, 3));
  bad[kBatchHeaderBytes] = 0x7e;
  mend_crc(bad);
  EXPECT_THAT(mirror(bad), IsEmpty());
  EXPECT_THAT(lane->stop_reason(), HasSubstr("offsets 5 to 7: the batch is malformed"));
  EXPECT_EQ(committable(), 5);
}

TEST_F(LaneTest, ACutBatchAtTheEndIsLeftForTheNextFetch) {
  start_at(0);
  Buffer chunk = joined({source_batch(numbered_batch(0, 2)), source_batch(numbered_batch(2, 2))});
  chunk.resize(chunk.size() - 1);
  EXPECT_THAT(values_of(mirror(chunk)), ElementsAre("0", "1"));
  EXPECT_FALSE(lane->stopped());
  EXPECT_EQ(lane->fetch_offset(), 2);
}

}  // namespace
}  // namespace kmirror::mirror
