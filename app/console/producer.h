// Writes records to one topic for the console: gathers them in a batch a partition, and sends all
// batches when it is told to. Idempotent where the broker allows it; one request in flight, so that
// a request whose fate is unknown can simply be sent again.
//
// Used on the Cluster's executor by one coroutine; the Cluster outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "compression/codec.h"
#include "net/cluster.h"
#include "net/retry.h"
#include "protocol/messages/produce.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/header_patch.h"

namespace kmirror::app {

class Producer {
 public:
  Producer(net::Cluster& cluster, std::string topic, compression::Codec codec)
      : cluster_(cluster), topic_(std::move(topic)), codec_(codec) {}

  // Learns the topic's partitions and gets a producer id.
  net::Awaitable<net::Result<void>> start();

  // Whether flush() has to come before a record of this size, in bytes.
  bool is_full_for(std::size_t record_bytes) const;

  // A key decides the partition as in Java's client; records without one go to the same partition
  // until the next flush.
  void append(std::optional<std::string_view> key, std::string_view value);

  // Sends what was appended and waits until every batch is acknowledged or has failed for good,
  // which is reported on stderr with topic and partition.
  net::Awaitable<void> flush();

  // Records that were appended but not acknowledged.
  std::int64_t failed() const { return failed_; }

 private:
  using Answer = protocol::ProduceResponse::Partition;

  net::Awaitable<net::Result<void>> get_producer_id(net::Retry& retry);
  net::Awaitable<void> send(std::int32_t leader, std::vector<std::int32_t> partitions,
                            const net::Retry& retry);
  net::Awaitable<void> send_round(const net::Retry& retry);
  void finish_batches();
  void take(const Answer& answer, const std::string& peer);
  void use_sequence(std::int32_t partition);
  void give_up(std::int32_t partition, const net::Failure& failure);

  net::Cluster& cluster_;
  std::string topic_;
  compression::Codec codec_;
  std::int32_t partition_count_ = 0;
  std::int32_t sticky_ = 0;  // where records without a key go
  std::size_t gathered_bytes_ = 0;
  protocol::ProducerStamp stamp_;
  std::map<std::int32_t, protocol::BatchBuilder> builders_;
  std::map<std::int32_t, protocol::BuiltBatch> unsent_;  // or not acknowledged
  std::map<std::int32_t, std::int32_t> sequences_;       // the next one of each partition
  std::optional<net::Failure> failure_;                  // the first of a round
  std::int64_t failed_ = 0;
};

}  // namespace kmirror::app
