// Fills a topic that is there with records for a bench, as fast as its brokers take them: the same
// ones in each run, in batches of a size that is asked for. Prints what it wrote as a line of JSON.
// Not idempotent, so a lost connection ends it.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/console/broker_flags.h"
#include "app/console/console_flags.h"
#include "app/console/session.h"
#include "app/flags.h"
#include "bench/batch_pool.h"
#include "net/cluster.h"
#include "net/retry.h"
#include "net/task_group.h"
#include "protocol/messages/produce.h"
#include "protocol/records/partitioner.h"

namespace kmirror::bench {
namespace {

using net::Awaitable;
using protocol::ErrorCode;

constexpr std::chrono::minutes kPatience{5};  // with a broker that is making a thousand partitions
constexpr int kSenders = 4;                   // requests under way to a broker
constexpr std::size_t kRequestBytes = 1 << 20;  // of batches
constexpr std::size_t kPoolBytes = 64 << 20;    // of all partitions
constexpr std::size_t kPoolBatches = 32;        // of a partition, at most
constexpr std::int16_t kLastByName = 12;        // Produce version; later ones name topics by id

struct Work {
  std::string topic;
  std::int64_t records = 0;
  std::int32_t keys = 0;
  PoolSettings pool;
};

struct Filling {
  std::int32_t partition;
  std::unique_ptr<BatchPool> pool;
  std::int64_t left;  // records
};

class Filler {
 public:
  Filler(net::Cluster& cluster, const Work& work) : cluster_(cluster), work_(work) {}

  // The reason why it failed, or nothing.
  Awaitable<std::optional<std::string>> run();
  std::int64_t bytes() const { return bytes_; }

 private:
  using Batches = std::map<std::int32_t, std::shared_ptr<const PooledBatch>>;

  void prepare(const std::vector<net::PartitionInfo>& partitions);
  Awaitable<void> send_loop(std::int32_t leader);
  Awaitable<void> send(std::int32_t leader, Batches batches);
  Awaitable<net::Result<void>> send_once(std::int32_t leader, Batches& batches);
  Batches next_batches(std::vector<Filling>& fillings);

  net::Cluster& cluster_;
  const Work& work_;
  std::map<std::int32_t, std::vector<Filling>> fillings_;  // by leader
  std::map<std::int32_t, std::size_t> turns_;              // which of a leader's is next
  std::optional<std::string> problem_;
  std::int64_t bytes_ = 0;
};

std::vector<std::vector<std::string>> keys_of(std::int32_t count, std::int32_t partitions) {
  std::vector<std::vector<std::string>> found(partitions);
  for (std::int32_t i = 0; i < count; ++i) {
    std::string key = fmt::format("customer-{}", i);
    const std::int32_t partition = protocol::partition_for_key(as_bytes(key), partitions);
    found[partition].push_back(std::move(key));
  }
  return found;
}

void Filler::prepare(const std::vector<net::PartitionInfo>& partitions) {
  const auto count = static_cast<std::int32_t>(partitions.size());
  auto keys = keys_of(work_.keys, count);
  const std::size_t batches =
      std::clamp(kPoolBytes / (count * work_.pool.batch_bytes), std::size_t{1}, kPoolBatches);
  for (std::int32_t i = 0; i < count; ++i) {
    const std::int64_t share = work_.records / count + (i < work_.records % count ? 1 : 0);
    auto pool = std::make_unique<BatchPool>(work_.pool, std::move(keys[i]), i + 1, batches);
    fillings_[partitions[i].leader].push_back(
        {.partition = i, .pool = std::move(pool), .left = share});
  }
}

Awaitable<std::optional<std::string>> Filler::run() {
  cluster_.track(work_.topic);
  const auto refreshed = co_await cluster_.refresh();
  if (!refreshed) co_return refreshed.error().text;
  const auto topic = cluster_.metadata().topics.find(work_.topic);
  if (topic == cluster_.metadata().topics.end() || topic->second.partitions.empty()) {
    co_return fmt::format("topic `{}` does not exist", work_.topic);
  }
  prepare(topic->second.partitions);
  net::TaskGroup senders(cluster_.runtime());
  for (const auto& [leader, fillings] : fillings_) {
    for (int i = 0; i < kSenders; ++i) senders.spawn(send_loop(leader));
  }
  co_await senders.join();
  co_return problem_;
}

Awaitable<void> Filler::send_loop(std::int32_t leader) {
  while (!problem_) {
    Batches batches = next_batches(fillings_.at(leader));
    if (batches.empty()) co_return;
    co_await send(leader, std::move(batches));
  }
}

// A batch of each partition that wants more, until a request is full.
Filler::Batches Filler::next_batches(std::vector<Filling>& fillings) {
  Batches batches;
  std::size_t size = 0;
  std::size_t& turn = turns_[fillings.front().partition];
  for (std::size_t i = 0; i < fillings.size() && size < kRequestBytes; ++i) {
    Filling& filling = fillings[turn++ % fillings.size()];
    if (filling.left == 0) continue;
    auto batch = filling.pool->next(filling.left);
    filling.left -= batch->records;
    size += batch->bytes.size();
    bytes_ += static_cast<std::int64_t>(batch->bytes.size());
    batches.emplace(filling.partition, std::move(batch));
  }
  return batches;
}

Awaitable<void> Filler::send(std::int32_t leader, Batches batches) {
  net::Retry retry(cluster_);
  while (!batches.empty()) {
    const net::Result<void> sent = co_await send_once(leader, batches);
    if (sent) continue;
    // What a lost connection carried may have been written.
    bool again = sent.error().kind == net::FailureKind::kBroker;
    if (again) again = co_await retry.after(sent.error());
    if (!again) {
      problem_ = sent.error().text;
      co_return;
    }
  }
}

// Takes away the batches that were acknowledged.
Awaitable<net::Result<void>> Filler::send_once(std::int32_t leader, Batches& batches) {
  const auto connection = co_await cluster_.control(leader);
  if (!connection) co_return connection.error();
  protocol::ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = std::chrono::milliseconds(kPatience).count();
  auto& topic = request.topic_data.emplace_back();
  topic.name = work_.topic;
  for (const auto& [partition, batch] : batches) {
    auto& data = topic.partition_data.emplace_back();
    data.index = partition;
    data.records = protocol::RecordsView(batch->bytes);
  }
  const net::CallOptions options{.deadline = cluster_.runtime().now() + kPatience,
                                 .version_max = kLastByName};
  const auto reply = co_await connection.value()->call(request, options);
  if (!reply) co_return reply.error();
  net::Result<void> result;
  for (const auto& answers : reply.value().message.responses) {
    for (const auto& answer : answers.partition_responses) {
      if (answer.error_code == ErrorCode::kNone) {
        batches.erase(answer.index);
      } else {
        result = net::broker_failure(fmt::format("{}-{}", work_.topic, answer.index),
                                     answer.error_code, answer.error_message);
      }
    }
  }
  co_return result;
}

Awaitable<int> fill(net::Cluster& cluster, Work work) {
  work.pool.wall_clock_ms = cluster.runtime().wall_clock_ms();
  Filler filler(cluster, work);
  const auto problem = co_await filler.run();
  if (problem) {
    app::print_error(*problem);
    co_return app::kExitError;
  }
  fmt::print("{{\"records\":{},\"bytes\":{}}}\n", work.records, filler.bytes());
  co_return app::kExitOk;
}

int run(int argc, char** argv) {
  Work work;
  app::BrokerFlags brokers;
  std::string codec = "none";
  app::Flags flags("Fills a topic with records for a bench.", "fill");
  app::add_broker_flags(flags, brokers);
  flags.add("--topic", work.topic, "the topic, which exists").required();
  flags.add("--records", work.records, "how many").required();
  flags.add("--keys", work.keys, "different keys that they have; 0: no keys").shows_default();
  flags.add("--value-bytes", work.pool.value_bytes, "of each").shows_default();
  flags.add_switch("--json", work.pool.json, "values that can be compressed, as orders in JSON");
  flags.add("--batch-bytes", work.pool.batch_bytes, "before compression").shows_default();
  flags.add("--codec", codec, "none, gzip, snappy, lz4 or zstd").shows_default();
  if (const app::Exit exit = flags.parse(argc, argv)) return *exit;
  const auto settings = app::session_settings(brokers, "kmirror-bench");
  const auto known = compression::codec_from_name(codec);
  if (!known) app::print_error(fmt::format("--codec: `{}` is none", codec));
  if (!settings || !known) return app::kExitError;
  work.pool.codec = *known;
  return app::run_session(*settings, [&](net::Cluster& cluster) { return fill(cluster, work); });
}

}  // namespace
}  // namespace kmirror::bench

int main(int argc, char** argv) {
  return kmirror::bench::run(argc, argv);
}
