#include "sim/checker.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/groups.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/partitioner.h"
#include "protocol/records/record_cursor.h"
#include "sim/mirror_host.h"
#include "sim/workload.h"

namespace kmirror::sim {

using protocol::BatchView;

namespace {

constexpr int kBatchesInFlight = 5;

}  // namespace

Checker::Checker(const Options& options, broker::Cluster& source, broker::Cluster& destination,
                 Ledger& ledger)
    : options_(options), source_(source), destination_(destination), ledger_(ledger) {}

void Checker::fail(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

void Checker::watch_new_partitions() {
  std::size_t partitions = 0;
  for (const auto& [name, topic] : destination_.topics()) partitions += topic->partitions.size();
  if (partitions == watched_.size()) return;
  for (const auto& [name, topic] : destination_.topics()) {
    for (std::size_t p = 0; p < topic->partitions.size(); ++p) {
      const net::TopicPartition where{name, static_cast<std::int32_t>(p)};
      if (std::ranges::find(watched_, where, &Watched::where) != watched_.end()) continue;
      watched_.push_back({where, topic->partitions[p]});
    }
  }
}

void Checker::look() {
  watch_new_partitions();
  for (Watched& watched : watched_) {
    const std::int64_t end = watched.partition->high_watermark();
    while (watched.checked < end && problem_.empty()) {
      const auto slices = watched.partition->log.read(watched.checked, end, 1, true);
      if (slices.empty()) return fail("the destination has a hole at " + to_string(watched.where));
      const BatchView batch(slices[0].bytes);
      check_batch(watched, batch);
      watched.checked = batch.next_offset();
    }
  }
}

void Checker::check_batch(Watched& watched, const BatchView& batch) {
  if (batch.base_offset() != watched.checked) {
    return fail(fmt::format("{}: a batch at {} instead of {}", to_string(watched.where),
                            batch.base_offset(), watched.checked));
  }
  Buffer scratch;
  const auto opened = protocol::open_batch(batch, std::size_t{1} << 30, scratch);
  if (opened.error != protocol::OpenError::kNone) {
    return fail(fmt::format("{} offset {}: {}", to_string(watched.where), batch.base_offset(),
                            protocol::open_error_text(opened.error)));
  }
  protocol::RecordCursor cursor(opened.payload, batch.record_count());
  protocol::RecordView record;
  while (cursor.next(record)) {
    const std::string key(record.key ? as_text(*record.key) : std::string_view());
    check_record(
        {.watched = watched,
         .name = parse_name(as_text(record.value.value_or(ConstBytes()))),
         .key = key,
         .hash = hash_of_record(record.body, batch.timestamp_at(record.timestamp_delta_ms)),
         .offset = batch.offset_at(record.offset_delta),
         .producer_id = batch.producer_id()});
  }
}

void Checker::fail(const Seen& seen, std::string_view what) {
  fail(fmt::format("{} offset {}: {}{}", to_string(seen.watched.where), seen.offset,
                   to_string(seen.name), what));
}

void Checker::check_record(const Seen& seen) {
  const auto partition = ledger_.partitions.find(seen.name.where);
  const bool known = partition != ledger_.partitions.end() &&
                     seen.name.number < partition->second.records.size() &&
                     seen.name.where.topic == seen.watched.where.topic;
  if (!known) return fail(seen, " is no record that anybody wrote");
  LedgerRecord& record = partition->second.records[seen.name.number];
  if (record.hash != seen.hash || record.key != seen.key) return fail(seen, " is not as written");
  if (record.fate != Fate::kCommitted) return fail(seen, " was never committed");
  check_order(seen);
  if (record.copied) ++repeated_;
  record.copied = true;
}

std::vector<std::size_t> Checker::left_out(const LedgerPartition& partition,
                                           std::optional<std::size_t> last,
                                           const Seen& seen) const {
  std::vector<std::size_t> numbers;
  for (std::size_t i = last ? *last + 1 : 0; i < seen.name.number; ++i) {
    const LedgerRecord& record = partition.records[i];
    const bool belongs = record.fate == Fate::kCommitted && !record.deleted;
    if (belongs && (!options_.by_key || record.key == seen.key)) numbers.push_back(i);
  }
  return numbers;
}

std::string Checker::check_producer(Order& order, const Seen& seen,
                                    const LedgerPartition& partition) {
  const std::size_t number = seen.name.number;
  const int start = start_of_producer_[seen.producer_id];
  if (order.producer_of_start.emplace(start, seen.producer_id).first->second != seen.producer_id) {
    return " was written by a second producer of one mirror";
  }
  const int losses = losses_[seen.watched.where];
  const auto before = order.producers.find(seen.producer_id);
  if (before == order.producers.end()) {
    const Positions& started = committed_at_start_[seen.producer_id];
    const auto position = started.find(seen.name.where);
    order.producers[seen.producer_id] = {.last = number, .losses = losses};
    if (position == started.end() || partition.records[number].offset >= position->second) {
      return {};
    }
    return " lies before what was committed when the mirror began";
  }
  Written& written = before->second;
  const bool goes_on = number > written.last && left_out(partition, written.last, seen).empty();
  written.last = number;
  if (goes_on) return {};
  // Each of the batches under way may have been taken alone when its producer was forgotten.
  if (written.losses != losses) {
    written.losses = losses;
    written.excuses = kBatchesInFlight;
  }
  return written.excuses-- > 0 ? "" : " came again, or out of order";
}

void Checker::check_order(const Seen& seen) {
  const LedgerPartition& partition = ledger_.partitions[seen.name.where];
  if (options_.by_key && seen.key.empty()) return;  // has no order, but has to come
  Order& order = orders_[{seen.name.where, options_.by_key ? seen.key : ""}];
  if (order.partition < 0) order.partition = seen.watched.where.partition;
  const bool in_place = order.partition == seen.watched.where.partition &&
                        (options_.by_key || seen.name.where.partition == order.partition);
  if (!in_place || (options_.by_key && !is_where_its_key_belongs(seen))) {
    return fail(seen, " belongs to another partition");
  }
  if (order.overtaken.erase(seen.name.number) > 0) {
    order.producers[seen.producer_id].last = seen.name.number;
    return;
  }
  const bool is_new = !order.furthest || seen.name.number > *order.furthest;
  if (is_new) {
    const std::vector<std::size_t> before = left_out(partition, order.furthest, seen);
    const int losses = losses_[seen.watched.where];
    if (!before.empty() && order.overtook_at == losses) {
      return fail(seen, " came, but records before it did not");
    }
    if (!before.empty()) order.overtook_at = losses;
    order.overtaken.insert(before.begin(), before.end());
    order.furthest = seen.name.number;
  }
  const std::string problem = check_producer(order, seen, partition);
  if (!problem.empty()) fail(seen, problem);
}

// As Java's partitioner places it, over the partitions that the destination has.
bool Checker::is_where_its_key_belongs(const Seen& seen) const {
  const auto count = destination_.find_topic(seen.watched.where.topic)->partitions.size();
  const auto wanted =
      protocol::partition_for_key(as_bytes(seen.key), static_cast<std::int32_t>(count));
  return wanted == seen.watched.where.partition;
}

void Checker::on_producer_id(std::int64_t producer_id) {
  start_of_producer_[producer_id] = starts_;
  for (const auto& [where, partition] : ledger_.partitions) {
    committed_at_start_[producer_id][where] = committed_position(where);
  }
}

std::int64_t Checker::committed_position(const net::TopicPartition& where) const {
  const auto* const group = source_.groups().find(kGroup);
  const auto* const found =
      group == nullptr ? nullptr : group->offsets.find(where.topic, where.partition);
  return found == nullptr ? -1 : found->offset;
}

bool Checker::all_is_committed() const {
  return std::ranges::all_of(ledger_.partitions, [this](const auto& entry) {
    const auto& where = entry.first;
    const auto partition = source_.find_partition(where.topic, where.partition);
    return committed_position(where) == partition->log.end_offset();
  });
}

void Checker::on_commit(const protocol::OffsetCommitRequest& request) {
  look();
  for (const auto& topic : request.topics) {
    for (const auto& part : topic.partitions) {
      const net::TopicPartition where{std::string(topic.name), part.partition_index};
      const LedgerPartition& partition = ledger_.partitions[where];
      const auto log = source_.find_partition(where.topic, where.partition);
      if (!log || part.committed_offset > log->log.end_offset()) {
        return fail(fmt::format("{} is committed up to {}, which is beyond its end",
                                to_string(where), part.committed_offset));
      }
      const std::size_t from = partition.index_of(committed_position(where));
      const std::size_t to = partition.index_of(part.committed_offset);
      for (std::size_t i = std::min(from, to); i < to; ++i) {
        const LedgerRecord& record = partition.records[i];
        if (!record.is_owed()) continue;
        return fail(fmt::format("{} is committed up to {}, but offset {} is not at the destination",
                                to_string(where), part.committed_offset, record.offset));
      }
    }
  }
}

}  // namespace kmirror::sim
