// What a broker does with the records of one partition in a Produce request before they go into the
// log: checks, and what it changes. Sources: Kafka's ProduceRequest.validateRecords,
// UnifiedLog.analyzeAndValidateRecords and LogValidator. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "broker/release.h"
#include "broker/topic_config.h"
#include "protocol/error_code.h"

namespace kmirror::broker {

struct AcceptedBatch {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  std::string reason;                     // for people, where there is an error
  std::vector<std::int32_t> bad_records;  // which ones, where records are to blame
  // What is refused before a log looks at it, and where a log says no more than that it was (the
  // exceptions that ReplicaManager expects), has no log start in its answer.
  bool has_log_start = true;
  Buffer batch;  // as it is stored but for offset and leader epoch
};

struct ProduceRules {
  const TopicConfig::Values& topic;
  Release release;
  std::int16_t produce_version = 0;
  std::int64_t now_ms = 0;
};

// In the order in which Kafka checks.
AcceptedBatch accept_batch(ConstBytes records, const ProduceRules& rules);

}  // namespace kmirror::broker
