#include "mirror/read_ahead_loop.h"

#include <utility>

namespace kmirror::mirror {

using net::Awaitable;
using net::Result;
using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

ReadAheadLoop::ReadAheadLoop(Shard& shard, Slot& slot, ReadAhead core, Duration far)
    : shard_(shard),
      slot_(slot),
      broker_(slot.leader),
      core_(std::move(core)),
      far_(far),
      wakeup_(shard.runtime()),
      tasks_(shard.runtime()) {}

Awaitable<void> ReadAheadLoop::run() {
  while (goes_on()) {
    give_to_lane();
    begin_requests();
    if (core_.under_way() == 0 && slot_.lane.wants_fetch()) break;
    co_await wakeup_.wait();
  }
  over_ = true;
}

Awaitable<void> ReadAheadLoop::close() {
  for (const auto& connection : connections_) connection->close("no more is read ahead");
  co_await tasks_.join();
}

bool ReadAheadLoop::goes_on() const {
  return !over_ && !core_.broken() && core_.quickest() >= far_ && shard_.fetching() &&
         slot_.leader == broker_ && !slot_.lane.blocked() && !slot_.lane.stopped();
}

void ReadAheadLoop::give_to_lane() {
  while (slot_.lane.wants_fetch()) {
    auto chunk = core_.next_chunk(slot_.lane.fetch_offset());
    if (!chunk) return;
    slot_.lane.on_fetched(std::move(chunk->slab), chunk->records, std::move(chunk->aborted));
    shard_.pump(slot_);
  }
}

void ReadAheadLoop::begin_requests() {
  while (const auto wanted = core_.next_request(slot_.lane.readable_end())) {
    if (!shard_.budget().has_room_ahead(wanted->bytes)) return;
    core_.begin(*wanted);
    shard_.budget().begin_fetch(wanted->bytes);
    tasks_.spawn(fetch(*wanted));
  }
}

Awaitable<void> ReadAheadLoop::fetch(ReadAhead::Request wanted) {
  const bool done = co_await fetch_once(wanted);
  shard_.budget().end_fetch(wanted.bytes);
  if (!done) over_ = true;
  wake();
}

// False where no more can be read ahead.
Awaitable<bool> ReadAheadLoop::fetch_once(ReadAhead::Request wanted) {
  const net::Cluster::ConnectionPtr line = co_await connection();
  if (over_ || !line) co_return false;
  const bool by_topic_id =
      !slot_.topic_id.is_zero() && line->version_for(FetchRequest::kApi) >= kFirstTopicIdVersion;
  const FetchRequest request = make_range_request(shard_, slot_, wanted);
  const net::CallOptions options = fetch_options(shard_, by_topic_id);
  const TimePoint sent = shard_.runtime().now();
  Result<Response> response = co_await line->call(request, options);
  if (over_ || !response) co_return false;
  idle_.push_back(line);
  co_return on_response(wanted, std::move(response.value()), shard_.runtime().now() - sent);
}

Awaitable<net::Cluster::ConnectionPtr> ReadAheadLoop::connection() {
  if (!idle_.empty()) {
    const net::Cluster::ConnectionPtr line = std::move(idle_.back());
    idle_.pop_back();
    co_return line;
  }
  const Result<net::Cluster::ConnectionPtr> dialled = co_await shard_.source().dial(broker_);
  if (!dialled) co_return nullptr;
  connections_.push_back(dialled.value());
  if (over_) dialled.value()->close("no more is read ahead");
  co_return dialled.value();
}

// By value: the frame is held by what was taken from it alone, once this is done.
bool ReadAheadLoop::on_response(const ReadAhead::Request& wanted, Response response,
                                Duration took) {
  const auto& topics = response.message.responses;
  if (response.message.error_code != ErrorCode::kNone || topics.size() != 1) return false;
  if (topics.front().partitions.size() != 1) return false;
  const FetchResponse::Partition& partition = topics.front().partitions.front();
  if (partition.error_code != ErrorCode::kNone || !partition.records ||
      partition.partition_index != slot_.lane.settings().partition) {
    return false;
  }
  const bool read_committed = shard_.config().source.read_committed;
  slot_.lane.set_high_watermark(readable_end(partition, read_committed));
  const ConstBytes records = partition.records->bytes();
  core_.on_answer(wanted.range,
                  {.slab = response.frame,
                   .records = records,
                   .aborted = aborted_in(partition, read_committed),
                   .reach = reach_of(records, wanted.offset)},
                  took);
  return true;
}

}  // namespace kmirror::mirror
