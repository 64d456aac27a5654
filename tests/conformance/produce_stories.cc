// What a broker takes from a producer, and what it refuses: one batch a partition, its header, its
// records, its size and its times.
#include "conformance/steps.h"
#include "conformance/stories.h"
#include "protocol/messages/delete_records.h"

namespace kmirror::conformance {
namespace {

// Into a new topic, and what the log has afterwards.
Awaitable<void> produced(Story& story, Buffer batch, std::string_view configs = "",
                         ProduceOptions options = {}) {
  const Topic topic = co_await story.topic(configs);
  co_await produce(story, topic, std::move(batch), options);
  co_await fetch(story, topic, 0, {.max_wait_ms = 0});
}

constexpr Telling kStories[] = {
    {"a good batch is stored as it came", [](Story& s) { return produced(s, plain(3)); }},
    {"a batch with a wrong CRC is refused with CORRUPT_MESSAGE",
     [](Story& s) {
       Buffer batch = plain(2);
       batch.back() ^= 1;
       return produced(s, std::move(batch));
     }},
    {"a base offset other than 0 is refused with INVALID_RECORD",
     [](Story& s) {
       return produced(s, change(plain(2), batch_field::kBaseOffset, std::int64_t{5}));
     }},
    {"the leader epoch that a client sends is overwritten",
     [](Story& s) {
       return produced(s, change(plain(1), batch_field::kLeaderEpoch, std::int32_t{99}));
     }},
    {"a count that is less than the last offset delta says is refused",
     [](Story& s) {
       return produced(s, change(plain(3), batch_field::kRecordCount, std::int32_t{2}));
     }},
    {"a count that is more than the last offset delta says is refused",
     [](Story& s) {
       return produced(s, change(plain(3), batch_field::kRecordCount, std::int32_t{4}));
     }},
    {"a last offset delta beyond the count is refused",
     [](Story& s) {
       return produced(s, change(plain(3), batch_field::kLastOffsetDelta, std::int32_t{7}));
     }},
    {"a negative last offset delta is refused",
     [](Story& s) {
       return produced(s, change(plain(3), batch_field::kLastOffsetDelta, std::int32_t{-1}));
     }},
    {"a batch of no records is refused", [](Story& s) { return produced(s, plain(0)); }},
    {"count and last offset delta that agree with each other but not with the records",
     [](Story& s) {
       Buffer batch = change(plain(2), batch_field::kLastOffsetDelta, std::int32_t{2});
       return produced(s, change(std::move(batch), batch_field::kRecordCount, std::int32_t{3}));
     }},
    {"a control batch is refused",
     [](Story& s) {
       StoredBatch batch = records(1);
       batch.attributes = batch_attribute::kControl;
       return produced(s, batch_of(batch));
     }},
    {"a producer id without a sequence is refused",
     [](Story& s) {
       return produced(s, batch_of(from({7000, 0}, -1, 1)));
     }},
    {"epoch and sequence without a producer id are stored",
     [](Story& s) {
       return produced(s, batch_of(from({-1, 3}, 9, 1)));
     }},
    {"two batches for one partition are refused",
     [](Story& s) { return produced(s, joined(plain(1), plain(2))); }},
    {"no batch at all for a partition", [](Story& s) { return produced(s, Buffer()); }},
};

}  // namespace

std::span<const Telling> produce_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
