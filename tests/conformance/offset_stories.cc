// ListOffsets and OffsetForLeaderEpoch.
#include "conformance/steps.h"
#include "conformance/stories.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/offset_for_leader_epoch.h"

namespace kmirror::conformance {
namespace {

// Offsets 0 to 2 at kTime and 3 to 5 ten seconds later, each a millisecond apart.
Awaitable<Topic> two_batches(Story& s) {
  const Topic topic = co_await s.topic();
  co_await store(s, topic, plain(3));
  co_await store(s, topic, batch_of(records(3, kTime + 10'000)));
  co_return topic;
}

Awaitable<void> listed(Story& s, std::int64_t timestamp, ListOptions options = {}) {
  const Topic topic = co_await two_batches(s);
  co_await list_offsets(s, topic, timestamp, options);
}

Awaitable<void> every_version(Story& s) {
  const Topic topic = co_await two_batches(s);
  const std::int16_t newest = s.release() >= kSince41 ? 10 : 9;
  for (std::int16_t version = 1; version <= newest; ++version) {
    co_await list_offsets(s, topic, kLatest, {.version = version});
    co_await list_offsets(s, topic, kTime + 5, {.version = version});
  }
}

Awaitable<void> version_0(Story& s) {
  const Topic topic = co_await two_batches(s);
  co_await list_offsets(s, topic, kLatest, {.version = 0});
  co_await list_offsets(s, topic, kEarliest, {.version = 0});
}

Awaitable<void> empty_log(Story& s) {
  const Topic topic = co_await s.topic();
  for (const std::int64_t timestamp : {kLatest, kEarliest, std::int64_t{-3}, kTime}) {
    co_await list_offsets(s, topic, timestamp);
  }
}

Awaitable<void> largest_time_not_last(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, batch_of(records(3, kTime + 10'000)));
  co_await produce(s, topic, plain(3));
  co_await list_offsets(s, topic, -3);
}

Awaitable<void> compressed_times(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, batch_of(records(3), Codec::kGzip));
  co_await list_offsets(s, topic, kTime + 1);
  co_await list_offsets(s, topic, -3);
}

Awaitable<void> after_deletion(Story& s) {
  const Topic topic = co_await two_batches(s);
  protocol::DeleteRecordsRequest request;
  request.timeout_ms = 10'000;
  request.topics.push_back({.name = topic.name, .partitions = {{.offset = 4}}});
  co_await s.call(To{}, request, 2);
  for (const std::int64_t timestamp : {kEarliest, kLatest, kTime, std::int64_t{-4}}) {
    co_await list_offsets(s, topic, timestamp, {.version = 8});
  }
}

Awaitable<void> elsewhere(Story& s) {
  const Topic topic = co_await s.topic();
  co_await list_offsets(s, topic, kLatest, {.to = To{2}});
}

Awaitable<void> missing(Story& s) {
  const Topic missing{.name = s.name("missing")};
  co_await list_offsets(s, missing, kLatest);
}

Awaitable<void> several(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  protocol::ListOffsetsRequest request;
  request.replica_id = -1;
  auto& asked = request.topics.emplace_back();
  asked.name = topic.name;
  for (const std::int32_t partition : {0, 1, 2, 0}) {
    asked.partitions.push_back({.partition_index = partition, .timestamp = kLatest});
  }
  co_await s.call(To{}, request, 7);
}

Awaitable<void> epoch_ends(Story& s, const Topic& topic, std::int32_t epoch,
                           std::int32_t current = -1, To to = {}) {
  protocol::OffsetForLeaderEpochRequest request;
  request.replica_id = -1;
  request.topics.push_back(
      {.topic = topic.name,
       .partitions = {{.current_leader_epoch = current, .leader_epoch = epoch}}});
  co_await s.call(to, request, 4);
}

Awaitable<void> epoch_of_log(Story& s) {
  const Topic topic = co_await two_batches(s);
  co_await epoch_ends(s, topic, 0);
  co_await epoch_ends(s, topic, 0, 0);
  co_await epoch_ends(s, topic, 5);
  co_await epoch_ends(s, topic, -1);
}

Awaitable<void> epoch_of_empty_log(Story& s) {
  const Topic topic = co_await s.topic();
  co_await epoch_ends(s, topic, 0);
}

Awaitable<void> epoch_too_new(Story& s) {
  const Topic topic = co_await s.topic();
  co_await epoch_ends(s, topic, 0, 3);
}

Awaitable<void> epoch_elsewhere(Story& s) {
  const Topic topic = co_await s.topic();
  co_await epoch_ends(s, topic, 0, -1, To{2});
}

Awaitable<void> epoch_of_missing(Story& s) {
  const Topic missing{.name = s.name("missing")};
  co_await epoch_ends(s, missing, 0);
}

constexpr Telling kStories[] = {
    {"every version from 1 on is answered", every_version},
    {"version 0 brings arrays of offsets", version_0, {}, kUntil39},
    {"version 0 closes the connection",
     [](Story& s) {
       return listed(s, kLatest, {.version = 0, .to = To{1, 1}});
     },
     kSince41},
    {"-1 is the high watermark", [](Story& s) { return listed(s, kLatest); }},
    {"-2 is the log start", [](Story& s) { return listed(s, kEarliest); }},
    {"-3 is where the largest timestamp stands", [](Story& s) { return listed(s, -3); }},
    {"-3 is not the last offset where times go back", largest_time_not_last},
    {"-3 before version 7", [](Story& s) { return listed(s, -3, {.version = 6}); }},
    {"-4 is the local log start", [](Story& s) { return listed(s, -4, {.version = 8}); }},
    {"-4 before version 8", [](Story& s) { return listed(s, -4, {.version = 7}); }},
    {"-5 without tiered storage", [](Story& s) { return listed(s, -5, {.version = 9}); }},
    {"-5 before version 9", [](Story& s) { return listed(s, -5, {.version = 8}); }},
    {"-6 means nothing", [](Story& s) { return listed(s, -6, {.version = 9}); }},
    {"a time brings the first record that is not older",
     [](Story& s) { return listed(s, kTime + 1); }},
    {"a time between batches brings the next", [](Story& s) { return listed(s, kTime + 5000); }},
    {"a time after all records brings none", [](Story& s) { return listed(s, kTime + 20'000); }},
    {"a time before all records brings the first", [](Story& s) { return listed(s, 0); }},
    {"times within compressed batches", compressed_times},
    {"a log that is empty", empty_log},
    {"a log whose beginning was deleted", after_deletion},
    {"with read_committed -1 is the last stable offset",
     [](Story& s) { return listed(s, kLatest, {.isolation = 1}); }},
    {"an epoch newer than the leader's is UNKNOWN_LEADER_EPOCH",
     [](Story& s) { return listed(s, kLatest, {.leader_epoch = 4}); }},
    {"the leader's epoch is taken",
     [](Story& s) { return listed(s, kLatest, {.leader_epoch = 0}); }},
    {"a broker that does not lead refuses", elsewhere},
    {"a topic that does not exist", missing},
    {"partitions that do not exist, and one twice", several},
    {"where an epoch ends", epoch_of_log},
    {"where an epoch ends in an empty log", epoch_of_empty_log},
    {"where an epoch ends, asked with an epoch that is too new", epoch_too_new},
    {"where an epoch ends, asked of a broker that does not lead", epoch_elsewhere},
    {"where an epoch ends in a topic that does not exist", epoch_of_missing},
};

}  // namespace

std::span<const Telling> offset_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
