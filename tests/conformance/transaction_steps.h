// Steps of stories about transactions. Each is written down; where an answer is
// CONCURRENT_TRANSACTIONS because the one before is still ending, it is asked again.
#pragma once

#include <string>
#include <vector>

#include "conformance/steps.h"

namespace kmirror::conformance {

struct Transactional {
  std::string id;
  To coordinator;
  Producer producer;
};

struct InitOptions {
  std::int16_t version = 4;
  std::int32_t timeout_ms = 60'000;
  Producer expected;  // what the broker compares, KIP-360
};

// A transactional id that is new, with its first producer id and epoch.
Awaitable<Transactional> begin(Story& story, std::string_view name = "x");
Awaitable<Producer> init(Story& story, const Transactional& owner, InitOptions options = {});

// AddPartitionsToTxn of partition 0. `as` is what is sent.
Awaitable<void> add(Story& story, const Transactional& as, const Topic& topic,
                    std::int32_t partition = 0);
Awaitable<void> add_offsets(Story& story, const Transactional& as, std::string_view group);

// EndTxn. Returns the producer for what follows, which is another one from version 5 on.
Awaitable<Producer> end(Story& story, const Transactional& as, bool committed,
                        std::int16_t version = 4);

// A transactional batch, with the transactional id.
Awaitable<void> produce_in(Story& story, const Transactional& as, const Topic& topic,
                           std::int32_t sequence, int count, std::int16_t version = 9);

struct TxnCommitOptions {
  std::int16_t version = 3;
  std::int32_t generation = -1;
  std::string_view member;
  std::string_view metadata;
};
Awaitable<void> commit_in(Story& story, const Transactional& as, std::string_view group,
                          std::string_view topic, std::int64_t offset,
                          TxnCommitOptions options = {});

// OffsetFetch of partition 0.
Awaitable<void> committed(Story& story, std::string_view group, std::string_view topic,
                          bool require_stable = false);
// Waits until there is no pending offset. Not written down.
Awaitable<void> until_stable(Story& story, std::string_view group, std::string_view topic);

}  // namespace kmirror::conformance
