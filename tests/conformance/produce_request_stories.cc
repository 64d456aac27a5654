// Produce requests: versions, acknowledgements, several partitions, and partitions that are not
// there.
#include "conformance/steps.h"
#include "conformance/stories.h"

namespace kmirror::conformance {
namespace {

Awaitable<void> every_version(Story& s) {
  const Topic topic = co_await s.topic();
  const std::int16_t newest = s.release() >= kSince41 ? 13 : 11;
  for (std::int16_t version = 3; version <= newest; ++version) {
    co_await produce(s, topic, plain(1), {.version = version});
  }
}

Awaitable<void> several_partitions(Story& s) {
  const Topic topic = co_await s.topic("", 3);
  Buffer damaged = plain(1);
  damaged.back() ^= 1;
  const std::vector<Buffer> batches = {plain(2), damaged, plain(3)};
  const auto request = produce_request(topic, batches);
  co_await s.call(To{}, request, 9);
}

Awaitable<void> several_topics(Story& s) {
  const Topic first = co_await s.topic();
  const Topic second = co_await s.topic("", 2);
  const std::vector<Buffer> batches = {plain(1), plain(1)};
  auto request = produce_request(second, batches);
  request.topic_data.push_back(
      {.name = first.name, .partition_data = request.topic_data[0].partition_data});
  co_await s.call(To{}, request, 9);
}

Awaitable<void> twice_the_same_partition(Story& s) {
  const Topic topic = co_await s.topic();
  const std::vector<Buffer> batches = {plain(1), plain(2)};
  auto request = produce_request(topic, batches);
  request.topic_data[0].partition_data[1].index = 0;
  co_await s.call(To{}, request, 9);
  co_await fetch(s, topic, 0);
}

Awaitable<void> nothing_for_anyone(Story& s) {
  protocol::ProduceRequest request;
  request.acks = -1;
  co_await s.call(To{}, request, 9);
}

Awaitable<void> acks_zero(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(1), {.acks = 0});
  co_await produce(s, topic, plain(2), {.acks = 1});
  co_await fetch(s, topic, 0);
}

Awaitable<void> acks_zero_refused(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, change(plain(1), batch_field::kBaseOffset, std::int64_t{1}),
                   {.acks = 0});
  co_await produce(s, topic, plain(2), {.acks = 1});
}

Awaitable<void> to_where_it_is_not(Story& s, std::int16_t version) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(1), {.version = version, .to = To{2}});
}

Awaitable<void> to_no_topic(Story& s, std::int16_t version) {
  Topic topic{.name = s.name("missing")};
  topic.id.bytes.fill(7);
  co_await produce(s, topic, plain(1), {.version = version});
}

Awaitable<void> to_internal_topic(Story& s) {
  const std::string group = s.name("g");
  co_await s.coordinator(group, 0);
  const Topic topic{.name = "__consumer_offsets"};
  co_await produce(s, topic, plain(1));
}

Awaitable<void> transactional_bit_alone(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  const std::vector<Buffer> batches = {plain(1), batch_of(transactional({5000, 0}, 0, 1))};
  const auto request = produce_request(topic, batches);
  co_await s.call(To{}, request, 9);
}

// Stored in the format of the topic, which is 2.
Awaitable<void> message_sets(Story& s) {
  const Topic topic = co_await s.topic();
  const Buffer old = set_of({{.magic = 0, .value = "a"}, {.offset = 1, .magic = 0, .value = "b"}});
  co_await produce(s, topic, old, {.version = 0});
  co_await produce(s, topic, old, {.version = 1});
  const Buffer timed = set_of({{.timestamp_ms = kTime, .key = "k", .value = "c"}});
  co_await produce(s, topic, timed, {.version = 2});
  co_await fetch(s, topic, 0);
}

Awaitable<void> closed_versions(Story& s) {
  const Topic topic = co_await s.topic();
  const Buffer messages = set_of({{.timestamp_ms = kTime, .key = "k", .value = "c"}});
  for (std::int16_t version = 0; version <= 2; ++version) {
    co_await produce(s, topic, messages, {.version = version, .to = To{1, 1 + version}});
  }
}

constexpr Telling kStories[] = {
    {"every version from 3 on is answered", every_version},
    {"versions 0 to 2 take message sets", message_sets, {}, kUntil39},
    {"versions 0 to 2 close the connection", closed_versions, kSince41},
    {"version 12 closes the connection before there is transaction.version 2",
     [](Story& s) {
       return produce_alone(s, plain(1), "", {.version = 12, .to = To{1, 1}});
     },
     {},
     kUntil39},
    {"partitions of one request have answers of their own", several_partitions},
    {"topics of one request have answers of their own", several_topics},
    {"of two entries for one partition only one is stored", twice_the_same_partition},
    {"a request without topics is answered", nothing_for_anyone},
    {"acks=0 is not answered", acks_zero},
    {"acks=0 closes the connection where something is refused", acks_zero_refused},
    {"acks=1 is answered", [](Story& s) { return produce_alone(s, plain(1), "", {.acks = 1}); }},
    {"acks=2 is refused with INVALID_REQUIRED_ACKS",
     [](Story& s) { return produce_alone(s, plain(1), "", {.acks = 2}); }},
    {"acks=-2 is refused with INVALID_REQUIRED_ACKS",
     [](Story& s) { return produce_alone(s, plain(1), "", {.acks = -2}); }},
    {"a broker that does not lead refuses with NOT_LEADER_OR_FOLLOWER",
     [](Story& s) { return to_where_it_is_not(s, 9); }},
    {"from version 10 on a broker that does not lead tells who does",
     [](Story& s) { return to_where_it_is_not(s, 10); }},
    {"a topic that does not exist is refused", [](Story& s) { return to_no_topic(s, 9); }},
    {"a topic id that does not exist is refused with UNKNOWN_TOPIC_ID",
     [](Story& s) { return to_no_topic(s, 13); }, kSince41},
    {"a partition that does not exist is refused",
     [](Story& s) { return produce_alone(s, plain(1), "", {.partition = 9}); }},
    {"topics of Kafka's own are refused with INVALID_TOPIC_EXCEPTION", to_internal_topic},
    {"the transactional bit without a transactional id refuses the whole request",
     transactional_bit_alone},
};

}  // namespace

std::span<const Telling> produce_request_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
