// What a Fetch brings: where it may begin, how much comes, how long it waits.
#include "conformance/steps.h"
#include "conformance/stories.h"
#include "protocol/messages/delete_records.h"

namespace kmirror::conformance {
namespace {

// Three batches of 94 bytes: offsets 0 to 2, 3 to 5 and 6 to 8.
Awaitable<Topic> three_batches(Story& s) {
  const Topic topic = co_await s.topic();
  for (int i = 0; i < 3; ++i) {
    co_await store(s, topic, plain(3));
  }
  co_return topic;
}

Awaitable<void> fetch_of_three(Story& s, std::int64_t offset, FetchOptions options = {}) {
  const Topic topic = co_await three_batches(s);
  co_await fetch(s, topic, offset, options);
}

Awaitable<void> every_version(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(2));
  const std::int16_t newest = s.release() >= kSince41 ? 18 : 17;
  for (std::int16_t version = 4; version <= newest; ++version) {
    co_await fetch(s, topic, 0, {.version = version});
  }
}

// Down-converted to format 0 and 1.
Awaitable<void> old_versions(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(2));
  for (std::int16_t version = 0; version <= 3; ++version) {
    co_await fetch(s, topic, 0, {.version = version});
  }
}

Awaitable<void> zstd_in_version_9(Story& s) {
  const Topic topic = co_await s.topic("compression.type=zstd");
  co_await produce(s, topic, batch_of(records(2), Codec::kZstd));
  co_await fetch(s, topic, 0, {.version = 9});
}

Awaitable<void> several_partitions(Story& s, std::int32_t max_bytes) {
  const Topic topic = co_await s.topic("", 3);
  for (int i = 0; i < 3; ++i) {
    co_await produce(s, topic, plain(3), {.partition = i});
  }
  auto request = fetch_request(topic, 0, {.max_bytes = max_bytes, .partition_max_bytes = 90});
  for (int i = 1; i < 3; ++i) {
    auto& partitions = request.topics[0].partitions;
    partitions.push_back(partitions[0]);
    partitions.back().partition = i;
  }
  request.topics[0].partitions[2].partition_max_bytes = 1000;
  co_await s.call(To{}, request, 12);
}

Awaitable<void> first_partition_empty(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  co_await produce(s, topic, plain(3), {.partition = 1});
  auto request = fetch_request(topic, 0, {.partition_max_bytes = 50});
  auto& partitions = request.topics[0].partitions;
  partitions.push_back(partitions[0]);
  partitions.back().partition = 1;
  co_await s.call(To{}, request, 12);
}

Awaitable<void> below_start(Story& s) {
  const Topic topic = co_await three_batches(s);
  protocol::DeleteRecordsRequest request;
  request.timeout_ms = 10'000;
  request.topics.push_back({.name = topic.name, .partitions = {{.offset = 4}}});
  co_await s.call(To{}, request, 2);
  co_await fetch(s, topic, 3);
  co_await fetch(s, topic, 4);
}

Awaitable<void> long_poll(Story& s) {
  const Topic topic = co_await s.topic();
  const auto request = fetch_request(topic, 0, {.max_wait_ms = 20'000});
  co_await s.send(To{1, 1}, request, 12);
  co_await produce(s, topic, plain(1));
  co_await s.receive(To{1, 1});
}

// The first batch is not enough, the second is.
Awaitable<void> min_bytes(Story& s) {
  const Topic topic = co_await s.topic();
  const auto request = fetch_request(topic, 0, {.max_wait_ms = 20'000, .min_bytes = 150});
  co_await s.send(To{1, 1}, request, 12);
  co_await produce(s, topic, plain(3));
  co_await produce(s, topic, plain(3));
  co_await s.receive(To{1, 1});
}

Awaitable<void> errors_do_not_wait(Story& s) {
  const Topic topic = co_await s.topic();
  co_await fetch(s, topic, 7, {.max_wait_ms = 60'000, .min_bytes = 1000});
}

Awaitable<void> nothing_asked(Story& s) {
  protocol::FetchRequest request;
  request.max_wait_ms = 60'000;
  request.min_bytes = 1;
  co_await s.call(To{}, request, 12);
}

Awaitable<void> missing_topic(Story& s, std::int16_t version) {
  Topic topic{.name = s.name("missing")};
  topic.id.bytes.fill(9);
  co_await fetch(s, topic, 0, {.version = version});
}

Awaitable<void> missing_partition(Story& s, std::int16_t version) {
  const Topic topic = co_await s.topic();
  co_await fetch(s, topic, 0, {.version = version, .partition = 5});
}

Awaitable<void> elsewhere(Story& s, std::int16_t version) {
  const Topic topic = co_await s.topic();
  co_await fetch(s, topic, 0, {.version = version, .to = To{2}});
}

Awaitable<void> epochs(Story& s, std::int32_t epoch) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(1));
  co_await fetch(s, topic, 0, {.leader_epoch = epoch});
}

Awaitable<void> last_fetched_epochs(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(2));
  co_await fetch(s, topic, 1, {.last_fetched_epoch = 0});
  co_await fetch(s, topic, 2, {.last_fetched_epoch = 0});
  co_await fetch(s, topic, 1, {.last_fetched_epoch = 3});
  co_await fetch(s, topic, 0, {.leader_epoch = 0, .last_fetched_epoch = 0});
}

Awaitable<void> read_committed(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(2));
  co_await fetch(s, topic, 0, {.isolation = 1});
}

Awaitable<void> posing_as_follower(Story& s) {
  const Topic topic = co_await s.topic();
  auto request = fetch_request(topic, 0, {});
  request.replica_id = 3;
  co_await s.call(To{}, request, 12);
}

constexpr Telling kStories[] = {
    {"every version from 4 on is answered", every_version},
    {"versions 0 to 3 bring message sets", old_versions, {}, kUntil39},
    {"version 3 closes the connection",
     [](Story& s) {
       return fetch_of_three(s, 0, {.version = 3, .to = To{1, 1}});
     },
     kSince41},
    {"version 18 closes the connection",
     [](Story& s) {
       return fetch_of_three(s, 0, {.version = 18, .to = To{1, 1}});
     },
     {},
     kUntil39},
    {"zstd before version 10", zstd_in_version_9},
    {"all batches come where they fit", [](Story& s) { return fetch_of_three(s, 0); }},
    {"an offset within a batch brings the whole batch",
     [](Story& s) { return fetch_of_three(s, 4); }},
    {"a batch that does not fit is cut",
     [](Story& s) { return fetch_of_three(s, 0, {.partition_max_bytes = 120}); }},
    {"a batch may be cut to a few bytes",
     [](Story& s) { return fetch_of_three(s, 0, {.partition_max_bytes = 97}); }},
    {"a first batch over the partition's limit comes whole",
     [](Story& s) { return fetch_of_three(s, 0, {.partition_max_bytes = 10}); }},
    {"a first batch over the limit of all comes whole",
     [](Story& s) { return fetch_of_three(s, 0, {.max_bytes = 10}); }},
    {"the limit of all cuts as well",
     [](Story& s) { return fetch_of_three(s, 0, {.max_bytes = 120}); }},
    {"max_bytes of 0 brings a batch",
     [](Story& s) { return fetch_of_three(s, 0, {.max_bytes = 0}); }},
    {"later partitions whose first batch does not fit bring nothing",
     [](Story& s) { return several_partitions(s, 1000); }},
    {"later partitions bring nothing once the limit of all is reached",
     [](Story& s) { return several_partitions(s, 94); }},
    {"an empty partition does not count as the first", first_partition_empty},
    {"the high watermark brings nothing", [](Story& s) { return fetch_of_three(s, 9); }},
    {"beyond the log end is OFFSET_OUT_OF_RANGE", [](Story& s) { return fetch_of_three(s, 10); }},
    {"below 0 is OFFSET_OUT_OF_RANGE", [](Story& s) { return fetch_of_three(s, -1); }},
    {"below the log start is OFFSET_OUT_OF_RANGE", below_start},
    {"a fetch waits for records", long_poll},
    {"a fetch waits for min_bytes", min_bytes},
    {"a fetch that waits in vain is answered",
     [](Story& s) { return fetch_of_three(s, 0, {.max_wait_ms = 50, .min_bytes = 10'000}); }},
    {"errors are told at once", errors_do_not_wait},
    {"a fetch of nothing is answered at once", nothing_asked},
    {"a topic that does not exist", [](Story& s) { return missing_topic(s, 12); }},
    {"a topic id that does not exist is UNKNOWN_TOPIC_ID",
     [](Story& s) { return missing_topic(s, 13); }},
    {"a partition that does not exist", [](Story& s) { return missing_partition(s, 12); }},
    {"a partition that does not exist, by topic id",
     [](Story& s) { return missing_partition(s, 13); }},
    {"a broker that does not lead refuses with NOT_LEADER_OR_FOLLOWER",
     [](Story& s) { return elsewhere(s, 12); }},
    {"from version 16 on a broker that does not lead tells who does",
     [](Story& s) { return elsewhere(s, 16); }},
    {"the leader's epoch is taken", [](Story& s) { return epochs(s, 0); }},
    {"an epoch newer than the leader's is UNKNOWN_LEADER_EPOCH",
     [](Story& s) { return epochs(s, 1); }},
    {"last fetched epochs are compared with the log", last_fetched_epochs},
    {"read_committed without transactions brings all", read_committed},
    {"a client that poses as a replica is refused", posing_as_follower},
};

}  // namespace

std::span<const Telling> fetch_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
