// The transactions of one transactional id as their coordinator keeps them: who the producer is,
// which partitions take part, and how far a transaction has come to its end. Sources: Kafka's
// TransactionMetadata and TransactionCoordinator, KIP-98, KIP-360 and KIP-890.
//
// Left out: the log that coordinators keep, so that every change is final at once, and the
// forgetting of ids that nobody uses.
//
// Owned by Transactions; no thread rules of its own. Time is an argument.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string_view>

#include "base/time.h"
#include "net/topic_partition.h"
#include "protocol/error_code.h"

namespace kmirror::broker {

struct ProducerIdAndEpoch {
  std::int64_t id = -1;
  std::int16_t epoch = -1;
  bool operator==(const ProducerIdAndEpoch&) const = default;
};

class Transaction {
 public:
  using ErrorCode = protocol::ErrorCode;
  using Partitions = std::set<net::TopicPartition>;
  using NewProducerId = std::function<std::int64_t()>;

  enum class State : std::uint8_t {
    kEmpty,
    kOngoing,
    kPrepareCommit,
    kPrepareAbort,
    kCompleteCommit,
    kCompleteAbort,
  };

  // Transactions of KIP-890, whose epoch goes up with each of them, or those before.
  enum class Version : std::uint8_t { k1, k2 };

  struct Answer {
    ErrorCode error = ErrorCode::kNone;
    ProducerIdAndEpoch producer;  // where there is no error
  };

  // `brokers` is the version of those transactions that brokers abort.
  Transaction(NewProducerId new_producer_id, Version brokers);

  State state() const { return state_; }
  const ProducerIdAndEpoch& producer() const { return producer_; }
  const Partitions& partitions() const { return partitions_; }
  Duration timeout() const { return timeout_; }
  std::optional<TimePoint> started_at() const { return started_at_; }

  // InitProducerId. An open transaction is aborted first, and its producer fenced: the client has
  // to ask again. `expected` is what the client had, if it wants to go on with it (KIP-360).
  Answer on_init(Duration timeout, const std::optional<ProducerIdAndEpoch>& expected);

  // Partitions that the producer is going to write to; the first ones open a transaction.
  ErrorCode on_add(const ProducerIdAndEpoch& producer, const Partitions& added, Version version,
                   TimePoint now);

  // Whether the producer has added the partition to the transaction that is open.
  ErrorCode verify(const ProducerIdAndEpoch& producer, const net::TopicPartition& partition) const;

  // EndTxn. Tells the producer of the next transaction.
  Answer on_end(const ProducerIdAndEpoch& producer, bool commit, Version version);

  // While the end is decided and markers are to be written: to all that is left of partitions(),
  // by producer(). With the last one the transaction is over.
  bool is_ending() const {
    return state_ == State::kPrepareCommit || state_ == State::kPrepareAbort;
  }
  bool is_committed() const { return state_ == State::kPrepareCommit; }
  void on_marker(const net::TopicPartition& partition);
  void on_all_markers();

  // Aborts a transaction that takes longer than its timeout, and fences its producer.
  TimePoint next_deadline() const;
  void on_time(TimePoint now);

 private:
  bool is_known(const ProducerIdAndEpoch& producer) const;
  bool is_exhausted() const;
  ErrorCode raise_epoch(const std::optional<ProducerIdAndEpoch>& expected);
  ErrorCode check(const ProducerIdAndEpoch& producer) const;
  bool repeats_end(const ProducerIdAndEpoch& producer) const;
  Answer begin_end(bool commit, Version version);
  void fence_and_abort();

  NewProducerId new_producer_id_;
  Version brokers_;
  Version version_ = Version::k1;  // of the transaction that is open, or was the last
  State state_ = State::kEmpty;
  ProducerIdAndEpoch producer_;
  std::int64_t previous_id_ = -1;
  std::int16_t previous_epoch_ = -1;
  std::int64_t next_id_ = -1;  // from the end of this transaction on, where the epochs are used up
  Duration timeout_{};
  Partitions partitions_;
  std::optional<TimePoint> started_at_;
};

// Kafka's name, "PrepareCommit".
std::string_view state_name(Transaction::State state);

}  // namespace kmirror::broker
