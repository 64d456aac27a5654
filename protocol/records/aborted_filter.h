// Which batches of a Fetch response a reader gets to see. One object for each response and
// partition; it carries nothing over, because the broker's list is complete for its response.
// Decisions are made from batch headers alone, and the key of control records. Source: Kafka's
// CompletedFetch. One owner, no locking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "protocol/records/batch_view.h"

namespace kmirror::protocol {

struct AbortedTransaction {
  std::int64_t producer_id = -1;
  std::int64_t first_offset = 0;
};

class AbortedFilter {
 public:
  enum class Verdict : std::uint8_t {
    kKeep,
    kDropControl,  // a marker
    kDropAborted,  // data of an aborted transaction
    kMalformed,    // a marker that cannot be read
  };

  // The response's aborted_transactions in any order; empty when reading uncommitted data, and then
  // only markers are dropped.
  explicit AbortedFilter(std::vector<AbortedTransaction> aborted);

  // Takes every whole batch of the response, in order; never a partial one.
  Verdict judge(const BatchView& batch);

 private:
  std::vector<AbortedTransaction> aborted_;  // by first offset
  std::size_t begun_ = 0;                    // how many of them began at or before this batch
  std::unordered_set<std::int64_t> open_;    // producers within an aborted transaction
};

}  // namespace kmirror::protocol
