// Transactions as they are before transaction.version 2: partitions are added to them, and the
// epoch stays from one to the next (KIP-98).
#include "conformance/stories.h"
#include "conformance/transaction_steps.h"
#include "protocol/messages/add_partitions_to_txn.h"
#include "protocol/messages/describe_producers.h"

namespace kmirror::conformance {
namespace {

constexpr std::int64_t kNobody = 999'999'999;
constexpr ListOptions kStable{.isolation = 1};

Awaitable<void> ended(Story& s, bool committed) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await produce_in(s, x, topic, 0, 2);
  co_await end(s, x, committed);
  co_await until_end(s, topic, 3, kStable);
  co_await fetch(s, topic, 0);
  co_await fetch(s, topic, 0, {.isolation = 1});
}

Awaitable<void> open(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await produce(s, topic, plain(2));
  co_await produce_in(s, x, topic, 0, 1);
  co_await produce(s, topic, plain(1));
  co_await fetch(s, topic, 0);
  co_await fetch(s, topic, 0, {.isolation = 1});
  co_await fetch(s, topic, 3, {.isolation = 1});
  co_await list_offsets(s, topic, kLatest);
  co_await list_offsets(s, topic, kLatest, kStable);
  co_await end(s, x, false);
}

Awaitable<void> two_in_a_row(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await produce_in(s, x, topic, 0, 2);
  co_await end(s, x, true);
  co_await until_end(s, topic, 3, kStable);
  co_await add(s, x, topic);
  co_await produce_in(s, x, topic, 2, 1);
  co_await end(s, x, false);
  co_await until_end(s, topic, 5, kStable);
  co_await fetch(s, topic, 0, {.isolation = 1});
}

// One is aborted within the other, which stays open.
Awaitable<void> interleaved(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s, "x");
  const Transactional y = co_await begin(s, "y");
  co_await add(s, x, topic);
  co_await add(s, y, topic);
  co_await produce_in(s, x, topic, 0, 1);
  co_await produce_in(s, y, topic, 0, 1);
  co_await end(s, y, false);
  co_await until_end(s, topic, 3);
  co_await list_offsets(s, topic, kLatest, kStable);
  co_await end(s, x, true);
  co_await until_end(s, topic, 4, kStable);
  co_await fetch(s, topic, 0, {.isolation = 1});
  co_await fetch(s, topic, 3, {.isolation = 1});
}

Awaitable<void> not_added(Story& s, std::int16_t version) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await produce_in(s, x, topic, 0, 1, version);
  co_await fetch(s, topic, 0);
}

Awaitable<void> after_the_end(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await produce_in(s, x, topic, 0, 1);
  co_await end(s, x, true);
  co_await until_end(s, topic, 2, kStable);
  co_await produce_in(s, x, topic, 1, 1);
}

Awaitable<void> nothing_written(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await end(s, x, true);
  co_await until_end(s, topic, 1, kStable);
  co_await fetch(s, topic, 0);
}

Awaitable<void> nothing_added(Story& s) {
  const Transactional x = co_await begin(s);
  co_await end(s, x, true);
  co_await end(s, x, false);
}

Awaitable<void> ended_twice(Story& s, bool first, bool second) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await produce_in(s, x, topic, 0, 1);
  co_await end(s, x, first);
  co_await until_end(s, topic, 2, kStable);
  co_await end(s, x, second);
}

Awaitable<void> fenced(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await produce_in(s, x, topic, 0, 1);
  Transactional next = x;
  next.producer = co_await init(s, x);
  co_await until_end(s, topic, 2, kStable);
  co_await fetch(s, topic, 0, {.isolation = 1});
  co_await produce_in(s, x, topic, 1, 1);
  co_await add(s, x, topic);
  co_await end(s, x, true);
  co_await add(s, next, topic);
  co_await produce_in(s, next, topic, 0, 1);
  co_await end(s, next, true);
}

Awaitable<void> epochs(Story& s) {
  const Transactional x = co_await begin(s);
  const Producer second = co_await init(s, x);
  const Producer third = co_await init(s, x, {.expected = second});
  co_await init(s, x, {.expected = second});
  co_await init(s, x, {.expected = third});
  co_await init(s, x, {.expected = {999'999, 0}});
}

Awaitable<void> timeout(Story& s, std::int32_t timeout_ms) {
  Transactional x{.id = s.name("x")};
  x.coordinator = co_await s.coordinator(x.id, 1);
  co_await init(s, x, {.timeout_ms = timeout_ms});
}

// What the coordinator does not know, in each field.
Awaitable<void> unknown(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  Transactional other = x;
  other.id = s.name("other");
  other.coordinator = co_await s.coordinator(other.id, 1);
  co_await add(s, other, topic);
  co_await end(s, other, true);
  other = x;
  other.producer.id = kNobody;
  co_await add(s, other, topic);
  co_await end(s, other, true);
  other = x;
  other.producer.epoch += 1;
  co_await add(s, other, topic);
  co_await end(s, other, true);
}

Awaitable<void> added_twice(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await add(s, x, topic);
  co_await end(s, x, false);
}

Awaitable<void> missing_topic_added(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  const std::string missing = s.name("missing");
  protocol::AddPartitionsToTxnRequest request;
  request.v3_and_below_transactional_id = x.id;
  request.v3_and_below_producer_id = x.producer.id;
  request.v3_and_below_producer_epoch = x.producer.epoch;
  request.v3_and_below_topics.push_back({.name = topic.name, .partitions = {0, 7}});
  request.v3_and_below_topics.push_back({.name = missing, .partitions = {0}});
  co_await s.call(x.coordinator, request, 3);
  co_await end(s, x, true);
}

Awaitable<void> another_broker(Story& s) {
  const Topic topic = co_await s.topic();
  Transactional x = co_await begin(s);
  x.coordinator = {x.coordinator.node % kNodes + 1, kOtherLine};
  co_await add(s, x, topic);
  co_await end(s, x, true);
  co_await init(s, x);
}

Awaitable<void> repeated(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await produce_in(s, x, topic, 0, 1);
  co_await produce_in(s, x, topic, 0, 1);
  co_await produce_in(s, x, topic, 3, 1);
  co_await end(s, x, true);
  co_await until_end(s, topic, 2, kStable);
  co_await produce_in(s, x, topic, 0, 1);
}

Awaitable<void> plain_batches(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await produce(s, topic, batch_of(from(x.producer, 0, 1)), {.transactional_id = x.id});
  co_await add(s, x, topic);
  co_await produce_in(s, x, topic, 1, 1);
  co_await produce(s, topic, batch_of(from(x.producer, 2, 1)), {.transactional_id = x.id});
  co_await end(s, x, true);
}

Awaitable<void> two_producers(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  const Transactional x = co_await begin(s, "x");
  const Transactional y = co_await begin(s, "y");
  co_await add(s, x, topic, 0);
  co_await add(s, y, topic, 1);
  const std::vector<Buffer> batches = {batch_of(transactional(x.producer, 0, 1)),
                                       batch_of(transactional(y.producer, 0, 1))};
  auto request = produce_request(topic, batches);
  request.transactional_id = x.id;
  co_await s.call(To{}, request, 9);
  co_await end(s, x, false);
  co_await end(s, y, false);
}

Awaitable<void> described(Story& s) {
  const Topic topic = co_await s.topic();
  const Transactional x = co_await begin(s);
  co_await add(s, x, topic);
  co_await produce(s, topic, plain(2));
  co_await produce_in(s, x, topic, 0, 2);
  protocol::DescribeProducersRequest request;
  request.topics.push_back({.name = topic.name, .partition_indexes = {0}});
  co_await s.call(To{}, request, 0);
  co_await end(s, x, true);
  co_await until_end(s, topic, 5, kStable);
  co_await s.call(To{}, request, 0);
}

constexpr Telling kStories[] = {
    {"a transaction that is committed", [](Story& s) { return ended(s, true); }},
    {"a transaction that is aborted", [](Story& s) { return ended(s, false); }},
    {"read_committed ends where an open transaction begins", open},
    {"sequences go on from one transaction to the next", two_in_a_row},
    {"a transaction aborted behind an open one", interleaved},
    {"a partition that was not added is INVALID_TXN_STATE",
     [](Story& s) { return not_added(s, 9); }},
    {"a partition that was not added, in version 11", [](Story& s) { return not_added(s, 11); }},
    {"a partition has to be added to every transaction", after_the_end},
    {"a partition that was added has a marker even if nothing was written", nothing_written},
    {"a transaction to which nothing was added cannot be ended", nothing_added},
    {"committed twice", [](Story& s) { return ended_twice(s, true, true); }},
    {"aborted twice", [](Story& s) { return ended_twice(s, false, false); }},
    {"aborted after it was committed", [](Story& s) { return ended_twice(s, true, false); }},
    {"committed after it was aborted", [](Story& s) { return ended_twice(s, false, true); }},
    {"InitProducerId aborts and fences", fenced},
    {"InitProducerId takes the epoch that it gave last", epochs},
    {"a transaction timeout of 0 is refused", [](Story& s) { return timeout(s, 0); }},
    {"a negative transaction timeout is refused", [](Story& s) { return timeout(s, -1); }},
    {"a transaction timeout beyond transaction.max.timeout.ms is refused",
     [](Story& s) { return timeout(s, 900'001); }},
    {"the largest transaction timeout", [](Story& s) { return timeout(s, 900'000); }},
    {"ids and epochs that the coordinator does not know", unknown},
    {"a partition may be added twice", added_twice},
    {"a missing partition keeps the others from being added", missing_topic_added},
    {"another broker is NOT_COORDINATOR", another_broker},
    {"repetitions within a transaction", repeated},
    {"batches without the transactional bit", plain_batches},
    {"one request has one transactional producer", two_producers},
    {"open transactions are described", described},
};

}  // namespace

std::span<const Telling> transaction_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
