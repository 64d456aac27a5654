// What a topic's configuration refuses or changes: sizes, times, keys.
#include "conformance/steps.h"
#include "conformance/stories.h"
#include "protocol/messages/delete_records.h"

namespace kmirror::conformance {
namespace {

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

StoredBatch without_keys(int count, std::initializer_list<int> without) {
  StoredBatch batch = records(count);
  for (const int i : without) batch.records[static_cast<std::size_t>(i)].key.reset();
  return batch;
}

Buffer in_hours(const Story& story, int hours, int count = 1) {
  const std::int64_t now_ms = story.stage().runtime.wall_clock_ms();
  return batch_of(records(count, now_ms + hours * kHourMs));
}

Buffer with_log_append_time(int count) {
  StoredBatch batch = records(count);
  batch.attributes = batch_attribute::kLogAppendTime;
  batch.max_timestamp_ms = kTime + 50;
  return batch_of(batch);
}

Awaitable<void> around_max_message_bytes(Story& s) {
  const Topic topic = co_await s.topic("max.message.bytes=200");
  co_await produce(s, topic, batch_of(large(127)));
  co_await produce(s, topic, batch_of(large(128)));
  co_await fetch(s, topic, 0);
}

Awaitable<void> log_start_in_answers(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(5));
  protocol::DeleteRecordsRequest request;
  request.timeout_ms = 10'000;
  request.topics.push_back({.name = topic.name, .partitions = {{.offset = 2}}});
  co_await s.call(To{}, request, 2);
  co_await produce(s, topic, plain(1));
}

Awaitable<void> too_few_replicas(Story& s) {
  const Topic topic = co_await s.topic("min.insync.replicas=2");
  co_await produce(s, topic, plain(1));
  co_await produce(s, topic, plain(1), {.acks = 1});
  co_await fetch(s, topic, 0);
}

constexpr Telling kStories[] = {
    {"max.message.bytes counts the whole batch", around_max_message_bytes},
    {"a batch that is too large once it is built anew is refused",
     [](Story& s) {
       return produce_alone(s, batch_of(large(5000), Codec::kGzip),
                            "max.message.bytes=2000 compression.type=uncompressed");
     }},
    {"a batch that is too large before it is built anew is refused",
     [](Story& s) {
       return produce_alone(s, batch_of(large(5000)),
                            "max.message.bytes=2000 compression.type=gzip");
     }},
    {"a batch larger than a segment is refused with RECORD_LIST_TOO_LARGE",
     [](Story& s) {
       return produce_alone(s, batch_of(large(1'100'000)),
                            "max.message.bytes=2000000 segment.bytes=1048576");
     }},
    {"a largest timestamp that is not is corrected",
     [](Story& s) {
       return produce_alone(s,
                            change(plain(3), batch_field::kMaxTimestamp, std::int64_t{kTime + 99}));
     }},
    {"a largest timestamp that is not is corrected in a compressed batch as well",
     [](Story& s) {
       Buffer batch = batch_of(records(3), Codec::kLz4);
       return produce_alone(s, change(std::move(batch), batch_field::kMaxTimestamp, kTime));
     }},
    {"records without a timestamp are stored",
     [](Story& s) {
       StoredBatch batch = records(1);
       batch.base_timestamp_ms = batch.max_timestamp_ms = -1;
       return produce_alone(s, batch_of(batch));
     }},
    {"LogAppendTime replaces the times of the producer",
     [](Story& s) { return produce_alone(s, plain(2), "message.timestamp.type=LogAppendTime"); }},
    {"LogAppendTime is told in every version from 2 on",
     [](Story& s) {
       return produce_alone(s, plain(1), "message.timestamp.type=LogAppendTime", {.version = 3});
     }},
    {"the LogAppendTime bit of a client is cleared in a topic of CreateTime",
     [](Story& s) { return produce_alone(s, with_log_append_time(2)); }},
    {"the LogAppendTime bit of a client is refused in a topic of LogAppendTime",
     [](Story& s) {
       return produce_alone(s, with_log_append_time(2), "message.timestamp.type=LogAppendTime");
     }},
    {"records too old for message.timestamp.before.max.ms are refused",
     [](Story& s) { return produce_alone(s, plain(2), "message.timestamp.before.max.ms=60000"); }},
    {"one record too old for message.timestamp.before.max.ms is enough",
     [](Story& s) {
       StoredBatch batch = records(3, s.stage().runtime.wall_clock_ms());
       batch.records[1].timestamp_delta_ms = -3 * kHourMs;
       return produce_alone(s, batch_of(batch), "message.timestamp.before.max.ms=7200000");
     }},
    {"records too new for message.timestamp.after.max.ms are refused",
     [](Story& s) {
       return produce_alone(s, in_hours(s, 2), "message.timestamp.after.max.ms=3600000");
     }},
    {"records two hours ahead under the default of message.timestamp.after.max.ms",
     [](Story& s) { return produce_alone(s, in_hours(s, 2)); }},
    {"times do not matter to a topic of LogAppendTime",
     [](Story& s) {
       return produce_alone(
           s, in_hours(s, 2),
           "message.timestamp.type=LogAppendTime message.timestamp.after.max.ms=3600000");
     }},
    {"a record without a key is refused by a compacted topic",
     [](Story& s) {
       return produce_alone(s, batch_of(without_keys(1, {0})), "cleanup.policy=compact");
     }},
    {"each record without a key is named to whom it is refused",
     [](Story& s) {
       return produce_alone(s, batch_of(without_keys(4, {1, 3})), "cleanup.policy=compact");
     }},
    {"records that are refused are not named before version 8",
     [](Story& s) {
       return produce_alone(s, batch_of(without_keys(2, {1})), "cleanup.policy=compact",
                            {.version = 7});
     }},
    {"a topic that is compacted and deleted refuses records without a key as well",
     [](Story& s) {
       return produce_alone(s, batch_of(without_keys(2, {1}), Codec::kGzip),
                            "cleanup.policy=compact,delete");
     }},
    {"a compacted topic takes keys without values",
     [](Story& s) {
       StoredBatch batch = records(2);
       batch.records[1].value.reset();
       return produce_alone(s, batch_of(batch), "cleanup.policy=compact");
     }},
    {"the start of the log is told in answers", log_start_in_answers},
    {"more min.insync.replicas than there are replicas mean all of them", too_few_replicas},
};

}  // namespace

std::span<const Telling> produce_limit_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
