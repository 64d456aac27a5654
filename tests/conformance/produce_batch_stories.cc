// One batch a partition: what its header and its records may be.
#include "conformance/steps.h"
#include "conformance/stories.h"

namespace kmirror::conformance {
namespace {

constexpr Telling kStories[] = {
    {"a good batch is stored as it came", [](Story& s) { return produce_alone(s, plain(3)); }},
    {"a batch with a wrong CRC is refused with CORRUPT_MESSAGE",
     [](Story& s) {
       Buffer batch = plain(2);
       batch.back() ^= 1;
       return produce_alone(s, std::move(batch));
     }},
    {"a base offset other than 0 is refused with INVALID_RECORD",
     [](Story& s) {
       return produce_alone(s, change(plain(2), batch_field::kBaseOffset, std::int64_t{5}));
     }},
    {"the leader epoch that a client sends is overwritten",
     [](Story& s) {
       return produce_alone(s, change(plain(1), batch_field::kLeaderEpoch, std::int32_t{99}));
     }},
    {"a count that is less than the last offset delta says is refused",
     [](Story& s) {
       return produce_alone(s, change(plain(3), batch_field::kRecordCount, std::int32_t{2}));
     }},
    {"a count that is more than the last offset delta says is refused",
     [](Story& s) {
       return produce_alone(s, change(plain(3), batch_field::kRecordCount, std::int32_t{4}));
     }},
    {"a last offset delta beyond the count is refused",
     [](Story& s) {
       return produce_alone(s, change(plain(3), batch_field::kLastOffsetDelta, std::int32_t{7}));
     }},
    {"a negative last offset delta is refused",
     [](Story& s) {
       return produce_alone(s, change(plain(3), batch_field::kLastOffsetDelta, std::int32_t{-1}));
     }},
    {"a batch of no records is refused", [](Story& s) { return produce_alone(s, plain(0)); }},
    {"count and last offset delta that agree with each other but not with the records",
     [](Story& s) {
       Buffer batch = change(plain(2), batch_field::kLastOffsetDelta, std::int32_t{2});
       return produce_alone(s,
                            change(std::move(batch), batch_field::kRecordCount, std::int32_t{3}));
     }},
    {"a control batch is refused",
     [](Story& s) {
       StoredBatch batch = records(1);
       batch.attributes = batch_attribute::kControl;
       return produce_alone(s, batch_of(batch));
     }},
    {"a producer id without a sequence is refused",
     [](Story& s) {
       return produce_alone(s, batch_of(from({7000, 0}, -1, 1)));
     }},
    {"epoch and sequence without a producer id are stored",
     [](Story& s) {
       return produce_alone(s, batch_of(from({-1, 3}, 9, 1)));
     }},
    {"two batches for one partition are refused",
     [](Story& s) { return produce_alone(s, joined(plain(1), plain(2))); }},
    {"no batch at all for a partition is refused",
     [](Story& s) { return produce_alone(s, Buffer()); }},
    {"a batch that is cut is refused",
     [](Story& s) {
       Buffer batch = plain(2);
       batch.resize(batch.size() - 3);
       return produce_alone(s, std::move(batch));
     }},
    {"bytes behind the batch that are no batch",
     [](Story& s) { return produce_alone(s, joined(plain(1), Buffer(5))); }},
    {"a batch length of 0 is refused",
     [](Story& s) {
       return produce_alone(s, change(plain(1), batch_field::kBatchLength, std::int32_t{0}));
     }},
    {"magic 1 in a request of version 3 or later is refused",
     [](Story& s) {
       return produce_alone(s, set_of({{.timestamp_ms = kTime, .key = "k", .value = "v"}}));
     }},
    {"magic 3 is refused",
     [](Story& s) {
       return produce_alone(s, change(plain(1), batch_field::kMagic, std::int8_t{3}));
     }},
    {"attribute bits that mean nothing are stored",
     [](Story& s) {
       StoredBatch batch = records(1);
       batch.attributes = 0x4280;
       return produce_alone(s, batch_of(batch));
     }},
    {"a delete horizon is stored",
     [](Story& s) {
       StoredBatch batch = records(1);
       batch.attributes = batch_attribute::kDeleteHorizon;
       return produce_alone(s, batch_of(batch));
     }},
    {"offsets within an uncompressed batch are not looked at",
     [](Story& s) {
       StoredBatch batch = records(3);
       batch.records[1].offset_delta = 4;
       return produce_alone(s, batch_of(batch));
     }},
    {"offsets within a compressed batch that have a gap",
     [](Story& s) {
       StoredBatch batch = records(3);
       batch.records[1].offset_delta = 4;
       return produce_alone(s, batch_of(batch, Codec::kGzip));
     }},
    {"records that end too early are refused",
     [](Story& s) {
       Buffer payload = payload_of(records(2).records);
       payload.resize(payload.size() - 2);
       return produce_alone(s, with_payload(plain(2), payload));
     }},
    {"bytes behind the last record are refused",
     [](Story& s) {
       Buffer payload = payload_of(records(2).records);
       payload.push_back(0);
       return produce_alone(s, with_payload(plain(2), payload));
     }},
    {"a record that is longer than its fields is refused",
     [](Story& s) {
       Buffer payload = payload_of(records(1).records);
       payload[0] = static_cast<std::uint8_t>(payload[0] + 2);
       payload.push_back(0);
       return produce_alone(s, with_payload(plain(1), payload));
     }},
    {"a negative number of headers is refused",
     [](Story& s) {
       Buffer payload = payload_of(records(1).records);
       payload.back() = 1;
       return produce_alone(s, with_payload(plain(1), payload));
     }},
    {"null keys, null values and headers are stored",
     [](Story& s) {
       StoredBatch batch = records(3);
       batch.records[0].key.reset();
       batch.records[1].value.reset();
       batch.records[2].headers = {{"h", "1"}, {"h", std::nullopt}};
       return produce_alone(s, batch_of(batch));
     }},
};

}  // namespace

std::span<const Telling> produce_batch_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
