// The demonstration's data: a topic of orders by customers, made from a seed, and what is read of
// such a topic afterwards, so that two copies can be compared record for record. One owner each, no
// locking.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "net/cluster.h"

namespace kmirror::app {

// Key and value of the next order.
class SampleOrders {
 public:
  SampleOrders(std::uint64_t seed, int customers) : random_(seed), customers_(customers) {}

  struct Order {
    std::string key;
    std::string value;
  };
  const Order& next();

 private:
  Random random_;
  int customers_;
  std::int64_t number_ = 0;
  Order order_;
};

// One record as it is compared: a hash of key, value, headers and timestamp.
struct RecordPrint {
  std::int64_t offset = 0;
  std::uint64_t hash = 0;
  std::uint64_t key_hash = 0;
  bool operator==(const RecordPrint&) const = default;
};

struct TopicPrint {
  std::map<std::int32_t, std::vector<RecordPrint>> partitions;
  std::int64_t records = 0;
};

// Reads a topic from its beginning: `records` records, and what there may be behind them; or what
// comes until the deadline.
net::Awaitable<net::Result<TopicPrint>> read_topic(net::Cluster& cluster, std::string topic,
                                                   std::int64_t records, TimePoint deadline);

// Empty if they are equal; else what differs first, in words. The same partitions have the same
// records at the same offsets.
std::string find_difference(const TopicPrint& source, const TopicPrint& copy);
// The same, where the copy has other partitions: each key has the same records in the same order,
// in one partition.
std::string find_difference_by_key(const TopicPrint& source, const TopicPrint& copy);

// How many different keys there are.
std::size_t key_count(const TopicPrint& print);

}  // namespace kmirror::app
