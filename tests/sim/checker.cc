#include "sim/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/crc32c.h"
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

void Checker::on_batches_forgotten(const net::TopicPartition& where, std::int64_t producer_id) {
  const auto partition = destination_.find_partition(where.topic, where.partition);
  losses_[{where, producer_id}].push_back(partition->log.end_offset());
}

std::size_t Checker::losses_before(const Seen& seen) const {
  const auto found = losses_.find({seen.where, seen.producer_id});
  if (found == losses_.end()) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(
      found->second, [&seen](std::int64_t end_offset) { return end_offset <= seen.offset; }));
}

void Checker::look() {
  watch_new_partitions();
  for (auto& [whose, ends] : losses_) {
    // What is truncated is written anew, behind the loss.
    const auto& where = whose.first;
    const auto partition = destination_.find_partition(where.topic, where.partition);
    for (std::int64_t& end : ends) end = std::min(end, partition->log.end_offset());
  }
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
  for (int i = 0; cursor.next(record); ++i) {
    const RecordName name = parse_name(as_text(record.value.value_or(ConstBytes())));
    if (i == 0) check_payload(watched, batch, name);
    const std::string key(record.key ? as_text(*record.key) : std::string_view());
    check_record(
        {.where = watched.where,
         .name = name,
         .key = key,
         .hash = hash_of_record(record.body, batch.timestamp_at(record.timestamp_delta_ms)),
         .offset = batch.offset_at(record.offset_delta),
         .producer_id = batch.producer_id()});
  }
  if (!cursor.ok()) fail(to_string(watched.where) + ": a batch ends within a record");
}

// A batch that holds what one of the source's holds is that one, byte for byte.
void Checker::check_payload(const Watched& watched, const BatchView& batch,
                            const RecordName& first) {
  if (options_.by_key) return;
  const auto partition = ledger_.partitions.find(first.where);
  if (partition == ledger_.partitions.end()) return;
  const auto source = partition->second.batches.find(first.number);
  if (source == partition->second.batches.end()) return;
  const LedgerBatch& written = source->second;
  if (written.records != batch.record_count()) return;
  if (written.codec == batch.codec() && written.payload_crc == crc32c(batch.payload())) return;
  fail(fmt::format("{} offset {}: the batch is another than at the source",
                   to_string(watched.where), batch.base_offset()));
}

void Checker::fail(const Seen& seen, std::string_view what) {
  fail(fmt::format("{} offset {}: {}{}", to_string(seen.where), seen.offset, to_string(seen.name),
                   what));
}

void Checker::check_record(const Seen& seen) {
  const auto partition = ledger_.partitions.find(seen.name.where);
  if (!start_of_producer_.contains(seen.producer_id)) {
    return fail(seen, " is of a producer that nobody asked for");
  }
  const bool known = partition != ledger_.partitions.end() &&
                     seen.name.number < partition->second.records.size() &&
                     seen.name.where.topic == seen.where.topic;
  if (!known) return fail(seen, " is no record that anybody wrote");
  LedgerRecord& record = partition->second.records[seen.name.number];
  if (record.hash != seen.hash || record.key != seen.key) return fail(seen, " is not as written");
  if (record.fate != Fate::kCommitted) return fail(seen, " was never committed");
  check_order(seen);
  if (record.copied) ++repeated_;
  record.copied = true;
  record.copied_by = seen.producer_id;
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
                                    const LedgerPartition& partition, bool was_overtaken) {
  const std::size_t number = seen.name.number;
  const int start = start_of_producer_[seen.producer_id];
  if (order.producer_of_start.emplace(start, seen.producer_id).first->second != seen.producer_id) {
    return " was written by a second producer of one mirror";
  }
  const std::size_t losses = losses_before(seen);
  const auto before = order.producers.find(seen.producer_id);
  if (before == order.producers.end()) {
    const Positions& started = committed_at_start_[seen.producer_id];
    const auto position = started.find(seen.name.where);
    order.producers[seen.producer_id] = {.last = number};
    if (position == started.end() || partition.records[number].offset >= position->second) {
      return {};
    }
    return " lies before what was committed when the mirror began";
  }
  Written& written = before->second;
  const bool goes_on =
      was_overtaken || (number > written.last && left_out(partition, written.last, seen).empty());
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
  const bool in_place =
      options_.by_key ? is_where_its_key_belongs(seen) : seen.name.where == seen.where;
  if (!in_place) return fail(seen, " belongs to another partition");
  if (options_.by_key && seen.key.empty()) {
    // It has no order, but has to come, and once from a producer.
    const LedgerRecord& record = partition.records[seen.name.number];
    const bool again = record.copied && record.copied_by == seen.producer_id;
    if (again && losses_before(seen) == 0) fail(seen, " came again");
    return;
  }
  Order& order = orders_[{seen.name.where, options_.by_key ? seen.key : ""}];
  const bool was_overtaken =
      !order.overtaken.empty() && *order.overtaken.begin() == seen.name.number;
  if (was_overtaken) order.overtaken.erase(order.overtaken.begin());
  if (!order.furthest || seen.name.number > *order.furthest) {
    const std::vector<std::size_t> before = left_out(partition, order.furthest, seen);
    const std::size_t losses = losses_before(seen);
    if (!before.empty() && std::exchange(order.overtook_at[seen.producer_id], losses) == losses) {
      return fail(seen, " came, but records before it did not");
    }
    order.overtaken.insert(before.begin(), before.end());
    order.furthest = seen.name.number;
  }
  const std::string problem = check_producer(order, seen, partition, was_overtaken);
  if (!problem.empty()) fail(seen, problem);
}

// As Java's partitioner places it, over the partitions that the destination has.
bool Checker::is_where_its_key_belongs(const Seen& seen) const {
  if (seen.key.empty()) return true;
  const auto count = destination_.find_topic(seen.where.topic)->partitions.size();
  const auto wanted =
      protocol::partition_for_key(as_bytes(seen.key), static_cast<std::int32_t>(count));
  return wanted == seen.where.partition;
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

// A late commit of a dead mirror, which the living one may read where it begins.
void Checker::on_position_back(const net::TopicPartition& where, std::int64_t position) {
  for (const auto& [producer_id, start] : start_of_producer_) {
    if (start == starts_) committed_at_start_[producer_id][where] = position;
  }
}

void Checker::on_finished() {
  look();
  for (const auto& [what, order] : orders_) {
    const net::TopicPartition& where = what.first;
    const auto producer = order.producer_of_start.find(starts_);
    if (producer == order.producer_of_start.end()) continue;
    const std::size_t last = order.producers.at(producer->second).last;
    if (ledger_.partitions[where].records[last].offset < committed_since_start_[where]) continue;
    return fail(fmt::format("the mirror finished, but did not commit offset {} of {}",
                            ledger_.partitions[where].records[last].offset, to_string(where)));
  }
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
      const std::int64_t position = committed_position(where);
      if (part.committed_offset < position) on_position_back(where, part.committed_offset);
      std::int64_t& furthest = committed_since_start_[where];
      furthest = std::max(furthest, part.committed_offset);
      const std::size_t from = partition.index_of(position);
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
