// Produce, versions 3 to 13: appends one batch a partition, checked as Kafka checks it
// (core/accept_batch.h, core/producer_states.h), and answers when enough replicas have it. Left
// out: formats 0 and 1, and so the versions below 3.
#include <algorithm>

#include "broker/api/append.h"
#include "broker/api/handlers.h"
#include "broker/api/partition_lookup.h"
#include "broker/api/throttle.h"
#include "protocol/messages/produce.h"
#include "protocol/records/batch_reader.h"

namespace kmirror::broker {

using protocol::BatchReader;
using protocol::ErrorCode;
using protocol::ProduceRequest;
using protocol::ProduceResponse;

namespace {

constexpr std::int16_t kFirstVersion = 3;
constexpr std::int16_t kFirstVersionWithLeader = 10;
constexpr std::int16_t kFirstVersionWithIds = 13;

// Which nobody but brokers writes to.
bool is_internal(std::string_view topic) {
  return topic == "__consumer_offsets" || topic == "__transaction_state";
}

bool has_transactional_batch(const ProduceRequest& request) {
  for (const auto& topic : request.topic_data) {
    for (const auto& part : topic.partition_data) {
      if (!part.records) continue;
      BatchReader reader(part.records->bytes());
      while (reader.next() == BatchReader::Step::kBatch) {
        if (reader.batch().is_transactional()) return true;
      }
    }
  }
  return false;
}

// Since its verification a request is of one transactional producer.
bool has_several_producers(CallContext& call, const std::vector<Append>& appends) {
  if (call.cluster.release() < Release{3, 6}) return false;
  std::optional<ProducerIdAndEpoch> first;
  for (const Append& append : appends) {
    const auto producer = find_transactional_producer(append.asked);
    if (first && producer && *first != *producer) return true;
    if (producer) first = producer;
  }
  return false;
}

// The partitions of the request in their order. One that is named twice counts with what is said of
// it last (KafkaApis collects them in a map).
std::vector<Append> collect(CallContext& call, const ProduceRequest& request) {
  std::vector<Append> appends;
  for (const auto& topic : request.topic_data) {
    const Topic* const by_id =
        call.version >= kFirstVersionWithIds ? call.cluster.find_topic(topic.topic_id) : nullptr;
    const std::string name(by_id != nullptr ? by_id->name : topic.name);
    for (const auto& part : topic.partition_data) {
      std::erase_if(appends, [&](const Append& other) {
        return other.topic == name && other.asked.index == part.index;
      });
      auto& append = appends.emplace_back();
      append.topic = name;
      append.topic_id = topic.topic_id;
      append.asked = part;
      append.answer.index = part.index;
      if (call.version >= kFirstVersionWithIds && by_id == nullptr) {
        append.fail(call, ErrorCode::kUnknownTopicId);
      }
    }
  }
  return appends;
}

void start(CallContext& call, const ProduceRequest& request, Append& append,
           std::vector<protocol::NodeEndpoint>& endpoints) {
  if (append.answer.error_code != ErrorCode::kNone) return;
  if (request.acks < -1 || request.acks > 1) {
    return append.fail(call, ErrorCode::kInvalidRequiredAcks);
  }
  if (is_internal(append.topic)) return append.fail(call, ErrorCode::kInvalidTopicException);
  const auto found = look_up(call, append.topic, append.asked.index, -1);
  append.partition = found.partition;
  if (found.error == ErrorCode::kNone) return append.run(call, request);
  if (call.version >= kFirstVersionWithLeader) {
    tell_leader(call, found, append.answer.current_leader, endpoints);
  }
  append.fail(call, found.error);
}

// Waits until all in-sync replicas have what was appended. The reference is to what the caller
// owns.
net::Awaitable<void> wait_for_replicas(CallContext& call, std::vector<Append>& appends,
                                       TimePoint deadline) {
  net::Wakeup wakeup(call.node.runtime());
  for (Append& append : appends) {
    if (append.answer.error_code != ErrorCode::kNone) continue;
    const Partition::Waiter waiter(append.partition, wakeup);
    while (!append.is_settled(call)) {
      if (call.node.runtime().now() >= deadline) {
        append.answer.error_code = ErrorCode::kRequestTimedOut;
        break;
      }
      const bool runs = co_await call.node.wait(wakeup, deadline);
      if (!runs) co_return;
    }
  }
}

void answer(CallContext& call, const std::vector<Append>& appends, ProduceResponse& response) {
  for (const Append& append : appends) {
    const bool same = !response.responses.empty() && append.is_of(response.responses.back());
    auto& topic = same ? response.responses.back() : response.responses.emplace_back();
    topic.name = call.keep(append.topic);
    topic.topic_id = append.topic_id;
    topic.partition_responses.push_back(append.answer);
  }
}

}  // namespace

net::Awaitable<void> produce(CallContext& call, const ProduceRequest& request,
                             ProduceResponse& response) {
  if (call.version < kFirstVersion) {
    call.outcome = Outcome::kClose;
    co_return;
  }
  std::vector<Append> appends = collect(call, request);
  const bool unauthorized = !request.transactional_id && has_transactional_batch(request);
  const bool several = has_several_producers(call, appends);
  for (Append& append : appends) {
    if (several) append.fail(call, ErrorCode::kInvalidProducerIdMapping);
    if (unauthorized) append.fail(call, ErrorCode::kTransactionalIdAuthorizationFailed);
    start(call, request, append, response.node_endpoints);
  }
  if (request.acks == 0) {
    const bool failed = std::ranges::any_of(
        appends, [](const Append& append) { return append.answer.error_code != ErrorCode::kNone; });
    call.outcome = failed ? Outcome::kClose : Outcome::kSilence;
    co_return;
  }
  if (request.acks == -1) {
    const auto timeout = std::chrono::milliseconds(request.timeout_ms);
    co_await wait_for_replicas(call, appends, call.node.runtime().now() + timeout);
  }
  answer(call, appends, response);
  throttle(call, response.throttle_time_ms);
}

}  // namespace kmirror::broker
