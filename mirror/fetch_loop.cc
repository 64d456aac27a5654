#include "mirror/fetch_loop.h"

#include <fmt/core.h>

#include <algorithm>

#include "mirror/fetch_request.h"
#include "mirror/log_range.h"
#include "mirror/read_ahead_loop.h"

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::Result;
using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

// How long a broker may wait for records of quiet lanes while others, which have more to read, wait
// only for room: they join the next request. It doubles while neither records nor room come, so
// that a lane waits for its next request at most about as long as it was stuck before.
constexpr std::chrono::milliseconds kShortWait{10};

// From such a time on it pays to ask for more while an answer is on its way, and after so many
// answers, the first of them to the connection itself, it is no accident.
constexpr std::chrono::milliseconds kFar{20};
constexpr int kAnswersToTell = 3;

// What is fetched at a time from a broker near by, and of that for a lane.
constexpr std::size_t kNearFetch = 1 << 20;
constexpr std::size_t kShareMin = 128 << 10;

// A lane has to be so many fetches behind to be read ahead, and few lanes are at a time: where many
// have something to read, one fetch brings enough.
constexpr double kRangesToRead = 4;
constexpr std::size_t kReadAheadMax = 4;

// Who reads ahead needs room as well.
constexpr std::size_t kReadAheadShares = 3;

// Bytes at most, where a range is read ahead for a simulation's sake.
constexpr std::uint64_t kTinyRange = 8 << 10;

}  // namespace

FetchLoop::FetchLoop(Shard& shard, std::int32_t broker)
    : shard_(shard),
      broker_(broker),
      random_(shard.runtime().random().split(fmt::format("fetch from {}", broker))),
      wakeup_(shard.runtime()),
      back_off_(shard.source().make_reconnect_back_off()),
      short_wait_(kShortWait) {}

Awaitable<void> FetchLoop::run() {
  while (!shard_.closing()) {
    look_at_touched();
    if (bytes_to_ask_for() == 0) {
      co_await wakeup_.wait(next_retry());
      continue;
    }
    Result<void> done = co_await connect();
    if (done) {
      // Others ran meanwhile: what was due may be so no longer.
      look_at_touched();
      const std::size_t bytes = bytes_to_ask_for();
      if (bytes == 0) continue;
      done = co_await fetch(bytes);
    }
    if (done) {
      back_off_.reset();
    } else if (shard_.fetching()) {
      co_await pause_after(done.error());
    }
  }
}

Awaitable<void> FetchLoop::pause_after(net::Failure failure) {
  shard_.source().report_outage(broker_, failure);
  shard_.source().request_refresh();
  for (const auto& slot : shard_.slots()) {
    if (slot->leader < 0 || slot->leader == broker_) slot->refusal.on_leaderless();
  }
  look_at_touched();  // Lanes that have another leader by now need not wait.
  net::Wakeup pause(shard_.runtime());
  co_await pause.wait(shard_.runtime().now() + back_off_.next(random_));
}

void FetchLoop::wake() {
  wakeup_.notify();
  for (Slot* slot : read_ahead_) slot->ahead->wake();
}

void FetchLoop::touch(Slot& slot) {
  if (slot.ahead) slot.ahead->wake();
  if (std::exchange(slot.touched, true)) return;
  touched_.push_back(&slot);
  wake();
}

void FetchLoop::release(Slot& slot) {
  if (under_way_) {
    touched_.push_back(&slot);  // It is let go when it is looked at.
  } else {
    let_go(slot);
  }
}

void FetchLoop::let_go(Slot& slot) {
  if (slot.reader != this) return;
  set_reading(slot, false);
  if (std::exchange(slot.lacks_room, false)) --lacking_room_;
  slot.reader = nullptr;
  shard_.touch(slot);
}

void FetchLoop::look_at_touched() {
  const TimePoint now = shard_.runtime().now();
  while (!retries_.empty() && retries_.begin()->first <= now) {
    touched_.push_back(retries_.begin()->second);
    retries_.erase(retries_.begin());
  }
  for (Slot* slot : std::exchange(touched_, {})) look_at(*slot);
}

void FetchLoop::look_at(Slot& slot) {
  if (slot.leader_loop != this) {
    let_go(slot);
    return;
  }
  slot.touched = false;
  if (slot.reader != nullptr && slot.reader != this) return;  // It lets go when it has its answer.
  slot.reader = this;
  const bool lacked_room =
      std::exchange(slot.lacks_room, !slot.ahead && slot.lane.waits_for_room());
  lacking_room_ += slot.lacks_room ? 1 : 0;
  lacking_room_ -= lacked_room ? 1 : 0;
  const bool waits = shard_.runtime().now() < slot.retry_at;
  if (waits && std::exchange(slot.look_at, slot.retry_at) != slot.retry_at) {
    retries_.emplace(slot.retry_at, &slot);
  }
  set_reading(slot, !waits && !slot.finding_range && !slot.ahead && slot.lane.wants_fetch());
}

void FetchLoop::set_reading(Slot& slot, bool reading) {
  const bool read_before = session_.reads(slot.number());
  if (reading) {
    session_.read(slot.number(),
                  {.offset = slot.lane.fetch_offset(), .leader_epoch = slot.leader_epoch});
  } else {
    session_.rest(slot.number());
  }
  if (!slot.topic_id.is_zero() || reading == read_before) return;
  without_topic_id_ = reading ? without_topic_id_ + 1 : without_topic_id_ - 1;
}

std::size_t FetchLoop::bytes_to_ask_for() const {
  if (!shard_.fetching() || session_.size() == 0) return 0;
  const std::size_t others = read_ahead_.empty() ? 0 : kReadAheadShares;
  return std::min<std::size_t>(shard_.budget().fetch_bytes(shard_.fetch_loops() + others),
                               shard_.config().source.fetch_max_bytes);
}

// Little at a time is still in a core's cache when it goes out again. Far away it takes more to
// make up for the way.
std::size_t FetchLoop::share() const {
  const std::size_t away = static_cast<std::size_t>(to_ms(quickest_));
  return std::max(kShareMin, kNearFetch * (1 + away) / std::max(brought_, lacking_room_));
}

TimePoint FetchLoop::next_retry() const {
  return retries_.empty() ? kNever : retries_.begin()->first;
}

Awaitable<Result<void>> FetchLoop::connect() {
  if (connection_ && shard_.runtime().buggify("fetch connection closed")) {
    connection_->close("for nothing");
  }
  if (connection_ && connection_->is_open()) co_return Result<void>();
  const TimePoint began = shard_.runtime().now();
  Result<net::Cluster::ConnectionPtr> dialled = co_await shard_.source().dial(broker_);
  if (!dialled) co_return dialled.error();
  connection_ = dialled.value();
  quickest_ = shard_.runtime().now() - began;
  answers_ = 1;
  session_.restart();  // The broker may be another by now, of another version.
  co_return Result<void>();
}

Awaitable<Result<void>> FetchLoop::fetch(std::size_t bytes) {
  net::Runtime& runtime = shard_.runtime();
  const Duration longest = shard_.config().source.fetch_max_wait;
  const bool crowded = lacking_room_ > 0;
  if (session_.size() > 1 && runtime.buggify("partition left out of a fetch")) leave_one_out();
  if (runtime.buggify("fetch session given up")) session_.restart();
  const bool by_topic_id = without_topic_id_ == 0 &&
                           connection_->version_for(FetchRequest::kApi) >= kFirstTopicIdVersion;
  FetchRequest request =
      make_fetch_request(shard_, session_, session_.next_request(by_topic_id), share());
  request.max_wait_ms = to_ms(crowded ? std::min(short_wait_, longest) : longest);
  request.max_bytes = static_cast<std::int32_t>(bytes);
  if (runtime.buggify("fetch of one byte")) request.max_bytes = 1;
  const net::CallOptions options = fetch_options(shard_, by_topic_id);
  const TimePoint sent = runtime.now();
  shard_.budget().begin_fetch(bytes);
  under_way_ = true;
  Result<Response> response = co_await connection_->call(request, options);
  under_way_ = false;
  shard_.budget().end_fetch(bytes);
  if (!response) {
    session_.restart();
    if (response.error().kind == net::FailureKind::kUnsupported) stop_all(response.error().text);
    co_return response.error();
  }
  quickest_ = std::min(quickest_, runtime.now() - sent);
  ++answers_;
  if (!shard_.fetching() || runtime.buggify("fetched data thrown away")) {
    session_.restart();
    co_return Result<void>();
  }
  const std::vector<Slot*> brought = on_response(std::move(response.value()));
  if (!brought.empty()) brought_ = brought.size();
  const bool goes_on = crowded && brought.empty();
  short_wait_ = goes_on ? std::min(2 * short_wait_, longest) : Duration(kShortWait);
  for (Slot* slot : brought) shard_.pump(*slot);
  co_return Result<void>();
}

void FetchLoop::leave_one_out() {
  const std::vector<std::size_t> lanes = session_.lanes();
  Slot& slot = *shard_.slots()[lanes[random_.below(lanes.size())]];
  set_reading(slot, false);
  shard_.touch(slot);
}

void FetchLoop::stop_all(const std::string& why) {
  for (const std::size_t number : session_.lanes()) {
    Slot& slot = *shard_.slots()[number];
    shard_.stop_lane(slot, slot.lane.name() + ": " + why);
  }
}

// By value: the frame is held by what was taken from it alone, once this is done.
std::vector<Slot*> FetchLoop::on_response(Response response) {
  std::vector<Slot*> brought;
  const ErrorCode code = response.message.error_code;
  if (!session_.on_response(code, response.message.session_id)) return brought;
  if (code != ErrorCode::kNone) {
    for (const std::size_t number : session_.lanes()) on_error(*shard_.slots()[number], code);
    return brought;
  }
  for (FetchResponse::Topic& topic : response.message.responses) {
    for (FetchResponse::Partition& partition : topic.partitions) {
      const std::optional<std::size_t> lane =
          response.version >= kFirstTopicIdVersion
              ? shard_.index().find(topic.topic_id, partition.partition_index)
              : shard_.index().find(topic.topic, partition.partition_index);
      if (!lane || !session_.reads(*lane)) continue;
      Slot& slot = *shard_.slots()[*lane];
      if (on_partition(slot, response.frame, partition)) brought.push_back(&slot);
    }
  }
  return brought;
}

bool FetchLoop::on_partition(Slot& slot, net::SlabRef& frame, FetchResponse::Partition& partition) {
  if (slot.lane.has_backlog() || slot.finding_range) return false;  // It is answered for already.
  shard_.touch(slot);
  if (partition.error_code != ErrorCode::kNone) {
    on_error(slot, partition.error_code);
    return false;
  }
  slot.back_off.reset();
  if (slot.refusal.on_accepted()) {
    shard_.runtime().log(net::LogLevel::kInfo, slot.lane.name() + " is read again");
  }
  const bool read_committed = shard_.config().source.read_committed;
  slot.lane.set_high_watermark(readable_end(partition, read_committed));
  if (!partition.records || partition.records->empty()) return false;
  const ConstBytes records = partition.records->bytes();
  slot.lane.on_fetched(frame, records, aborted_in(partition, read_committed));
  consider_reading_ahead(slot, records);
  return true;
}

void FetchLoop::on_error(Slot& slot, ErrorCode code) {
  net::Runtime& runtime = shard_.runtime();
  shard_.touch(slot);
  slot.retry_at = runtime.now() + slot.back_off.next(random_);
  const std::string reason = fmt::format(
      "{}: offset {}: {} answers a fetch with {}: {}", slot.lane.name(), slot.lane.fetch_offset(),
      shard_.source().broker_name(broker_), error_name(code), error_sentence(code));
  if (code == ErrorCode::kOffsetOutOfRange) {
    slot.finding_range = true;
    shard_.spawn(find_log_range(shard_, &slot));
  } else if (code == ErrorCode::kUnknownTopicId || code == ErrorCode::kInconsistentTopicId ||
             refreshes_metadata(code)) {
    shard_.source().request_refresh();
  } else if (!is_retriable(code)) {
    shard_.stop_lane(slot, reason);
    return;
  }
  // What passes by itself within seconds, as a leader's move, is nobody's business.
  if (!slot.refusal.on_refused(shard_.runtime().now())) return;
  shard_.runtime().log(net::LogLevel::kWarning, reason + "; it is tried again and again");
}

// A link where answers take long although their records are there, each time.
bool FetchLoop::is_far() const {
  return answers_ >= kAnswersToTell && quickest_ >= kFar;
}

// Whether one fetch after the other would take long, although each brings what it may.
bool FetchLoop::is_far_behind(const Slot& slot, const Reach& reach) const {
  const double most = shard_.config().source.max_partition_fetch_bytes;
  const double offsets = static_cast<double>(reach.end - reach.first);
  const double left = static_cast<double>(slot.lane.readable_end() - reach.end);
  const auto bytes = static_cast<double>(reach.bytes);
  return 2 * bytes >= most && left * bytes >= kRangesToRead * most * offsets;
}

void FetchLoop::consider_reading_ahead(Slot& slot, ConstBytes records) {
  const bool forced = shard_.runtime().buggify("partition read ahead");
  if (slot.ahead || read_ahead_.size() >= kReadAheadMax || !(forced || is_far())) return;
  const Reach reach = reach_of(records, session_.place(slot.number()).offset);
  if (reach.batches == 0 || !(forced || is_far_behind(slot, reach))) return;
  const auto most = static_cast<std::size_t>(shard_.config().source.max_partition_fetch_bytes);
  const ReadAhead core(forced ? random_.below(kTinyRange) : most, reach, quickest_);
  slot.ahead =
      std::make_shared<ReadAheadLoop>(shard_, slot, core, forced ? Duration() : Duration(kFar));
  read_ahead_.push_back(&slot);
  shard_.spawn(read_ahead(slot.ahead, &slot));
}

// A moved leader may have another loop read the lane before all is closed.
Awaitable<void> FetchLoop::read_ahead(std::shared_ptr<ReadAheadLoop> loop, Slot* slot) {
  co_await loop->run();
  std::erase(read_ahead_, slot);
  slot->ahead = nullptr;
  shard_.touch(*slot);
  co_await loop->close();
  loop.reset();
  shard_.on_room();  // What it had is given back.
}

}  // namespace kmirror::mirror
