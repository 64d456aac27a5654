// Producers with an id: sequences, repetitions and epochs (KIP-98, KIP-360).
#include "conformance/steps.h"
#include "conformance/stories.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/init_producer_id.h"

namespace kmirror::conformance {
namespace {

// Brokers do not ask whether an id was handed out.
constexpr Producer kMadeUp{(1LL << 62) | 12345, 0};
constexpr std::int32_t kLastSequence = 0x7fffffff;

struct Sent {
  std::int32_t sequence;
  int count;
  std::int16_t epoch = 0;
};

Awaitable<void> sent(Story& s, std::vector<Sent> batches, std::string_view configs = "") {
  const Topic topic = co_await s.topic(configs);
  for (const Sent& batch : batches) {
    const Producer producer{kMadeUp.id, batch.epoch};
    co_await produce(s, topic, batch_of(from(producer, batch.sequence, batch.count)));
  }
}

Awaitable<void> ids(Story& s) {
  const Producer first = co_await init_producer(s);
  co_await init_producer(s);
  protocol::InitProducerIdRequest request;
  request.transactional_id.reset();
  request.producer_id = first.id;
  request.producer_epoch = first.epoch;
  co_await s.call(To{}, request, 4);
}

Awaitable<void> id_versions(Story& s) {
  protocol::InitProducerIdRequest request;
  request.transactional_id.reset();
  request.transaction_timeout_ms = -5;
  for (std::int16_t version = 0; version <= 5; ++version) {
    co_await s.settled(To{}, request, version, protocol::ErrorCode::kCoordinatorLoadInProgress);
  }
}

Awaitable<void> empty_transactional_id(Story& s) {
  const protocol::InitProducerIdRequest request;
  co_await s.call(To{}, request, 4);
}

Awaitable<void> handed_out(Story& s) {
  const Topic topic = co_await s.topic();
  const Producer producer = co_await init_producer(s);
  co_await produce(s, topic, batch_of(from(producer, 0, 2)));
  co_await produce(s, topic, batch_of(from(producer, 2, 1)));
  co_await fetch(s, topic, 0);
}

Awaitable<void> repeated(Story& s, int batches_back) {
  const Topic topic = co_await s.topic();
  for (int i = 0; i < 8; ++i) {
    co_await store(s, topic, batch_of(from(kMadeUp, 2 * i, 2)));
  }
  co_await produce(s, topic, batch_of(from(kMadeUp, 2 * (8 - batches_back), 2)));
  co_await list_offsets(s, topic, kLatest);
}

Awaitable<void> repeated_with_other_records(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, batch_of(from(kMadeUp, 0, 2)));
  StoredBatch other = from(kMadeUp, 0, 2);
  other.records[1].value = "something else";
  co_await produce(s, topic, batch_of(other));
  co_await fetch(s, topic, 0);
}

Awaitable<void> repeated_elsewhere(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, batch_of(from(kMadeUp, 0, 1)));
  co_await produce(s, topic, batch_of(from(kMadeUp, 0, 1)), {.to = To{1, 1}});
  co_await produce(s, topic, batch_of(from(kMadeUp, 1, 1)), {.to = To{1, 1}});
}

Awaitable<void> partitions_apart(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  const std::vector<Buffer> batches = {batch_of(from(kMadeUp, 0, 3)),
                                       batch_of(from(kMadeUp, 0, 1))};
  const auto request = produce_request(topic, batches);
  co_await s.call(To{}, request, 9);
  co_await produce(s, topic, batch_of(from(kMadeUp, 3, 1)), {.partition = 1});
}

Awaitable<void> producers_mixed(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  const std::vector<Buffer> batches = {batch_of(from(kMadeUp, 0, 1)),
                                       batch_of(from({kMadeUp.id + 1, 0}, 0, 1))};
  const auto request = produce_request(topic, batches);
  co_await s.call(To{}, request, 9);
}

Awaitable<void> two_producers(Story& s) {
  const Topic topic = co_await s.topic();
  const Producer other{kMadeUp.id + 1, 0};
  co_await produce(s, topic, batch_of(from(kMadeUp, 0, 2)));
  co_await produce(s, topic, batch_of(from(other, 0, 1)));
  co_await produce(s, topic, plain(1));
  co_await produce(s, topic, batch_of(from(kMadeUp, 2, 1)));
  co_await produce(s, topic, batch_of(from(other, 0, 1)));
}

Awaitable<void> after_deletion(Story& s) {
  const Topic topic = co_await s.topic();
  co_await store(s, topic, batch_of(from(kMadeUp, 0, 2)));
  protocol::DeleteRecordsRequest request;
  request.timeout_ms = 10'000;
  request.topics.push_back({.name = topic.name, .partitions = {{.offset = -1}}});
  co_await s.call(To{}, request, 2);
  co_await produce(s, topic, batch_of(from(kMadeUp, 7, 1)));
  co_await produce(s, topic, batch_of(from(kMadeUp, 0, 2)));
  co_await produce(s, topic, batch_of(from(kMadeUp, 2, 1)));
}

Awaitable<void> with_acks_1(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, batch_of(from(kMadeUp, 0, 1)), {.acks = 1});
  co_await produce(s, topic, batch_of(from(kMadeUp, 0, 1)), {.acks = 1});
}

Awaitable<void> described(Story& s, std::string_view name, std::vector<std::int32_t> partitions,
                          To to = {}) {
  protocol::DescribeProducersRequest request;
  request.topics.push_back({.name = name, .partition_indexes = std::move(partitions)});
  co_await s.call(to, request, 0);
}

Awaitable<void> described_producers(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  co_await produce(s, topic, batch_of(from(kMadeUp, 0, 3)));
  co_await produce(s, topic, batch_of(from({77, 5}, 40, 1)));
  co_await produce(s, topic, plain(1));
  std::vector<std::int32_t> partitions = {0, 1, 2};
  co_await described(s, topic.name, std::move(partitions));
  std::vector<std::int32_t> one = {0};
  co_await described(s, topic.name, std::move(one), To{2});
}

Awaitable<void> described_missing(Story& s) {
  const std::string name = s.name("missing");
  std::vector<std::int32_t> one = {0};
  co_await described(s, name, std::move(one));
}

constexpr Telling kStories[] = {
    {"each producer id is new, whatever was passed", ids},
    {"every version of InitProducerId is answered", id_versions},
    {"an empty transactional id is refused", empty_transactional_id},
    {"an id that was handed out", handed_out},
    {"sequences go on",
     [](Story& s) {
       return sent(s, {{0, 1}, {1, 3}, {4, 1}});
     }},
    {"a producer that is not known may begin anywhere",
     [](Story& s) {
       return sent(s, {{100, 1}, {101, 1}});
     }},
    {"a gap is OUT_OF_ORDER_SEQUENCE_NUMBER, and what was expected is taken then",
     [](Story& s) {
       return sent(s, {{0, 1}, {5, 1}, {1, 1}});
     }},
    {"the last batch is known again", [](Story& s) { return repeated(s, 1); }},
    {"the batch five back is known again", [](Story& s) { return repeated(s, 5); }},
    {"the batch six back is not", [](Story& s) { return repeated(s, 6); }},
    {"a repetition with other boundaries is refused",
     [](Story& s) {
       return sent(s, {{0, 2}, {2, 2}, {0, 3}, {2, 1}, {3, 1}});
     }},
    {"two batches in one are no repetition",
     [](Story& s) {
       return sent(s, {{0, 1}, {1, 1}, {0, 2}});
     }},
    {"a repetition is known by its boundaries alone", repeated_with_other_records},
    {"a repetition is known on another connection", repeated_elsewhere},
    {"a repetition to a topic of LogAppendTime",
     [](Story& s) {
       return sent(s, {{0, 1}, {0, 1}}, "message.timestamp.type=LogAppendTime");
     }},
    {"sequences wrap around between batches",
     [](Story& s) {
       return sent(s, {{kLastSequence - 1, 2}, {0, 1}});
     }},
    {"sequences wrap around within a batch",
     [](Story& s) {
       return sent(s, {{kLastSequence, 3}, {2, 1}, {kLastSequence, 3}});
     }},
    {"a lower epoch is INVALID_PRODUCER_EPOCH",
     [](Story& s) {
       return sent(s, {{0, 1, 3}, {1, 1, 2}});
     }},
    {"a higher epoch begins with sequence 0",
     [](Story& s) {
       return sent(s, {{0, 1, 0}, {1, 1, 1}, {0, 1, 1}, {1, 1, 0}});
     }},
    {"a higher epoch forgets the batches of the lower",
     [](Story& s) {
       return sent(s, {{0, 1, 0}, {0, 1, 1}, {0, 1, 0}});
     }},
    {"an epoch of -1 with an id",
     [](Story& s) {
       return sent(s, {{0, 1, -1}});
     }},
    {"partitions know producers apart", partitions_apart},
    {"partitions of one request may have several producers", producers_mixed},
    {"several producers in one partition", two_producers},
    {"deleting records forgets no producer", after_deletion},
    {"a repetition with acks=1", with_acks_1},
    {"producers of a partition are described", described_producers},
    {"producers of a missing topic are not described", described_missing},
};

}  // namespace

std::span<const Telling> idempotence_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
