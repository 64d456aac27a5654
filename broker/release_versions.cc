// The versions of the APIs that each release of Kafka offers, from 0.11 on, as the client library
// of that release knows them. A row says what changed in a release; unstable versions are none.
#include <algorithm>
#include <array>

#include "broker/api_table.h"
#include "broker/release.h"

namespace kmirror::broker {

using protocol::VersionRange;

namespace {

struct Change {
  std::int16_t key;
  Release since;
  VersionRange versions;
};

constexpr std::int16_t kProduce = 0;
constexpr std::int16_t kFetch = 1;

// By key, and then by release.
constexpr auto kChanges = std::to_array<Change>({
    // Produce
    {0, {0, 11}, {0, 3}},
    {0, {1, 0}, {0, 5}},
    {0, {2, 0}, {0, 6}},
    {0, {2, 1}, {0, 7}},
    {0, {2, 4}, {0, 8}},
    {0, {2, 8}, {0, 9}},
    {0, {3, 7}, {0, 10}},
    {0, {3, 8}, {0, 11}},
    {0, {4, 0}, {3, 12}},
    {0, {4, 1}, {3, 13}},
    // Fetch
    {1, {0, 11}, {0, 5}},
    {1, {1, 0}, {0, 6}},
    {1, {1, 1}, {0, 7}},
    {1, {2, 0}, {0, 8}},
    {1, {2, 1}, {0, 10}},
    {1, {2, 3}, {0, 11}},
    {1, {2, 7}, {0, 12}},
    {1, {3, 1}, {0, 13}},
    {1, {3, 5}, {0, 15}},
    {1, {3, 7}, {0, 16}},
    {1, {3, 9}, {0, 17}},
    {1, {4, 0}, {4, 17}},
    {1, {4, 1}, {4, 18}},
    // ListOffsets
    {2, {0, 11}, {0, 2}},
    {2, {2, 0}, {0, 3}},
    {2, {2, 1}, {0, 4}},
    {2, {2, 2}, {0, 5}},
    {2, {2, 8}, {0, 6}},
    {2, {3, 0}, {0, 7}},
    {2, {3, 5}, {0, 8}},
    {2, {3, 9}, {0, 9}},
    {2, {4, 0}, {1, 10}},
    // Metadata
    {3, {0, 11}, {0, 4}},
    {3, {1, 0}, {0, 5}},
    {3, {2, 0}, {0, 6}},
    {3, {2, 1}, {0, 7}},
    {3, {2, 3}, {0, 8}},
    {3, {2, 4}, {0, 9}},
    {3, {2, 8}, {0, 11}},
    {3, {3, 1}, {0, 12}},
    {3, {4, 0}, {0, 13}},
    // OffsetCommit
    {8, {0, 11}, {0, 3}},
    {8, {2, 0}, {0, 4}},
    {8, {2, 1}, {0, 6}},
    {8, {2, 3}, {0, 7}},
    {8, {2, 4}, {0, 8}},
    {8, {3, 7}, {0, 9}},
    {8, {4, 0}, {2, 9}},
    // OffsetFetch
    {9, {0, 11}, {0, 3}},
    {9, {2, 0}, {0, 4}},
    {9, {2, 1}, {0, 5}},
    {9, {2, 4}, {0, 6}},
    {9, {2, 5}, {0, 7}},
    {9, {3, 0}, {0, 8}},
    {9, {3, 7}, {0, 9}},
    {9, {4, 0}, {1, 9}},
    // FindCoordinator
    {10, {0, 11}, {0, 1}},
    {10, {2, 0}, {0, 2}},
    {10, {2, 4}, {0, 3}},
    {10, {3, 0}, {0, 4}},
    {10, {3, 8}, {0, 5}},
    {10, {3, 9}, {0, 6}},
    // JoinGroup
    {11, {0, 11}, {0, 2}},
    {11, {2, 0}, {0, 3}},
    {11, {2, 2}, {0, 4}},
    {11, {2, 3}, {0, 5}},
    {11, {2, 4}, {0, 6}},
    {11, {2, 5}, {0, 7}},
    {11, {3, 2}, {0, 9}},
    {11, {4, 0}, {2, 9}},
    {11, {4, 1}, {0, 9}},
    // Heartbeat
    {12, {0, 11}, {0, 1}},
    {12, {2, 0}, {0, 2}},
    {12, {2, 3}, {0, 3}},
    {12, {2, 4}, {0, 4}},
    // LeaveGroup
    {13, {0, 11}, {0, 1}},
    {13, {2, 0}, {0, 2}},
    {13, {2, 4}, {0, 4}},
    {13, {3, 2}, {0, 5}},
    // SyncGroup
    {14, {0, 11}, {0, 1}},
    {14, {2, 0}, {0, 2}},
    {14, {2, 3}, {0, 3}},
    {14, {2, 4}, {0, 4}},
    {14, {2, 5}, {0, 5}},
    // DescribeGroups
    {15, {0, 11}, {0, 1}},
    {15, {2, 0}, {0, 2}},
    {15, {2, 3}, {0, 3}},
    {15, {2, 4}, {0, 5}},
    {15, {4, 0}, {0, 6}},
    // ListGroups
    {16, {0, 11}, {0, 1}},
    {16, {2, 0}, {0, 2}},
    {16, {2, 4}, {0, 3}},
    {16, {2, 6}, {0, 4}},
    {16, {3, 8}, {0, 5}},
    // ApiVersions
    {18, {0, 11}, {0, 1}},
    {18, {2, 0}, {0, 2}},
    {18, {2, 4}, {0, 3}},
    {18, {3, 9}, {0, 4}},
    // CreateTopics
    {19, {0, 11}, {0, 2}},
    {19, {2, 0}, {0, 3}},
    {19, {2, 4}, {0, 5}},
    {19, {2, 7}, {0, 6}},
    {19, {2, 8}, {0, 7}},
    {19, {4, 0}, {2, 7}},
    // DeleteTopics
    {20, {0, 11}, {0, 1}},
    {20, {2, 0}, {0, 2}},
    {20, {2, 1}, {0, 3}},
    {20, {2, 4}, {0, 4}},
    {20, {2, 7}, {0, 5}},
    {20, {2, 8}, {0, 6}},
    {20, {4, 0}, {1, 6}},
    // DeleteRecords
    {21, {0, 11}, {0, 0}},
    {21, {2, 0}, {0, 1}},
    {21, {2, 6}, {0, 2}},
    // InitProducerId
    {22, {0, 11}, {0, 0}},
    {22, {2, 0}, {0, 1}},
    {22, {2, 4}, {0, 2}},
    {22, {2, 5}, {0, 3}},
    {22, {2, 7}, {0, 4}},
    {22, {3, 8}, {0, 5}},
    // OffsetForLeaderEpoch
    {23, {0, 11}, {0, 0}},
    {23, {2, 0}, {0, 1}},
    {23, {2, 1}, {0, 2}},
    {23, {2, 3}, {0, 3}},
    {23, {2, 8}, {0, 4}},
    {23, {4, 0}, {2, 4}},
    // AddPartitionsToTxn
    {24, {0, 11}, {0, 0}},
    {24, {2, 0}, {0, 1}},
    {24, {2, 7}, {0, 2}},
    {24, {2, 8}, {0, 3}},
    {24, {3, 6}, {0, 4}},
    {24, {3, 8}, {0, 5}},
    // AddOffsetsToTxn
    {25, {0, 11}, {0, 0}},
    {25, {2, 0}, {0, 1}},
    {25, {2, 7}, {0, 2}},
    {25, {2, 8}, {0, 3}},
    {25, {3, 8}, {0, 4}},
    // EndTxn
    {26, {0, 11}, {0, 0}},
    {26, {2, 0}, {0, 1}},
    {26, {2, 7}, {0, 2}},
    {26, {2, 8}, {0, 3}},
    {26, {3, 8}, {0, 4}},
    {26, {4, 0}, {0, 5}},
    // TxnOffsetCommit
    {28, {0, 11}, {0, 0}},
    {28, {2, 0}, {0, 1}},
    {28, {2, 1}, {0, 2}},
    {28, {2, 5}, {0, 3}},
    {28, {3, 8}, {0, 4}},
    {28, {4, 0}, {0, 5}},
    // DescribeConfigs
    {32, {0, 11}, {0, 0}},
    {32, {1, 1}, {0, 1}},
    {32, {2, 0}, {0, 2}},
    {32, {2, 6}, {0, 3}},
    {32, {2, 8}, {0, 4}},
    {32, {4, 0}, {1, 4}},
    // AlterConfigs
    {33, {0, 11}, {0, 0}},
    {33, {2, 0}, {0, 1}},
    {33, {2, 8}, {0, 2}},
    // CreatePartitions
    {37, {1, 0}, {0, 0}},
    {37, {2, 0}, {0, 1}},
    {37, {2, 5}, {0, 2}},
    {37, {2, 7}, {0, 3}},
    // DeleteGroups
    {42, {1, 1}, {0, 0}},
    {42, {2, 0}, {0, 1}},
    {42, {2, 4}, {0, 2}},
    // IncrementalAlterConfigs
    {44, {2, 3}, {0, 0}},
    {44, {2, 4}, {0, 1}},
    // OffsetDelete
    {47, {2, 4}, {0, 0}},
    // DescribeCluster
    {60, {2, 8}, {0, 0}},
    {60, {3, 7}, {0, 1}},
    {60, {4, 0}, {0, 2}},
    // DescribeProducers
    {61, {2, 8}, {0, 0}},
    // DescribeTransactions
    {65, {3, 0}, {0, 0}},
    // ListTransactions
    {66, {3, 0}, {0, 0}},
    {66, {3, 8}, {0, 1}},
    {66, {4, 1}, {0, 2}},
    // DescribeTopicPartitions
    {75, {3, 8}, {0, 0}},
});

std::optional<VersionRange> versions_in(const Release& release, std::int16_t key) {
  std::optional<VersionRange> versions;
  for (const Change& change : kChanges) {
    if (change.key == key && change.since <= release) versions = change.versions;
  }
  return versions;
}

// What the handlers leave out: record formats 0 and 1, and with them these versions. Brokers from
// 4.0 on say that they take Produce from 0 on, for the sake of librdkafka, and then do not
// (KAFKA-18659).
void leave_out_old_formats(std::map<std::int16_t, VersionRange>& offered, const Release& release) {
  constexpr std::int16_t kFirstProduce = 3;
  constexpr std::int16_t kFirstFetch = 4;
  offered.at(kProduce).min = release >= Release{4, 0} ? std::int16_t{0} : kFirstProduce;
  offered.at(kFetch).min = kFirstFetch;
}

}  // namespace

std::map<std::int16_t, VersionRange> offered_versions(const Release& release) {
  std::map<std::int16_t, VersionRange> offered;
  for (const ApiEntry& entry : api_entries()) {
    const protocol::Api& api = entry.request->api;
    const auto versions = versions_in(release, api.key);
    if (!versions) continue;
    offered[api.key] = {std::max(versions->min, api.known().min),
                        std::min(versions->max, api.known().max)};
  }
  leave_out_old_formats(offered, release);
  return offered;
}

}  // namespace kmirror::broker
