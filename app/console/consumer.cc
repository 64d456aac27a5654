#include "app/console/consumer.h"

#include <fmt/core.h>

#include <chrono>

#include "net/retry.h"
#include "protocol/records/aborted_filter.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_stream.h"

namespace kmirror::app {

namespace {

using net::Awaitable;
using net::Result;
using protocol::ErrorCode;
using std::chrono::milliseconds;

// As Kafka's consumer: fetch.max.bytes and max.partition.fetch.bytes. A larger batch comes alone.
constexpr std::int32_t kFetchMaxBytes = 50 << 20;
constexpr std::int32_t kPartitionMaxBytes = 1 << 20;
constexpr std::size_t kRecordMaxBytes = 1 << 30;  // of a compressed batch
constexpr milliseconds kErrorPause{200};
constexpr std::int16_t kLastByName = 12;  // Fetch version; later ones name topics by id

std::vector<protocol::AbortedTransaction> aborted_of(
    const protocol::FetchResponse::Partition& partition) {
  std::vector<protocol::AbortedTransaction> aborted;
  if (!partition.aborted_transactions) return aborted;
  for (const auto& each : *partition.aborted_transactions) {
    aborted.push_back({.producer_id = each.producer_id, .first_offset = each.first_offset});
  }
  return aborted;
}

}  // namespace

Awaitable<Result<void>> Consumer::round(Duration max_wait) {
  std::map<std::int32_t, std::vector<std::int32_t>> leaders;
  for (const auto& [partition, position] : positions_) {
    const std::int32_t leader = cluster_.metadata().leader_of(settings_.topic, partition);
    if (leader >= 0) leaders[leader].push_back(partition);
    if (leader < 0) is_stale_ = true;
  }
  for (auto& [leader, partitions] : leaders) {
    fetches_.spawn(fetch(leader, std::move(partitions), max_wait));
  }
  co_await fetches_.join();
  Result<void> recovered = co_await recover();
  co_return recovered;
}

// What the fetches of a round left to do: new metadata, new positions.
Awaitable<Result<void>> Consumer::recover() {
  if (failure_) co_return *failure_;
  if (stopped_) co_return Result<void>();
  if (!out_of_range_.empty()) {
    const auto ends = co_await net::list_offsets(cluster_, std::move(out_of_range_),
                                                 settings_.reset, settings_.read_committed);
    out_of_range_.clear();
    if (!ends) co_return ends.error();
    for (const auto& [where, end] : ends.value()) positions_[where.partition] = end.offset;
  }
  if (is_stale_) {
    is_stale_ = false;
    co_await pause_.wait(cluster_.runtime().now() + kErrorPause);
    co_await cluster_.refresh();
  }
  co_return Result<void>();
}

Awaitable<void> Consumer::fetch(std::int32_t leader, std::vector<std::int32_t> partitions,
                                Duration max_wait) {
  const auto connection = co_await cluster_.control(leader);
  if (!connection) {
    cluster_.report_outage(leader, connection.error());
    is_stale_ = true;
    co_return;
  }
  protocol::FetchRequest request;
  request.max_wait_ms =
      static_cast<std::int32_t>(std::chrono::duration_cast<milliseconds>(max_wait).count());
  request.min_bytes = 1;
  request.max_bytes = kFetchMaxBytes;
  request.isolation_level = settings_.read_committed ? 1 : 0;
  auto& topic = request.topics.emplace_back();
  topic.topic = settings_.topic;
  for (const std::int32_t partition : partitions) {
    topic.partitions.push_back({.partition = partition,
                                .fetch_offset = positions_[partition],
                                .partition_max_bytes = kPartitionMaxBytes});
  }
  const net::CallOptions options{.deadline = cluster_.call_deadline() + max_wait,
                                 .version_max = kLastByName};
  const auto reply = co_await connection.value()->call(request, options);
  if (stopped_) co_return;
  if (!reply) {
    cluster_.report_outage(leader, reply.error());
    is_stale_ = true;
    co_return;
  }
  for (const auto& answer : reply.value().message.responses) {
    for (const auto& partition : answer.partitions) take(partition);
  }
}

void Consumer::take(const Partition& partition) {
  const auto position = positions_.find(partition.partition_index);
  if (position == positions_.end() || failure_ || stopped_) return;
  const net::TopicPartition where{settings_.topic, partition.partition_index};
  if (partition.error_code == ErrorCode::kNone) {
    take_records(partition, position->second);
  } else if (partition.error_code == ErrorCode::kOffsetOutOfRange) {
    const bool earliest = settings_.reset == net::OffsetSpec::kEarliest;
    cluster_.runtime().log(
        net::LogLevel::kWarning,
        fmt::format("{}: offset {} is out of range; going on at the {} offset", to_string(where),
                    position->second, earliest ? "earliest" : "latest"));
    out_of_range_.push_back(where);
  } else if (protocol::is_retriable(partition.error_code)) {
    is_stale_ = true;
  } else {
    failure_ = net::broker_failure(
        fmt::format("cannot read {} at offset {}", to_string(where), position->second),
        partition.error_code);
  }
}

void Consumer::take_records(const Partition& partition, std::int64_t& position) {
  if (!partition.records) return;
  protocol::AbortedFilter filter(aborted_of(partition));
  protocol::BatchReader reader(partition.records->bytes());
  while (!stopped_) {
    using Step = protocol::BatchReader::Step;
    const Step step = reader.next();
    if (step == Step::kPartial || step == Step::kEnd) return;
    if (step == Step::kMalformed) {
      return fail(partition.partition_index, position, reader.malformed().what);
    }
    if (step == Step::kLegacy) {
      return fail(partition.partition_index, reader.offset(),
                  "messages of the formats before Kafka 0.11 are not supported yet");
    }
    using Verdict = protocol::AbortedFilter::Verdict;
    const Verdict verdict = filter.judge(reader.batch());
    if (verdict == Verdict::kMalformed) {
      return fail(partition.partition_index, reader.batch().base_offset(),
                  "the marker of a transaction cannot be read");
    }
    if (verdict == Verdict::kKeep &&
        !take_batch(reader.batch(), partition.partition_index, position)) {
      return;
    }
    position = std::max(position, reader.batch().next_offset());
  }
}

// False when reading ends within the batch.
bool Consumer::take_batch(const protocol::BatchView& batch, std::int32_t partition,
                          std::int64_t& position) {
  if (!batch.is_crc_valid()) {
    fail(partition, batch.base_offset(), protocol::open_error_text(protocol::OpenError::kWrongCrc));
    return false;
  }
  RecordPlace place{.partition = partition, .timestamp_type = batch.timestamp_type()};
  protocol::RecordStream records(batch, kRecordMaxBytes);
  protocol::RecordView record;
  while (records.next(record)) {
    place.offset = batch.offset_at(record.offset_delta);
    place.timestamp_ms = batch.timestamp_at(record.timestamp_delta_ms);
    if (place.offset < position) continue;  // A broker sends the whole batch around a position.
    position = place.offset + 1;
    if (!sink_(place, record)) {
      stop();
      return false;
    }
  }
  if (records.ok()) return true;
  fail(partition, position, records.malformed().what);
  return false;
}

void Consumer::fail(std::int32_t partition, std::int64_t offset, std::string_view what) {
  failure_ = net::Failure{.kind = net::FailureKind::kMalformed,
                          .text = fmt::format("cannot read {}-{} at offset {}: {}", settings_.topic,
                                              partition, offset, what)};
}

}  // namespace kmirror::app
