// Writes to the source: batches of records whose values say where they are, at random moments, to
// topics that are there from the start, appear and grow. Appends go straight into the logs, as by a
// producer that never fails. Owned by the scenario; one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "broker/cluster.h"
#include "sim/ledger.h"
#include "sim/options.h"

namespace kmirror::sim {

class Workload {
 public:
  Workload(const Options& options, Random random, broker::Cluster& source,
           broker::Cluster& destination, Ledger& ledger);

  // What there is from the start.
  void create_topics();

  // Does something: writes a batch, mostly.
  void act();

  // Writes what is left, and ends open transactions.
  void finish();

 private:
  struct Producer {
    std::int64_t id = -1;
    std::int32_t sequence = 0;
  };
  struct Transaction {
    net::TopicPartition where;
    std::vector<std::size_t> records;
  };

  void create_topic();
  void grow_topic();
  void write_batch();
  // The partition's records, without what the source has lost.
  LedgerPartition& records_of(const net::TopicPartition& where, const broker::Partition& partition);
  Buffer make_batch(const net::TopicPartition& where, LedgerPartition& partition,
                    std::int64_t base_offset, Transaction* transaction);
  // Makes the batch one of a producer with an id.
  void stamp(Buffer& batch, Producer& producer, bool transactional);
  void end_transaction();
  net::TopicPartition any_partition();

  const Options& options_;
  Random random_;
  broker::Cluster& source_;
  broker::Cluster& destination_;
  Ledger& ledger_;
  int topics_ = 0;
  int batches_left_;
  std::map<net::TopicPartition, Transaction> transactions_;  // that are open
  // A partition has one for all transactions, and one without: what a producer aborts must not
  // take along what it commits.
  std::map<net::TopicPartition, Producer> transactional_;
  std::map<net::TopicPartition, Producer> idempotent_;
};

// As the ledger has it.
std::uint64_t hash_of_record(ConstBytes body, std::int64_t timestamp_ms);

}  // namespace kmirror::sim
