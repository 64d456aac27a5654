// The transaction coordinators of a cluster: its transactional ids, and the markers that end their
// transactions in the partitions. There is one for all nodes; which of them answers for an id is
// Cluster::coordinator_of, so that a coordinator that moves forgets nothing.
//
// Owned by the Cluster; used on its executor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "broker/core/transaction.h"

namespace kmirror::broker {

class Cluster;

class Transactions {
 public:
  using ErrorCode = protocol::ErrorCode;

  explicit Transactions(Cluster& cluster) : cluster_(cluster) {}

  // By id, in order.
  const std::map<std::string, Transaction, std::less<>>& all() const { return all_; }
  const Transaction* find(std::string_view id) const;

  // See Transaction. An id that nobody has begun is INVALID_PRODUCER_ID_MAPPING.
  Transaction::Answer init(std::string_view id, Duration timeout,
                           const std::optional<ProducerIdAndEpoch>& expected);
  ErrorCode add(std::string_view id, const ProducerIdAndEpoch& producer,
                const Transaction::Partitions& partitions, Transaction::Version version);
  ErrorCode verify(std::string_view id, const ProducerIdAndEpoch& producer,
                   const net::TopicPartition& partition) const;
  Transaction::Answer end(std::string_view id, const ProducerIdAndEpoch& producer, bool commit,
                          Transaction::Version version);

  // Before TxnOffsetCommit: the group's offsets belong to the transaction, as `version` 2 adds them
  // by the way.
  ErrorCode add_or_verify_group(std::string_view id, const ProducerIdAndEpoch& producer,
                                std::string_view group, Transaction::Version version);

  // Where Kafka keeps the offsets of a group; in a transaction it stands for the group.
  static net::TopicPartition partition_of_group(std::string_view group);

  TimePoint next_deadline() const;
  void on_time(TimePoint now);

 private:
  void start_markers(const std::string& id);
  void write_markers(const std::string& id);
  bool write_marker(const Transaction& transaction, const net::TopicPartition& where);

  Cluster& cluster_;
  std::map<std::string, Transaction, std::less<>> all_;
  std::map<std::string, TimePoint, std::less<>> markers_due_;  // of transactions that are ending
};

}  // namespace kmirror::broker
