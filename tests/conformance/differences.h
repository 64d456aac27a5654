// Where the embedded cluster answers otherwise than Kafka, and why. Whatever does not stand here
// has to be the same, and what is meant so has to differ. Constants, no thread rules.
#pragma once

#include <string_view>

namespace kmirror::conformance {

struct Difference {
  std::string_view release;  // empty: all of them
  std::string_view group;
  std::string_view story;
  std::string_view reason;
};

// Nobody wants it so; it has not been mended yet.
inline constexpr std::string_view kOpen = "open";

inline constexpr Difference kDifferences[] = {
    {"", "admin", "a topic that was created again is another", kOpen},
    {"", "admin", "topics are deleted by name", kOpen},
    {"3.9", "connection", "what brokers offer in version 0", kOpen},
    {"3.9", "connection", "what brokers offer in version 3", kOpen},
    {"3.9", "connection", "what brokers offer in version 4", kOpen},
    {"", "fetch", "a broker that does not lead refuses with NOT_LEADER_OR_FOLLOWER", kOpen},
    {"", "fetch", "a client that poses as a replica is refused", kOpen},
    {"", "fetch", "a partition that does not exist", kOpen},
    {"", "fetch", "a partition that does not exist, by topic id", kOpen},
    {"", "fetch", "a topic id that does not exist is UNKNOWN_TOPIC_ID", kOpen},
    {"", "fetch", "a topic that does not exist", kOpen},
    {"3.9", "fetch", "versions 0 to 3 bring message sets", kOpen},
    {"3.9", "fetch", "zstd before version 10", kOpen},
    {"", "offsets", "-3 before version 7", kOpen},
    {"", "offsets", "-4 before version 8", kOpen},
    {"", "offsets", "-5 before version 9", kOpen},
    {"", "offsets", "-6 means nothing", kOpen},
    {"", "offsets", "a log that is empty", kOpen},
    {"", "offsets", "partitions that do not exist, and one twice", kOpen},
    {"", "offsets", "where an epoch ends in an empty log", kOpen},
    {"", "produce", "a batch larger than a segment is refused with RECORD_LIST_TOO_LARGE", kOpen},
    {"", "produce", "a batch length of 0 is refused", kOpen},
    {"", "produce", "a batch that is cut is refused", kOpen},
    {"", "produce", "a batch that is too large before it is built anew is refused", kOpen},
    {"", "produce", "a batch that is too large once it is built anew is refused", kOpen},
    {"", "produce", "a batch with a wrong CRC is refused with CORRUPT_MESSAGE", kOpen},
    {"", "produce", "a broker that does not lead refuses with NOT_LEADER_OR_FOLLOWER", kOpen},
    {"", "produce", "a codec that does not exist is refused", kOpen},
    {"", "produce", "bytes behind the batch that are no batch", kOpen},
    {"", "produce", "gzip that is damaged at its beginning is refused", kOpen},
    {"", "produce", "lz4 that is damaged at its beginning is refused", kOpen},
    {"", "produce", "lz4 with a wrong header checksum is refused", kOpen},
    {"", "produce", "magic 1 in a request of version 3 or later is refused", kOpen},
    {"", "produce", "magic 3 is refused", kOpen},
    {"", "produce", "more min.insync.replicas than there are replicas mean all of them", kOpen},
    {"", "produce", "no batch at all for a partition is refused", kOpen},
    {"", "produce", "partitions of one request have answers of their own", kOpen},
    {"", "produce", "snappy that is damaged at its beginning is refused", kOpen},
    {"", "produce", "the LogAppendTime bit of a client is cleared in a topic of CreateTime", kOpen},
    {"", "produce", "the LogAppendTime bit of a client is refused in a topic of LogAppendTime",
     kOpen},
    {"", "produce", "topics of Kafka's own are refused with INVALID_TOPIC_EXCEPTION", kOpen},
    {"", "produce", "two batches for one partition are refused", kOpen},
    {"3.9", "produce", "versions 0 to 2 take message sets", kOpen},
    {"", "produce", "zstd in version 6 is refused with UNSUPPORTED_COMPRESSION_TYPE", kOpen},
    {"", "produce", "zstd that is damaged at its beginning is refused", kOpen},
    {"", "sessions", "a session tells of a missing topic every time", kOpen},
};

}  // namespace kmirror::conformance
