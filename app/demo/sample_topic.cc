#include "app/demo/sample_topic.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <set>

#include "app/console/assignment.h"
#include "app/console/consumer.h"

namespace kmirror::app {

namespace {

constexpr auto kRoundTime = std::chrono::milliseconds(200);

constexpr const char* kPlaces[] = {"Accra", "Bergen", "Cusco", "Dakar", "Espoo", "Fukuoka"};

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  return Random(seed).split(text).next();
}

RecordPrint print_of(const RecordPlace& place, const protocol::RecordView& record) {
  RecordPrint print{.offset = place.offset};
  if (record.key) print.key_hash = hash_of(as_text(*record.key), 1);
  print.hash = hash_of(as_text(record.body), static_cast<std::uint64_t>(place.timestamp_ms));
  return print;
}

// A record's place among all of its key.
struct KeyHistory {
  std::int32_t partition = -1;
  std::vector<std::uint64_t> records;
};

std::map<std::uint64_t, KeyHistory> by_key(const TopicPrint& print, std::string& problem) {
  std::map<std::uint64_t, KeyHistory> keys;
  for (const auto& [partition, records] : print.partitions) {
    for (const RecordPrint& record : records) {
      KeyHistory& history = keys[record.key_hash];
      if (history.partition >= 0 && history.partition != partition) {
        problem = fmt::format("a key is in partition {} and in partition {}", history.partition,
                              partition);
      }
      history.partition = partition;
      history.records.push_back(record.hash);
    }
  }
  return keys;
}

}  // namespace

const SampleOrders::Order& SampleOrders::next() {
  const std::uint64_t customer = random_.below(customers_);
  order_.key = fmt::format("customer-{}", customer);
  order_.value = fmt::format(
      R"({{"order":{},"customer":{},"city":"{}","items":{},"cents":{},"token":"{:016x}{:016x}"}})",
      number_++, customer, kPlaces[random_.below(std::size(kPlaces))], 1 + random_.below(9),
      random_.below(100'000), random_.next(), random_.next());
  return order_;
}

net::Awaitable<net::Result<TopicPrint>> read_topic(net::Cluster& cluster, std::string topic,
                                                   std::int64_t records, TimePoint deadline) {
  TopicPrint print;
  Consumer consumer(cluster, {.topic = topic, .reset = net::OffsetSpec::kEarliest},
                    [&print](const RecordPlace& place, const protocol::RecordView& record) {
                      print.partitions[place.partition].push_back(print_of(place, record));
                      ++print.records;
                      return true;
                    });
  Assignment assignment{.topic = topic, .start = net::OffsetSpec::kEarliest};
  const net::Result<void> ready =
      co_await assign(cluster, std::move(assignment), deadline, consumer);
  if (!ready) co_return ready.error();
  // One round more than is needed finds what nobody wrote.
  for (bool more = true; more && cluster.runtime().now() < deadline;) {
    more = print.records < records;
    const net::Result<void> read = co_await consumer.round(kRoundTime);
    if (!read) co_return read.error();
  }
  co_return print;
}

std::string find_difference(const TopicPrint& source, const TopicPrint& copy) {
  for (const auto& [partition, records] : source.partitions) {
    const auto found = copy.partitions.find(partition);
    const std::size_t copied = found == copy.partitions.end() ? 0 : found->second.size();
    if (copied != records.size()) {
      return fmt::format("partition {} has {} records, its copy {}", partition, records.size(),
                         copied);
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (records[i] != found->second[i]) {
        return fmt::format("partition {} offset {}: the records differ", partition,
                           records[i].offset);
      }
    }
  }
  return {};
}

std::string find_difference_by_key(const TopicPrint& source, const TopicPrint& copy) {
  std::string problem;
  const auto wanted = by_key(source, problem);
  const auto found = by_key(copy, problem);
  if (!problem.empty()) return problem;
  if (wanted.size() != found.size()) {
    return fmt::format("there are {} keys, in the copy {}", wanted.size(), found.size());
  }
  for (const auto& [key, history] : wanted) {
    const auto copied = found.find(key);
    if (copied == found.end() || copied->second.records != history.records) {
      return fmt::format("the records of a key of partition {} differ", history.partition);
    }
  }
  return {};
}

std::size_t key_count(const TopicPrint& print) {
  std::set<std::uint64_t> keys;
  for (const auto& [partition, records] : print.partitions) {
    for (const RecordPrint& record : records) keys.insert(record.key_hash);
  }
  return keys.size();
}

}  // namespace kmirror::app
