#include "broker/transactions.h"

#include <algorithm>
#include <vector>

#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

using net::TopicPartition;
using protocol::ErrorCode;

namespace {

constexpr std::string_view kOffsetsTopic = "__consumer_offsets";
constexpr std::uint32_t kOffsetsPartitions = 50;
// While nobody leads a partition.
constexpr Duration kRetryInterval = std::chrono::milliseconds(100);

// Java's String.hashCode, for names in ASCII.
std::uint32_t java_hash(std::string_view text) {
  std::uint32_t hash = 0;
  for (const char c : text) hash = 31 * hash + static_cast<unsigned char>(c);
  return hash;
}

}  // namespace

TopicPartition Transactions::partition_of_group(std::string_view group) {
  const std::uint32_t positive = java_hash(group) & 0x7fffffff;
  return {std::string(kOffsetsTopic), static_cast<std::int32_t>(positive % kOffsetsPartitions)};
}

const Transaction* Transactions::find(std::string_view id) const {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : &found->second;
}

Transaction::Answer Transactions::init(std::string_view id, Duration timeout,
                                       const std::optional<ProducerIdAndEpoch>& expected) {
  auto found = all_.find(id);
  if (found == all_.end()) {
    const auto brokers = has_new_transactions(cluster_.release()) ? Transaction::Version::k2
                                                                  : Transaction::Version::k1;
    const auto new_id = [this] { return cluster_.next_producer_id(); };
    found = all_.emplace(id, Transaction(new_id, brokers)).first;
  }
  Transaction& transaction = found->second;
  const bool was_ending = transaction.is_ending();
  const auto answer = transaction.on_init(timeout, expected);
  if (transaction.is_ending() && !was_ending) start_markers(found->first);
  return answer;
}

ErrorCode Transactions::add(std::string_view id, const ProducerIdAndEpoch& producer,
                            const Transaction::Partitions& partitions,
                            Transaction::Version version) {
  const auto found = all_.find(id);
  if (found == all_.end()) return ErrorCode::kInvalidProducerIdMapping;
  const ErrorCode error = found->second.on_add(producer, partitions, version, cluster_.now());
  cluster_.reschedule();
  return error;
}

ErrorCode Transactions::verify(std::string_view id, const ProducerIdAndEpoch& producer,
                               const TopicPartition& partition) const {
  const Transaction* const transaction = find(id);
  if (transaction == nullptr) return ErrorCode::kInvalidProducerIdMapping;
  return transaction->verify(producer, partition);
}

ErrorCode Transactions::add_or_verify_group(std::string_view id, const ProducerIdAndEpoch& producer,
                                            std::string_view group, Transaction::Version version) {
  const TopicPartition where = partition_of_group(group);
  if (version == Transaction::Version::k2) return add(id, producer, {where}, version);
  return verify(id, producer, where);
}

Transaction::Answer Transactions::end(std::string_view id, const ProducerIdAndEpoch& producer,
                                      bool commit, Transaction::Version version) {
  const auto found = all_.find(id);
  if (found == all_.end()) return {ErrorCode::kInvalidProducerIdMapping, {}};
  const bool was_ending = found->second.is_ending();
  const auto answer = found->second.on_end(producer, commit, version);
  if (found->second.is_ending() && !was_ending) start_markers(found->first);
  return answer;
}

void Transactions::start_markers(const std::string& id) {
  markers_due_[id] = cluster_.now() + cluster_.settings().transaction_marker_delay;
  if (cluster_.settings().transaction_marker_delay == Duration{}) {
    write_markers(id);
  } else {
    cluster_.reschedule();
  }
}

// Writes those that can be written; what is left is tried again.
void Transactions::write_markers(const std::string& id) {
  Transaction& transaction = all_.at(id);
  const Transaction::Partitions missing = transaction.partitions();
  for (const TopicPartition& where : missing) {
    if (write_marker(transaction, where)) transaction.on_marker(where);
  }
  if (transaction.partitions().empty()) {
    markers_due_.erase(id);
    transaction.on_all_markers();
    return;
  }
  markers_due_[id] = cluster_.now() + kRetryInterval;
  cluster_.reschedule();
}

// True where none is missing any more.
bool Transactions::write_marker(const Transaction& transaction, const TopicPartition& where) {
  const ProducerIdAndEpoch& producer = transaction.producer();
  if (where.topic == kOffsetsTopic) {
    cluster_.groups().end_transaction(producer.id, transaction.is_committed());
    return true;
  }
  const auto partition = cluster_.find_partition(where.topic, where.partition);
  if (!partition) return true;
  if (partition->leader() < 0) return false;
  constexpr std::int32_t kCoordinatorEpoch = 0;
  partition->log.append_marker(producer.id, producer.epoch, transaction.is_committed(),
                               kCoordinatorEpoch, cluster_.wall_clock_ms(),
                               partition->leader_epoch());
  cluster_.on_appended(partition);
  return true;
}

TimePoint Transactions::next_deadline() const {
  TimePoint next = kNever;
  for (const auto& [id, transaction] : all_) next = std::min(next, transaction.next_deadline());
  for (const auto& [id, due] : markers_due_) next = std::min(next, due);
  return next;
}

void Transactions::on_time(TimePoint now) {
  for (auto& [id, transaction] : all_) {
    if (transaction.next_deadline() > now) continue;
    transaction.on_time(now);
    start_markers(id);
  }
  std::vector<std::string> due;
  for (const auto& [id, when] : markers_due_) {
    if (when <= now) due.push_back(id);
  }
  for (const std::string& id : due) write_markers(id);
}

}  // namespace kmirror::broker
