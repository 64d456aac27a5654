// Compares the destination with the ledger as it grows, below the high watermarks: every record is
// one of the source's that was committed, with the same key, value, headers and time; in the order
// of the source, within a partition, or a key. Each mirror begins at or behind what was committed
// when it did, goes on from there without repeating or leaving out anything, and what a dead one
// had under way may come late. Positions that are committed lie behind nothing that is not there.
//
// Owned by the scenario; one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/cluster.h"
#include "protocol/messages/offset_commit.h"
#include "sim/ledger.h"
#include "sim/options.h"

namespace kmirror::sim {

class Checker {
 public:
  Checker(const Options& options, broker::Cluster& source, broker::Cluster& destination,
          Ledger& ledger);

  // To be called after every event; cheap where nothing is new.
  void look();

  // What the mirror commits at the source.
  void on_commit(const protocol::OffsetCommitRequest& request);

  // A mirror begins; producers that the destination makes from now on are its.
  void on_start() {
    ++starts_;
    committed_since_start_.clear();
  }
  int starts() const { return starts_; }
  // What is committed now it will not write again.
  void on_producer_id(std::int64_t producer_id);
  // A destination partition forgot batches of a producer. Those under way may be repeated; and
  // since brokers of 2.5 and later take any sequence then (KIP-360), one may overtake another that
  // was refused.
  void on_batches_forgotten(const net::TopicPartition& where, std::int64_t producer_id);
  // The mirror stopped as it was asked to, and says that it finished.
  void on_finished();

  // Empty, or what is wrong.
  const std::string& problem() const { return problem_; }

  std::int64_t repeated() const { return repeated_; }
  // Whether the source's group has a position at the end of every partition.
  bool all_is_committed() const;

  // What the source's group has for the mirror; -1 if nothing.
  std::int64_t committed_position(const net::TopicPartition& where) const;

 private:
  struct Watched {
    net::TopicPartition where;
    std::shared_ptr<broker::Partition> partition;
    std::int64_t checked = 0;
  };

  // What one producer, which is one shard of one mirror, wrote of records that have an order.
  struct Written {
    std::size_t last = 0;    // the number of the record that came last
    std::size_t losses = 0;  // that it was excused for
    int excuses = 0;         // of the last of them
  };

  // Records that have to stay in order: of a source partition, or of a key in it.
  struct Order {
    std::map<std::int64_t, Written> producers;
    std::map<int, std::int64_t> producer_of_start;  // a mirror has one for all of them
    std::optional<std::size_t> furthest;
    std::map<std::int64_t, std::size_t> overtook_at;  // a loss of a producer excuses it once
    std::set<std::size_t> overtaken;                  // that have still to come
  };

  struct Seen {
    const net::TopicPartition& where;
    RecordName name;
    std::string key;
    std::uint64_t hash = 0;
    std::int64_t offset = 0;
    std::int64_t producer_id = -1;
  };

  void watch_new_partitions();
  void check_batch(Watched& watched, const protocol::BatchView& batch);
  void check_record(const Seen& seen);
  void check_order(const Seen& seen);
  // Empty, or what is wrong with a producer's record at this place.
  std::string check_producer(Order& order, const Seen& seen, const LedgerPartition& partition,
                             bool was_overtaken);
  // How often batches of the producer had been forgotten when it wrote this.
  std::size_t losses_before(const Seen& seen) const;
  void check_payload(const Watched& watched, const protocol::BatchView& batch,
                     const RecordName& first);
  void on_position_back(const net::TopicPartition& where, std::int64_t position);
  bool is_where_its_key_belongs(const Seen& seen) const;
  // Which records belong between the last one and this.
  std::vector<std::size_t> left_out(const LedgerPartition& partition,
                                    std::optional<std::size_t> last, const Seen& seen) const;
  void fail(std::string problem);
  void fail(const Seen& seen, std::string_view what);

  const Options& options_;
  broker::Cluster& source_;
  broker::Cluster& destination_;
  Ledger& ledger_;
  std::vector<Watched> watched_;
  std::map<std::pair<net::TopicPartition, std::string>, Order> orders_;
  using Positions = std::map<net::TopicPartition, std::int64_t>;
  std::map<std::int64_t, Positions> committed_at_start_;  // by producer id
  std::map<std::int64_t, int> start_of_producer_;
  int starts_ = 0;
  // The ends that logs at the destination had when they forgot batches of a producer.
  std::map<std::pair<net::TopicPartition, std::int64_t>, std::vector<std::int64_t>> losses_;
  Positions committed_since_start_;  // the furthest
  std::int64_t repeated_ = 0;
  std::string problem_;
};

}  // namespace kmirror::sim
