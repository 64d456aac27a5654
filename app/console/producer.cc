#include "app/console/producer.h"

#include <fmt/core.h>

#include <limits>

#include "app/console/console_flags.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/records/partitioner.h"

namespace kmirror::app {

namespace {

using net::Awaitable;
using net::Result;
using protocol::ErrorCode;

constexpr std::size_t kBatchBytes = 512 << 10;   // half of what brokers take by default
constexpr std::size_t kGatheredBytes = 4 << 20;  // in all batches
constexpr std::int16_t kLastByName = 12;         // Produce version; later ones name topics by id
constexpr std::int16_t kFirstWithZstd = 7;       // Produce version, KIP-110
constexpr std::int16_t kAllReplicas = -1;

// Brokers before 2.8 ask for a right of its own, which not everybody who may write has (KIP-679).
constexpr std::string_view kNotIdempotent =
    "producing is not idempotent, since IDEMPOTENT_WRITE on the cluster is not allowed: a lost "
    "answer may double records";

// The sequence numbers of a partition wrap to 0 (DefaultRecordBatch.incrementSequence).
std::int32_t advance(std::int32_t sequence, std::int32_t count) {
  constexpr std::int64_t kModulus = std::int64_t{std::numeric_limits<std::int32_t>::max()} + 1;
  return static_cast<std::int32_t>((std::int64_t{sequence} + count) % kModulus);
}

protocol::RecordsView view_of(const protocol::BuiltBatch& batch) {
  protocol::RecordsView view;
  for (const ConstBytes piece : batch.pieces) view.append(piece);
  return view;
}

}  // namespace

Awaitable<Result<void>> Producer::start() {
  cluster_.track(topic_);
  const Result<void> refreshed = co_await cluster_.refresh();
  if (!refreshed) co_return refreshed.error();
  const auto topic = cluster_.metadata().topics.find(topic_);
  if (topic == cluster_.metadata().topics.end() || topic->second.partitions.empty()) {
    co_return net::Failure{.kind = net::FailureKind::kBroker,
                           .text = fmt::format("topic `{}` does not exist", topic_),
                           .code = ErrorCode::kUnknownTopicOrPartition};
  }
  partition_count_ = static_cast<std::int32_t>(topic->second.partitions.size());
  Random random = cluster_.runtime().random().split("first partition without a key");
  sticky_ = static_cast<std::int32_t>(random.below(partition_count_));
  net::Retry retry(cluster_);
  Result<void> done = co_await get_producer_id(retry);
  co_return done;
}

Awaitable<Result<void>> Producer::get_producer_id(net::Retry& retry) {
  protocol::InitProducerIdRequest request;
  request.transactional_id.reset();
  request.transaction_timeout_ms = std::numeric_limits<std::int32_t>::max();
  for (;;) {
    const auto connection = co_await cluster_.any();
    std::optional<net::Failure> failure;
    if (connection) {
      const auto reply = co_await connection.value()->call(request, retry.options());
      const ErrorCode code = reply ? reply.value().message.error_code : ErrorCode::kNone;
      if (!reply) {
        failure = reply.error();
      } else if (code == ErrorCode::kClusterAuthorizationFailed) {
        cluster_.runtime().log(net::LogLevel::kWarning, kNotIdempotent);
        co_return Result<void>();
      } else if (code != ErrorCode::kNone) {
        failure =
            net::broker_failure(connection.value()->peer() + ": cannot get a producer id", code);
      } else {
        stamp_.producer_id = reply.value().message.producer_id;
        stamp_.producer_epoch = reply.value().message.producer_epoch;
        co_return Result<void>();
      }
    } else {
      failure = connection.error();
    }
    const bool again = co_await retry.after(*failure);
    if (!again) co_return *failure;
  }
}

bool Producer::is_full_for(std::size_t record_bytes) const {
  if (gathered_bytes_ + record_bytes > kGatheredBytes) return true;
  return std::ranges::any_of(builders_, [&](const auto& each) {
    return !each.second.empty() && each.second.size_bytes() + record_bytes > kBatchBytes;
  });
}

void Producer::append(std::optional<std::string_view> key, std::string_view value) {
  const std::int32_t partition =
      key ? protocol::partition_for_key(as_bytes(*key), partition_count_) : sticky_;
  std::optional<ConstBytes> key_bytes;
  if (key) key_bytes = as_bytes(*key);
  auto& builder = builders_.try_emplace(partition, codec_).first->second;
  const std::size_t before = builder.empty() ? 0 : builder.size_bytes();
  builder.append(cluster_.runtime().wall_clock_ms(), key_bytes, as_bytes(value));
  gathered_bytes_ += builder.size_bytes() - before;
}

void Producer::finish_batches() {
  for (auto& [partition, builder] : builders_) {
    if (builder.empty()) continue;
    protocol::BuiltBatch batch = builder.finish();
    if (stamp_.producer_id >= 0) stamp_.base_sequence = sequences_[partition];
    protocol::patch_for_produce(batch.header, stamp_);
    unsent_.emplace(partition, std::move(batch));
  }
  gathered_bytes_ = 0;
  sticky_ = (sticky_ + 1) % partition_count_;
}

Awaitable<void> Producer::flush() {
  finish_batches();
  net::Retry retry(cluster_);
  while (!unsent_.empty()) {
    failure_.reset();
    co_await send_round(retry);
    if (unsent_.empty()) break;
    const net::Failure failure = *failure_;
    const bool again = co_await retry.after(failure);
    // What became of these is unknown, so their sequence numbers are used up: a later batch may
    // not pass for a duplicate of one that was written.
    while (!again && !unsent_.empty()) {
      const std::int32_t partition = unsent_.begin()->first;
      use_sequence(partition);
      give_up(partition, failure);
    }
  }
}

Awaitable<void> Producer::send_round(const net::Retry& retry) {
  std::map<std::int32_t, std::vector<std::int32_t>> leaders;
  for (const auto& [partition, batch] : unsent_) {
    const std::int32_t leader = cluster_.metadata().leader_of(topic_, partition);
    if (leader >= 0) {
      leaders[leader].push_back(partition);
    } else {
      failure_ = net::broker_failure(fmt::format("{}-{}", topic_, partition),
                                     ErrorCode::kLeaderNotAvailable);
    }
  }
  for (auto& [leader, partitions] : leaders) co_await send(leader, std::move(partitions), retry);
}

Awaitable<void> Producer::send(std::int32_t leader, std::vector<std::int32_t> partitions,
                               const net::Retry& retry) {
  const auto connection = co_await cluster_.control(leader);
  if (!connection) {
    failure_ = connection.error();
    co_return;
  }
  const net::CallOptions options{.deadline = retry.deadline(), .version_max = kLastByName};
  const std::int16_t version =
      connection.value()->version_for(protocol::ProduceRequest::kApi, kLastByName);
  if (codec_ == compression::Codec::kZstd && version < kFirstWithZstd) {
    failure_ =
        net::broker_failure(connection.value()->peer(), ErrorCode::kUnsupportedCompressionType,
                            "zstd needs Kafka 2.1 or later");
    co_return;
  }
  protocol::ProduceRequest request;
  request.acks = kAllReplicas;
  request.timeout_ms = retry.broker_timeout_ms();
  auto& topic = request.topic_data.emplace_back();
  topic.name = topic_;
  for (const std::int32_t partition : partitions) {
    auto& data = topic.partition_data.emplace_back();
    data.index = partition;
    data.records = view_of(unsent_.at(partition));
  }
  const auto reply = co_await connection.value()->call(request, options);
  if (!reply) {
    failure_ = reply.error();
    co_return;
  }
  for (const auto& answers : reply.value().message.responses) {
    for (const auto& answer : answers.partition_responses) {
      take(answer, connection.value()->peer());
    }
  }
  if (!unsent_.empty() && !failure_) {
    failure_ = net::broker_failure(connection.value()->peer() + ": Produce",
                                   ErrorCode::kLeaderNotAvailable);
  }
}

void Producer::take(const Answer& answer, const std::string& peer) {
  const auto batch = unsent_.find(answer.index);
  if (batch == unsent_.end()) return;
  // 46 was raised by Kafka 0.11 alone, for a batch that it has already.
  if (answer.error_code == ErrorCode::kNone ||
      answer.error_code == ErrorCode::kDuplicateSequenceNumber) {
    use_sequence(answer.index);
    unsent_.erase(batch);
    return;
  }
  net::Failure failure = net::broker_failure(peer, answer.error_code, answer.error_message);
  if (protocol::is_retriable(answer.error_code)) {
    failure_ = std::move(failure);
  } else {
    give_up(answer.index, failure);
  }
}

void Producer::use_sequence(std::int32_t partition) {
  auto& sequence = sequences_[partition];
  sequence = advance(sequence, unsent_.at(partition).record_count);
}

void Producer::give_up(std::int32_t partition, const net::Failure& failure) {
  const std::int32_t count = unsent_.at(partition).record_count;
  print_error(fmt::format("{}-{}: {} records were not acknowledged: {}", topic_, partition, count,
                          failure.text));
  failed_ += count;
  unsent_.erase(partition);
}

}  // namespace kmirror::app
