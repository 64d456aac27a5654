#include "sim/workload.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crc32c.h"
#include "base/join.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::sim {

using broker::Partition;
using protocol::BatchView;
namespace field = protocol::batch_field;
namespace attribute = protocol::batch_attribute;

namespace {

constexpr int kKeys = 30;
constexpr std::size_t kSegmentBytes = 1 << 20;
constexpr std::int64_t kOldMs = 60LL * 24 * 3600 * 1000;

}  // namespace

std::uint64_t hash_of_record(ConstBytes body, std::int64_t timestamp_ms) {
  return Random(static_cast<std::uint64_t>(timestamp_ms)).split(as_text(body)).next();
}

Workload::Workload(const Options& options, Random random, broker::Cluster& source,
                   broker::Cluster& destination, Ledger& ledger)
    : options_(options),
      random_(random),
      source_(source),
      destination_(destination),
      ledger_(ledger),
      batches_left_(options.batches) {}

void Workload::create_topics() {
  for (int i = 0; i < options_.topics; ++i) create_topic();
}

void Workload::create_topic() {
  const std::string name = fmt::format("t{}", topics_++);
  const auto replicas = static_cast<std::int16_t>(options_.replication_factor);
  if (options_.by_key) {
    destination_.create_topic(name, {.partitions = options_.partitions + 3,
                                     .replication_factor = replicas,
                                     .config = {},
                                     .assignment = {}});
  }
  source_.create_topic(name, {.partitions = options_.partitions,
                              .replication_factor = replicas,
                              .config = {},
                              .assignment = {}});
}

void Workload::grow_topic() {
  broker::Topic& topic = *source_.find_topic(any_partition().topic);
  const auto count = static_cast<std::int32_t>(topic.partitions.size());
  source_.add_partitions(
      topic, source_.assign(1, static_cast<std::int16_t>(options_.replication_factor), count));
}

net::TopicPartition Workload::any_partition() {
  const std::string topic = fmt::format("t{}", random_.below(topics_));
  const std::size_t partitions = source_.find_topic(topic)->partitions.size();
  return {topic, static_cast<std::int32_t>(random_.below(partitions))};
}

void Workload::act() {
  constexpr double kRarely = 0.01;
  if (options_.topics_appear && topics_ < 5 && random_.unit() < kRarely) create_topic();
  if (options_.topics_grow && random_.unit() < kRarely) grow_topic();
  if (!transactions_.empty() && random_.unit() < 0.2) end_transaction();
  if (batches_left_ > 0) write_batch();
}

void Workload::finish() {
  while (batches_left_ > 0) write_batch();
  while (!transactions_.empty()) end_transaction();
  for (auto& [where, records] : ledger_.partitions) {
    records_of(where, *source_.find_partition(where.topic, where.partition));
  }
}

void Workload::write_batch() {
  const net::TopicPartition where = any_partition();
  const auto partition = source_.find_partition(where.topic, where.partition);
  --batches_left_;
  if (partition->leader() < 0) return;
  Transaction* transaction = nullptr;
  if (options_.transactions && random_.unit() < 0.5) {
    transaction = &transactions_[where];
    transaction->where = where;
  }
  LedgerPartition& records = records_of(where, *partition);
  Buffer batch = make_batch(where, records, partition->log.end_offset(), transaction);
  partition->log.append(std::move(batch), partition->leader_epoch(), kSegmentBytes);
  source_.on_appended(partition);
}

LedgerPartition& Workload::records_of(const net::TopicPartition& where,
                                      const Partition& partition) {
  LedgerPartition& records = ledger_.partitions[where];
  if (!records.truncate(partition.log.end_offset())) {
    ledger_.problem = to_string(where) + ": copied what no follower had";
  }
  return records;
}

Buffer Workload::make_batch(const net::TopicPartition& where, LedgerPartition& partition,
                            std::int64_t base_offset, Transaction* transaction) {
  const auto codec = options_.codecs
                         ? static_cast<compression::Codec>(random_.below(options_.zstd ? 5 : 4))
                         : compression::Codec::kNone;
  const auto count = static_cast<std::int32_t>(1 + random_.below(options_.records_per_batch));
  const bool old = options_.old_timestamps && random_.below(2) == 0;
  const std::int64_t now_ms = source_.wall_clock_ms() - (old ? kOldMs : 0);
  protocol::BatchBuilder builder(codec);
  for (std::int32_t i = 0; i < count; ++i) {
    const std::size_t number = partition.records.size();
    const std::string key = random_.unit() < 0.1 ? "" : fmt::format("key{}", random_.below(kKeys));
    std::string value = to_string(RecordName{where, number}) + "|";
    value.resize(value.size() + random_.below(options_.value_bytes + 1), 'x');
    const protocol::RecordHeader header{as_bytes("number"), as_bytes(value).first(1)};
    const std::span headers(&header, random_.below(2));
    builder.append(now_ms + i, key.empty() ? std::nullopt : std::optional(as_bytes(key)),
                   as_bytes(value), headers);
    partition.records.push_back({.offset = base_offset + i,
                                 .key = key,
                                 .fate = transaction ? Fate::kOpen : Fate::kCommitted});
    if (transaction != nullptr) transaction->records.push_back(number);
  }
  Buffer bytes = join(builder.finish().pieces);
  if (transaction != nullptr) {
    stamp(bytes, transactional_[where], true);
  } else if (random_.below(3) == 0) {
    stamp(bytes, idempotent_[where], false);
  }
  Buffer scratch;
  const BatchView view{ConstBytes(bytes)};
  partition.batches[partition.records.size() - count] = {count, codec, crc32c(view.payload())};
  const auto opened = protocol::open_batch(view, std::size_t{1} << 30, scratch);
  protocol::RecordCursor cursor(opened.payload, count);
  protocol::RecordView record;
  for (std::size_t i = partition.records.size() - count; cursor.next(record); ++i) {
    partition.records[i].hash =
        hash_of_record(record.body, view.timestamp_at(record.timestamp_delta_ms));
  }
  return bytes;
}

void Workload::stamp(Buffer& batch, Producer& producer, bool transactional) {
  if (producer.id < 0) producer.id = source_.next_producer_id();
  const auto attributes = load_be<std::int16_t>(batch.data() + field::kAttributes);
  const auto added = transactional ? attribute::kTransactional : 0;
  store_be(batch.data() + field::kAttributes, static_cast<std::int16_t>(attributes | added));
  store_be(batch.data() + field::kProducerId, producer.id);
  store_be<std::int16_t>(batch.data() + field::kProducerEpoch, 0);
  store_be(batch.data() + field::kBaseSequence, producer.sequence);
  producer.sequence += BatchView(ConstBytes(batch)).record_count();
  protocol::write_crc(batch);
}

void Workload::end_transaction() {
  auto one = transactions_.begin();
  std::advance(one, random_.below(transactions_.size()));
  const Transaction& transaction = one->second;
  const auto partition =
      source_.find_partition(transaction.where.topic, transaction.where.partition);
  if (partition->leader() < 0) return;
  const bool commit = random_.unit() < 0.6;
  for (const std::size_t number : transaction.records) {
    ledger_.partitions[transaction.where].records[number].fate =
        commit ? Fate::kCommitted : Fate::kAborted;
  }
  partition->log.append_marker(transactional_[transaction.where].id, 0, commit, 0,
                               source_.wall_clock_ms(), partition->leader_epoch());
  source_.on_appended(partition);
  transactions_.erase(one);
}

}  // namespace kmirror::sim
