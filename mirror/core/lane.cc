#include "mirror/core/lane.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.h"
#include "mirror/core/produce_window.h"
#include "protocol/records/open_batch.h"

namespace kmirror::mirror {

namespace {

using compression::Codec;
using protocol::AbortedFilter;
using protocol::BatchReader;
using protocol::BatchView;
using protocol::TimestampType;

// How much payload is gathered for the splitter before its batches are sent on.
constexpr std::size_t kSplitBytes = 1 << 20;

// Below this size a batch is cheaper to open and to join with others than to send by itself.
constexpr std::size_t kSmallBatchBytes = 4096;

// Where so many batches of a Fetch passed through, the lane is so far behind that opening pays even
// where that means to decompress and to compress again.
constexpr int kFarBehind = 64;

// A broker leaves out a batch that is larger than what is asked for, and nobody should wait for the
// next one.
constexpr std::size_t kBatchesInShare = 4;

// What a compressed batch may hold to be joined with others.
constexpr std::int32_t kFewRecords = 4;
constexpr std::size_t kSmallPayloadBytes = 64 << 10;

}  // namespace

Lane::Lane(Settings settings, Position start, Counters& counters, Budget& budget)
    : settings_(std::move(settings)),
      progress_(start),
      counters_(counters),
      budget_(budget),
      credit_bytes_(settings_.credit_bytes) {}

std::string Lane::name() const {
  return fmt::format("topic {} partition {}", settings_.topic, settings_.partition);
}

bool Lane::wants_fetch() const {
  return !stopped_ && !blocked_ && !taken_to_end() && has_room();
}

bool Lane::waits_for_room() const {
  return !stopped_ && !blocked_ && !taken_to_end() && !has_room() && !lets_gather();
}

bool Lane::has_room() const {
  return !backlog_ && !lets_gather() &&
         unacknowledged_bytes_ < std::max(credit_bytes_, sendable_bytes_);
}

// Where as many small batches as may be under way are not acknowledged, what comes now could not go
// either, and later each would take a request of its own. Fetched together it can be joined.
bool Lane::lets_gather() const {
  constexpr std::size_t kMany = ProduceWindow::kRememberedBatches;
  return settings_.coalesce && settings_.mode == LaneMode::kIdentity &&
         progress_.pending() >= kMany && unacknowledged_bytes_ < kMany * kSmallBatchBytes &&
         unacknowledged_bytes_ >= sendable_bytes_;
}

std::size_t Lane::take_share(std::size_t bytes) {
  const bool opens = settings_.mode == LaneMode::kKey || settings_.codec;
  credit_bytes_ = settings_.credit_bytes;
  if (!opens) {
    credit_bytes_ = std::min(credit_bytes_, std::max(bytes, kBatchesInShare * largest_batch_));
  }
  return credit_bytes_;
}

bool Lane::taken_to_end() const {
  return end_ && fetch_offset() >= *end_;
}

void Lane::on_fetched(net::SlabRef slab, ConstBytes records,
                      std::vector<protocol::AbortedTransaction> aborted) {
  KM_CHECK(!backlog_, "one chunk at a time");
  if (stopped_ || blocked_ || records.empty()) return;
  backlog_.emplace(
      Backlog{std::move(slab), BatchReader(records), AbortedFilter(std::move(aborted))});
}

std::vector<Lane::Routed> Lane::pump() {
  std::vector<Routed> out;
  while (backlog_ && !stopped_ && split_bytes_ < budget_.build_bytes()) {
    if (take_next(out) == Take::kEnd) {
      flush(out);
      backlog_.reset();
    }
  }
  flush(out);
  scratch_ = Buffer();  // It can be large, and lanes are many.
  if (stopped_) backlog_.reset();
  for (const Routed& routed : out) unacknowledged_bytes_ += routed.batch.records.size();
  return out;
}

Lane::Take Lane::take_next(std::vector<Routed>& out) {
  BatchReader& reader = backlog_->reader;
  switch (reader.next()) {
    case BatchReader::Step::kBatch: {
      const BatchView batch = reader.batch();
      if (end_ && batch.base_offset() >= *end_) {
        flush(out);
        pass_end();
        return Take::kEnd;
      }
      take_batch(batch, out);
      return stopped_ ? Take::kEnd : Take::kTaken;
    }
    case BatchReader::Step::kLegacy:
      flush(out);
      stop(
          fmt::format("{}: offset {}: the record is stored in message format {}, which cannot be "
                      "mirrored yet; only format 2 (Kafka 0.11 and later) can",
                      name(), reader.offset(), reader.magic()));
      return Take::kEnd;
    case BatchReader::Step::kMalformed:
      flush(out);
      stop(fmt::format("{}: after offset {}: the source sent a malformed batch: {} (byte {})",
                       name(), fetch_offset(), reader.malformed().what,
                       reader.malformed().position));
      return Take::kEnd;
    case BatchReader::Step::kPartial:
    case BatchReader::Step::kEnd:
      return Take::kEnd;
  }
  return Take::kEnd;
}

// Nothing is left before the end, whatever stood there: compaction may have taken it.
void Lane::pass_end() {
  if (!taken_to_end()) progress_.take({*end_, progress_.taken().leader_epoch}, 0);
}

std::int64_t Lane::position() const {
  return split_pending_ ? split_end_.offset : fetch_offset();
}

void Lane::take_batch(const BatchView& batch, std::vector<Routed>& out) {
  const AbortedFilter::Verdict verdict = backlog_->filter.judge(batch);
  if (batch.next_offset() <= position()) return;
  first_reading_ = batch.next_offset() > read_to_;
  read_to_ = std::max(read_to_, batch.next_offset());
  const Position end{batch.next_offset(), batch.leader_epoch()};
  if (verdict == AbortedFilter::Verdict::kMalformed) {
    flush(out);
    stop_at(batch, "its transaction marker cannot be read");
    return;
  }
  if (verdict != AbortedFilter::Verdict::kKeep || batch.record_count() == 0) {
    flush(out);
    progress_.take(end, 0);
    if (verdict == AbortedFilter::Verdict::kDropControl) count(&Counters::control_batches);
    if (verdict == AbortedFilter::Verdict::kDropAborted) count(&Counters::aborted_batches);
    return;
  }
  if (batch.has_holes()) {
    flush(out);
    stop_at(batch,
            "compaction has taken records out of this batch, and such batches cannot be "
            "mirrored yet");
    return;
  }
  const Codec codec = settings_.codec.value_or(batch.codec().value_or(Codec::kNone));
  if (codec == Codec::kZstd && !settings_.zstd_allowed) {
    flush(out);
    stop_at(batch,
            "it is compressed with zstd, which the destination's brokers (before Kafka 2.1) "
            "cannot read; set compression.type to another codec");
    return;
  }
  if (must_rebuild(batch)) {
    if (const auto problem = rebuild(batch, settings_.payload_bytes_max, out)) {
      flush(out);
      stop_at(batch, *problem);
    }
  } else if (coalesces(batch) && !rebuild(batch, kSmallPayloadBytes, out)) {
    count(&Counters::joined);
  } else {
    flush(out);
    pass_through(batch, out);  // If something is wrong with it, the destination will say so.
  }
}

// What was given back is read twice and counts once.
void Lane::count(std::uint64_t Counters::*number) {
  if (first_reading_) ++(counters_.*number);
}

bool Lane::must_rebuild(const BatchView& batch) const {
  return settings_.mode == LaneMode::kKey || batch.base_offset() < position() ||
         (settings_.codec && batch.codec() != settings_.codec) ||
         (batch.bytes().size() > settings_.message_bytes_max && batch.record_count() > 1);
}

// Whether small batches become one: where others stand before them that are not acknowledged, so
// that waiting for their turn would take longer. Compressed ones have to be far behind.
bool Lane::coalesces(const BatchView& batch) const {
  if (!settings_.coalesce || batch.bytes().size() >= kSmallBatchBytes) return false;
  // Its records would get the time of the batch instead of their own.
  if (batch.timestamp_type() == TimestampType::kLogAppendTime) return false;
  if (batch.codec() != Codec::kNone) {
    if (batch.record_count() > kFewRecords || backlog_->passed_through < kFarBehind) return false;
  } else if (unacknowledged_bytes_ == 0 &&
             backlog_->passed_through < ProduceWindow::kRememberedBatches) {
    return false;
  }
  const std::size_t next = backlog_->reader.next_size();
  return split_pending_ || (next > 0 && next < kSmallBatchBytes);
}

void Lane::pass_through(const BatchView& batch, std::vector<Routed>& out) {
  OutgoingBatch outgoing;
  const MutableBytes bytes = backlog_->slab.writable(batch.bytes());
  outgoing.records.append(bytes);
  outgoing.header = bytes.first(protocol::kBatchHeaderBytes);
  outgoing.record_count = batch.record_count();
  outgoing.first_offset = batch.base_offset();
  outgoing.lane = this;
  outgoing.slab = backlog_->slab;
  outgoing.entry = progress_.take({batch.next_offset(), batch.leader_epoch()}, 1);
  largest_batch_ = std::max(largest_batch_, bytes.size());
  count(&Counters::passed_through);
  ++backlog_->passed_through;
  out.push_back({settings_.partition, std::move(outgoing)});
}

// Returns what is wrong with the batch, of which nothing is taken then.
std::optional<std::string> Lane::rebuild(const BatchView& batch, std::size_t payload_bytes_max,
                                         std::vector<Routed>& out) {
  const Codec codec = settings_.codec.value_or(batch.codec().value_or(Codec::kNone));
  if (splitter_ && codec != splitter_codec_) {
    flush(out);
    splitter_.reset();
  }
  if (!splitter_) {
    const bool by_key = settings_.mode == LaneMode::kKey;
    const std::int32_t targets = by_key ? settings_.destination_partitions : 1;
    splitter_.emplace(targets, codec, settings_.batch_bytes_max, settings_.partition % targets,
                      settings_.compression_level);
    splitter_codec_ = codec;
  }
  // Without compression the built batch refers to the payload, so the payload needs an owner.
  std::shared_ptr<const void> owner;
  std::shared_ptr<Buffer> payload_buffer;
  if (codec == Codec::kNone && batch.codec() == Codec::kNone) {
    if (!backlog_->owner) backlog_->owner = std::make_shared<net::SlabRef>(backlog_->slab);
    owner = backlog_->owner;
  } else if (codec == Codec::kNone) {
    owner = payload_buffer = std::make_shared<Buffer>();
  }
  Buffer& scratch = payload_buffer ? *payload_buffer : scratch_;
  const auto opened = protocol::open_batch(batch, payload_bytes_max, scratch);
  if (opened.error == protocol::OpenError::kTooLarge) {
    return fmt::format("cannot read the batch: {} (batch.memory={})", open_error_text(opened.error),
                       payload_bytes_max);
  }
  if (opened.error != protocol::OpenError::kNone) {
    return std::string("cannot read the batch: ") + open_error_text(opened.error);
  }
  const auto malformed = splitter_->add(batch, opened.payload, position(), owner);
  if (malformed) {
    return fmt::format("the batch is malformed: {} (byte {} of its payload)", malformed->what,
                       malformed->position);
  }
  count(&Counters::rebuilt);
  if (batch.codec() != Codec::kNone) count(&Counters::decompressed);
  split_pending_ = true;
  split_end_ = {batch.next_offset(), batch.leader_epoch()};
  split_bytes_ += opened.payload.size();
  if (split_bytes_ >= kSplitBytes) flush(out);
  return std::nullopt;
}

void Lane::flush(std::vector<Routed>& out) {
  if (!split_pending_) return;
  split_pending_ = false;
  split_bytes_ = 0;
  std::vector<protocol::SplitBatch> batches = splitter_->finish();
  const std::int64_t first_offset = fetch_offset();
  const auto entry = progress_.take(split_end_, static_cast<int>(batches.size()));
  const bool by_key = settings_.mode == LaneMode::kKey;
  for (protocol::SplitBatch& split : batches) {
    OutgoingBatch outgoing;
    outgoing.built = std::make_shared<protocol::BuiltBatch>(std::move(split.batch));
    for (ConstBytes piece : outgoing.built->pieces) outgoing.records.append(piece);
    outgoing.header = outgoing.built->header;
    outgoing.record_count = outgoing.built->record_count;
    outgoing.first_offset = first_offset;
    outgoing.charge = Budget::Charge(budget_, outgoing.built->size_bytes);
    outgoing.lane = this;
    outgoing.entry = entry;
    out.push_back({by_key ? split.partition : settings_.partition, std::move(outgoing)});
  }
}

void Lane::on_acknowledged(const OutgoingBatch& batch) {
  unacknowledged_bytes_ -= batch.records.size();
  counters_.records += batch.record_count;
  counters_.bytes += batch.records.size();
  ++counters_.batches;
  progress_.acknowledge(batch.entry);
}

void Lane::set_blocked(bool blocked) {
  blocked_ = blocked;
  if (blocked_) backlog_.reset();
}

void Lane::rewind(Progress::Entry first, std::size_t bytes) {
  KM_CHECK(blocked_, "a lane that flows keeps what it took");
  unacknowledged_bytes_ -= bytes;
  progress_.rewind(first);
}

void Lane::stop_at(const BatchView& batch, std::string why) {
  stop(fmt::format("{}: offsets {} to {}: {}", name(), batch.base_offset(), batch.last_offset(),
                   why));
}

void Lane::stop(std::string reason) {
  if (stopped_) return;
  stopped_ = true;
  stop_reason_ = std::move(reason);
}

void Lane::skip_to(std::int64_t offset) {
  KM_CHECK(!backlog_, "nothing fetched is skipped");
  counters_.lost_records +=
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, offset - fetch_offset()));
  progress_.skip({offset, -1});
}

std::int64_t Lane::lag() const {
  return std::max<std::int64_t>(0, high_watermark_ - progress_.committable().offset);
}

}  // namespace kmirror::mirror
