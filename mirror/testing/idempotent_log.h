// For tests: what a broker remembers of one idempotent producer in one partition, and what it
// answers to its batches (Kafka's ProducerStateManager and ProducerAppendInfo).
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

#include "protocol/error_code.h"
#include "protocol/records/batch_view.h"

namespace kmirror::mirror {

// How brokers of different ages differ.
struct BrokerRules {
  std::size_t remembered = 5;
  bool takes_unknown = true;  // any first sequence of a producer it does not know (KIP-360)
  int in_flight_max = 5;
};

class IdempotentLog {
 public:
  using ErrorCode = protocol::ErrorCode;

  struct Stamp {
    std::int16_t epoch = 0;
    std::int32_t sequence = 0;
    std::int32_t records = 0;
  };

  static Stamp stamp_of(const protocol::BatchView& batch) {
    return {batch.producer_epoch(), batch.base_sequence(), batch.record_count()};
  }

  explicit IdempotentLog(BrokerRules rules = {}) : rules_(rules) {}

  ErrorCode produce(Stamp batch);

  void forget() { known_ = false; }

  // What is known after a start is what a snapshot tells: the last batch.
  void restart() {
    while (recent_.size() > 1) recent_.pop_front();
  }

  // How many batches were new, and were taken.
  std::size_t appended() const { return appended_; }

 private:
  BrokerRules rules_;
  bool known_ = false;
  std::int16_t epoch_ = 0;
  std::deque<std::pair<std::int32_t, std::int32_t>> recent_;  // first and last sequences
  std::size_t appended_ = 0;
};

}  // namespace kmirror::mirror
