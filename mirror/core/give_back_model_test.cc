// Two lanes and their windows through random histories of partitions that take nothing for a while:
// every record arrives once and in order, counts once, and blocked lanes hold no slab.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>

#include "mirror/core/give_back.h"
#include "mirror/core/lane.h"
#include "mirror/core/produce_window.h"
#include "mirror/testing/batches.h"
#include "mirror/testing/idempotent_log.h"

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;
using std::chrono::milliseconds;

constexpr int kLanes = 2;
constexpr std::int64_t kBatches = 40;  // of a source partition, each at a multiple of four
constexpr std::size_t kChunkBatches = 6;
constexpr std::size_t kCredit = 1000;

bool is_aborted(std::int64_t index) {
  return index % 8 == 6;
}

bool is_marker(std::int64_t index) {
  return index % 8 == 7;
}

TestBatch batch_at(std::int64_t index) {
  if (is_marker(index)) return marker_batch(index * 4, 9, false);
  TestBatch batch{.base_offset = index * 4, .records = {}};
  for (std::int64_t offset = index * 4; offset < index * 4 + 4; ++offset) {
    const std::string filler(static_cast<std::size_t>(offset % 5) * 100, 'x');
    batch.records.push_back({std::to_string(offset), fmt::format("{} {}", offset, filler)});
  }
  if (is_aborted(index)) {
    batch.attributes = protocol::batch_attribute::kTransactional;
    batch.producer_id = 9;
  }
  return batch;
}

class History {
 public:
  History(std::uint64_t seed, LaneMode mode) : random_(seed) {
    for (std::int64_t index = 0; index < kBatches; ++index) {
      source_.push_back(source_batch(batch_at(index)));
    }
    for (int i = 0; i < kLanes; ++i) {
      targets_.push_back(std::make_unique<Target>());
      sources_.push_back(
          std::make_unique<Source>(Source{.lane = Lane({.partition = i,
                                                        .mode = mode,
                                                        .destination_partitions = kLanes,
                                                        .credit_bytes = kCredit},
                                                       {}, counters_, budget_)}));
      sources_.back()->lane.set_end(kBatches * 4 - 3);
    }
    for (int i = 0; i < kLanes; ++i) {
      for (int j = 0; j < kLanes; ++j) {
        if (mode == LaneMode::kKey || i == j) sources_[i]->targets.push_back(targets_[j].get());
      }
    }
  }

  // False when it does not come to an end.
  bool run() {
    for (int step = 0; step < 20'000; ++step) {
      const bool calm = step > 1'500;
      if (chance(30)) fetch();
      if (chance(40)) on_fetched();
      for (const auto& target : targets_) {
        if (calm || chance(2)) target->stuck = !calm && !target->stuck;
        if (chance(30)) send(*target);
        if (chance(40)) answer(*target, calm);
      }
      if (chance(20)) now_ += milliseconds(random_.below(1'000));
      if (chance(5)) give_back_blocked();
      if (std::ranges::all_of(sources_, [](const auto& s) { return s->lane.reached_end(); })) {
        return true;
      }
    }
    return false;
  }

  const Counters& counters() const { return counters_; }
  std::size_t used_bytes() const { return budget_.used_bytes(); }
  int read_again() const { return read_again_; }

  // The source offsets that a destination partition holds of a lane.
  const std::vector<std::int64_t>& stored(int target, const Lane& lane) {
    return targets_[static_cast<std::size_t>(target)]->log[&lane];
  }
  const Lane& lane(int i) const { return sources_[static_cast<std::size_t>(i)]->lane; }

 private:
  struct Target {
    ProduceWindow window{{5, milliseconds(100), milliseconds(500)}, ProducerIdentity{7}};
    IdempotentLog broker;
    std::map<const Lane*, std::vector<std::int64_t>> log;
    std::deque<OutgoingBatch*> wire;
    bool stuck = false;
  };
  struct Source {
    Lane lane;
    std::vector<Target*> targets = {};
    bool fetching = false;
  };
  struct Chunk {
    Source* source;
    std::size_t first;
    std::size_t end;
  };

  bool chance(int percent) { return random_.below(100) < static_cast<std::uint64_t>(percent); }

  // One Fetch is under way at a time, for all lanes that want one.
  void fetch() {
    if (!response_.empty()) return;
    for (const auto& source : sources_) {
      if (!source->lane.wants_fetch()) continue;
      const auto first = static_cast<std::size_t>((source->lane.fetch_offset() + 3) / 4);
      const std::size_t end = std::min(first + 1 + random_.below(kChunkBatches), source_.size());
      source->fetching = true;
      response_.push_back({source.get(), first, end});
    }
  }

  void on_fetched() {
    Buffer bytes;
    for (const Chunk& chunk : response_) {
      for (std::size_t i = chunk.first; i < chunk.end; ++i) {
        bytes.insert(bytes.end(), source_[i].begin(), source_[i].end());
      }
    }
    if (bytes.empty()) return;
    net::SlabRef slab = slabs_.allocate(bytes.size());
    std::ranges::copy(bytes, slab.bytes().begin());
    std::size_t at = 0;
    for (const Chunk& chunk : std::exchange(response_, {})) {
      std::size_t size = 0;
      std::vector<protocol::AbortedTransaction> aborted;
      for (std::size_t i = chunk.first; i < chunk.end; ++i) {
        size += source_[i].size();
        const auto index = static_cast<std::int64_t>(i);
        if (is_aborted(index)) aborted.push_back({9, index * 4});
      }
      chunk.source->fetching = false;
      chunk.source->lane.on_fetched(slab, slab.bytes().subspan(at, size), std::move(aborted));
      at += size;
      pump(*chunk.source);
    }
  }

  void pump(Source& source) {
    for (Lane::Routed& item : source.lane.pump()) {
      const bool by_key = source.targets.size() > 1;
      Target& target = *source.targets[by_key ? static_cast<std::size_t>(item.partition) : 0];
      target.window.push(std::move(item.batch), now_);
    }
  }

  void send(Target& target) {
    if (target.window.ready(now_)) target.wire.push_back(&target.window.send_next());
  }

  void answer(Target& target, bool calm) {
    if (target.wire.empty()) return;
    OutgoingBatch& batch = *target.wire.front();
    target.wire.pop_front();
    const bool lost_before = !calm && chance(5);
    ErrorCode code = ErrorCode::kNotEnoughReplicas;
    if (!target.stuck && !lost_before) code = store(target, batch);
    const bool lost_after = !calm && chance(5);
    if (code == ErrorCode::kNone && !lost_after) {
      target.window.on_acknowledged(batch, -1, now_);
    } else {
      target.window.on_rejected(
          batch, code == ErrorCode::kNone ? ErrorCode::kRequestTimedOut : code, now_, random_);
    }
    for (const OutgoingBatch& done : target.window.take_done()) done.lane->on_acknowledged(done);
    mark_blocked();
    for (const auto& source : sources_) pump(*source);
  }

  static ErrorCode store(Target& target, const OutgoingBatch& batch) {
    const Buffer bytes = flatten(batch.records.slices());
    const protocol::BatchView view{ConstBytes(bytes)};
    KM_CHECK(view.is_crc_valid(), "what is sent is whole");
    const std::size_t before = target.broker.appended();
    const ErrorCode code = target.broker.produce(IdempotentLog::stamp_of(view));
    if (target.broker.appended() == before) return code;
    for (const TestRecord& record : records_of(batch)) {
      target.log[batch.lane].push_back(std::stoll(*record.value));
    }
    return code;
  }

  void mark_blocked() {
    for (const auto& source : sources_) {
      source->lane.set_blocked(std::ranges::any_of(
          source->targets, [&](const Target* target) { return target->window.blocked(now_); }));
    }
  }

  void give_back_blocked() {
    mark_blocked();
    bool all_blocked = true;
    for (const auto& source : sources_) {
      all_blocked &= source->lane.blocked() && !source->fetching;
      if (!source->lane.blocked() || source->fetching) continue;
      std::vector<ProduceWindow*> windows;
      for (Target* target : source->targets) windows.push_back(&target->window);
      const std::int64_t before = source->lane.fetch_offset();
      give_back(source->lane, windows);
      read_again_ += source->lane.fetch_offset() < before;
    }
    for (const auto& target : targets_) {
      all_blocked &= target->window.blocked(now_) && target->wire.empty();
      if (target->window.blocked(now_)) target->window.detach(budget_);
    }
    if (!all_blocked) return;
    EXPECT_EQ(slabs_.live_bytes(), 0u);
    EXPECT_LE(budget_.held_bytes(), kLanes * (kCredit + kChunkBatches * 2'000));
    EXPECT_EQ(budget_.used_bytes(), budget_.held_bytes());
  }

  Random random_;
  TimePoint now_{};
  net::SlabPool slabs_;
  Counters counters_;
  Budget budget_{1 << 20, slabs_};
  std::vector<Buffer> source_;  // the same for all lanes
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::unique_ptr<Target>> targets_;
  std::vector<Chunk> response_;
  int read_again_ = 0;
};

TEST(GiveBackModel, EveryRecordArrivesOnceAndInOrder) {
  std::vector<std::int64_t> expected;
  for (std::int64_t offset = 0; offset < kBatches * 4; ++offset) {
    if (!is_aborted(offset / 4) && !is_marker(offset / 4)) expected.push_back(offset);
  }
  for (const LaneMode mode : {LaneMode::kIdentity, LaneMode::kKey}) {
    int read_again = 0;
    for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
      History history(seed, mode);
      ASSERT_TRUE(history.run()) << "seed " << seed << ": does not end";
      for (int i = 0; i < kLanes; ++i) {
        std::vector<std::int64_t> all;
        for (int target = 0; target < kLanes; ++target) {
          const auto& stored = history.stored(target, history.lane(i));
          ASSERT_TRUE(std::ranges::is_sorted(stored)) << "seed " << seed;
          all.insert(all.end(), stored.begin(), stored.end());
        }
        std::ranges::sort(all);
        ASSERT_EQ(all, expected) << "seed " << seed;
      }
      const Counters& counters = history.counters();
      ASSERT_EQ(counters.records, kLanes * expected.size()) << "seed " << seed;
      ASSERT_EQ(counters.passed_through + counters.rebuilt, kLanes * expected.size() / 4);
      ASSERT_EQ(counters.control_batches, kLanes * 5u);
      ASSERT_EQ(counters.aborted_batches, kLanes * 5u);
      ASSERT_EQ(history.used_bytes(), 0u) << "seed " << seed;
      read_again += history.read_again();
    }
    EXPECT_GT(read_again, 500) << "histories in which nothing is given back show nothing";
  }
}

}  // namespace
}  // namespace kmirror::mirror
