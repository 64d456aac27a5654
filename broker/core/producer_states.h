// What a partition remembers of the producers that write to it: epochs, the newest sequences, open
// transactions. It decides whether a batch is next in line, a repetition, or out of order.
// Sources: Kafka's ProducerStateManager, ProducerAppendInfo and ProducerStateEntry.
//
// Owned by a Log; no thread rules of its own. Time is an argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "protocol/error_code.h"
#include "protocol/records/batch_view.h"

namespace kmirror::broker {

// What brokers say to the first batch of a producer that the partition does not know, if its
// sequence is not 0.
enum class UnknownProducer : std::uint8_t {
  kOutOfOrder,  // 0.11
  kUnknown,     // 1.0 to 2.4: UNKNOWN_PRODUCER_ID
  kAccepted,    // 2.5 on (KIP-360)
};

struct ProducerRules {
  std::size_t remembered_batches = 5;  // 1 in 0.11 (KAFKA-5494)
  UnknownProducer unknown = UnknownProducer::kAccepted;
};

class ProducerStates {
 public:
  using ErrorCode = protocol::ErrorCode;

  struct Batch {
    std::int32_t first_sequence = -1;
    std::int32_t last_sequence = -1;
    std::int64_t first_offset = -1;
    std::int64_t timestamp_ms = -1;
  };

  struct State {
    std::int16_t epoch = -1;
    std::deque<Batch> batches;            // the newest last
    std::int64_t last_timestamp_ms = -1;  // of its newest batch or marker, as records tell time
    std::int32_t coordinator_epoch = -1;
    std::optional<std::int64_t> transaction_first_offset;
  };

  struct Verdict {
    ErrorCode error = ErrorCode::kNone;
    std::optional<Batch> duplicate_of;  // then nothing is to be appended
  };

  explicit ProducerStates(ProducerRules rules) : rules_(rules) {}

  const ProducerRules& rules() const { return rules_; }

  // For a batch with a producer id, as it was sent. With `is_new_protocol` a transactional producer
  // that is unknown has to begin at sequence 0 (KIP-890).
  Verdict check(const protocol::BatchView& batch, bool is_new_protocol) const;

  // Takes note of a batch at its place in the log; one without a producer is no news.
  void on_append(const protocol::BatchView& batch);

  // Takes note of the marker that ends a transaction, and returns where that began, if it was open.
  std::optional<std::int64_t> on_marker(const protocol::BatchView& marker,
                                        std::int32_t coordinator_epoch);

  // Forgets producers whose newest record is as old as that, whenever it came; those in a
  // transaction stay.
  void expire(std::int64_t newest_ms_until);

  // What a broker knows that has just read its snapshots: one batch a producer.
  void keep_last_batches();

  // Knows of these producers what `other` does.
  void replace(const std::set<std::int64_t>& ids, const ProducerStates& other);

  const std::map<std::int64_t, State>& all() const { return states_; }
  const State* find(std::int64_t producer_id) const;

 private:
  ErrorCode check_epoch_and_sequence(const protocol::BatchView& batch, const State* state,
                                     bool is_new_protocol) const;

  ProducerRules rules_;
  std::map<std::int64_t, State> states_;
};

// The sequence after `sequence` and `count` more; they wrap to 0 behind 2^31 - 1.
std::int32_t advance_sequence(std::int32_t sequence, std::int32_t count);

}  // namespace kmirror::broker
