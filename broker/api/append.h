// What a Produce request wants of one partition, and what becomes of it. Owned by the request's
// handler; used on the cluster's executor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "broker/cluster.h"
#include "broker/core/transaction.h"
#include "protocol/messages/produce.h"

namespace kmirror::broker {

// Of the first transactional batch that is sent to a partition.
std::optional<ProducerIdAndEpoch> find_transactional_producer(
    const protocol::ProduceRequest::Partition& asked);

struct Append {
  std::string topic;
  protocol::Uuid topic_id;
  protocol::ProduceRequest::Partition asked;
  protocol::ProduceResponse::Partition answer;
  std::shared_ptr<Partition> partition;

  // Puts the batch into the log, unless it is refused, or was there before.
  void run(CallContext& call, const protocol::ProduceRequest& request);

  void fail(CallContext& call, protocol::ErrorCode error, std::string reason = {});

  // Whether there is nothing left to wait for: the replicas have it, or never will.
  bool is_settled(CallContext& call);

  bool is_of(const protocol::ProduceResponse::Topic& response) const {
    return response.name == topic && response.topic_id == topic_id;
  }

 private:
  // Whether the coordinator knows of the transaction that the batch is part of (KIP-890).
  protocol::ErrorCode verify(CallContext& call, const protocol::ProduceRequest& request);

  std::int32_t leader_epoch_ = -1;
  std::int64_t end_offset_ = -1;  // what has to be replicated
};

}  // namespace kmirror::broker
