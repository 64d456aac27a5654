// Produce windows against a simulated broker, some thousand random histories: whatever is lost,
// repeated, refused or late, the log holds each batch once and in order.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "mirror/core/lane.h"
#include "mirror/core/produce_window.h"
#include "mirror/testing/batches.h"
#include "mirror/testing/idempotent_log.h"

namespace kmirror::mirror {
namespace {

using protocol::BatchView;
using protocol::ErrorCode;
using Id = Progress::Entry;

struct Request {
  Id id;
  IdempotentLog::Stamp stamp;
  OutgoingBatch* batch;
  Buffer bytes;
};

struct Faults {
  int refused_of_100 = 0;
  bool forgets = false;     // the broker loses producer states
  bool restarts = false;    // it remembers only the last batch
  bool lags = false;        // what it took may not be seen for a while
  bool unreadable = false;  // it lets nobody read the log
  bool deletes = false;     // the beginning of the log
};

// A leader's answer on its way.
struct TailAnswer {
  ProduceWindow::TailQuestion question;
  std::int64_t log_start = 0;
  Buffer records;
  protocol::FetchResponse::Partition answer;
};

class History {
 public:
  History(std::uint64_t seed, BrokerRules rules, Faults faults)
      : random_(seed), faults_(faults), broker_(rules) {
    for (int i = 0; i < 3; ++i) {
      lanes_.push_back(std::make_unique<Lane>(Lane::Settings{}, Position{}, counters_, budget_));
    }
    window_.emplace(ProduceWindow::Settings{rules.in_flight_max, std::chrono::milliseconds(10),
                                            std::chrono::milliseconds(100)},
                    ProducerIdentity{5});
  }

  // False when it does not come to an end.
  bool run() {
    for (int step = 0; step < 5000; ++step) {
      const bool calm = step > 400;
      if (calm || chance(40)) push(calm);
      if (!calm && chance(5)) give_back();
      if (!calm && chance(4)) cut();
      if (!calm && faults_.forgets && chance(4)) broker_.forget();
      if (!calm && faults_.restarts && chance(4)) broker_.restart();
      if (!calm && faults_.deletes && chance(4)) delete_records();
      if (calm || !faults_.lags || chance(10)) high_watermark_ = end_offset_;
      if (!tail_) ask();
      if (tail_ && chance(30)) answer_question(calm);
      if (chance(50)) send();
      if (chance(50)) answer(calm);
      if (!late_.empty() && chance(20)) {
        produce(late_.front());
        late_.pop_front();
      }
      if (chance(30)) now_ += std::chrono::milliseconds(10);
      if (calm && all_pushed() && window_->idle() && wire_.empty()) return true;
    }
    return false;
  }

  const std::vector<Id>& log() const { return log_; }
  const std::vector<Id>& done() const { return done_; }

  // Whether the window said that something may be there twice.
  bool told() const { return told_; }

  // What the log must hold: of a stopped lane all before the batch that was refused.
  std::vector<Id> expected() const {
    std::vector<Id> ids;
    for (const auto& [id, lane] : pushed_) {
      const auto end = first_refused_.find(lane);
      if (end == first_refused_.end() || id < end->second) ids.push_back(id);
    }
    return ids;
  }

 private:
  bool chance(int percent) { return random_.below(100) < static_cast<std::uint64_t>(percent); }

  bool all_pushed() const {
    return std::ranges::all_of(returned_, [](const auto& ids) { return ids.empty(); });
  }

  // What was given back comes again first.
  void push(bool calm) {
    const int lane = static_cast<int>(random_.below(lanes_.size()));
    std::deque<Id>& returned = returned_[static_cast<std::size_t>(lane)];
    if (stopped_.contains(lane)) return returned.clear();
    const bool is_new = returned.empty();
    if (is_new && calm) return;
    const Id id = is_new ? next_id_++ : returned.front();
    if (!is_new) returned.pop_front();
    if (is_new && chance(faults_.refused_of_100)) {
      refused_.insert(id);
      first_refused_.emplace(lane, id);
    }
    pushed_.emplace_back(id, lane);
    // Few sizes, so that boundaries of different batches coincide.
    window_->push(outgoing_batch(id, 1 + static_cast<int>(random_.below(2)),
                                 lanes_[static_cast<std::size_t>(lane)].get()),
                  now_);
  }

  // A lane's batches that were never sent go, and are pushed again later.
  void give_back() {
    const int lane = static_cast<int>(random_.below(lanes_.size()));
    if (stopped_.contains(lane)) return;
    const Lane* owner = lanes_[static_cast<std::size_t>(lane)].get();
    const Id first = std::max(window_->behind_what_stays(owner), behind_done_[owner]);
    window_->give_back(owner, first);
    std::deque<Id> returned;
    std::erase_if(pushed_, [&](const auto& one) {
      const bool gone = one.second == lane && one.first >= first;
      if (gone) returned.push_back(one.first);
      return gone;
    });
    std::deque<Id>& waiting = returned_[static_cast<std::size_t>(lane)];
    waiting.insert(waiting.begin(), returned.begin(), returned.end());
    if (chance(50)) window_->detach(budget_);
  }

  void send() {
    if (!window_->ready(now_)) return;
    OutgoingBatch& batch = window_->send_next();
    const BatchView view(batch.header);
    wire_.push_back(
        {batch.entry, IdempotentLog::stamp_of(view), &batch, flatten(batch.records.slices())});
  }

  ErrorCode produce(const Request& request) {
    if (refused_.contains(request.id)) return ErrorCode::kMessageTooLarge;
    const std::size_t before = broker_.appended();
    const ErrorCode code = broker_.produce(request.stamp);
    if (broker_.appended() > before) {
      log_.push_back(request.id);
      Buffer& batch = stored_.emplace_back(request.bytes);
      store_be(batch.data() + protocol::batch_field::kBaseOffset, end_offset_);
      end_offset_ += request.stamp.records;
    }
    return code;
  }

  void delete_records() {
    const std::int64_t count = high_watermark_ - log_start_;
    log_start_ += static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(count) + 1));
  }

  std::int64_t offset_of(const IdempotentLog::Stamp& stamp) const {
    const auto found = std::ranges::find_if(stored_, [&](const Buffer& batch) {
      const auto other = IdempotentLog::stamp_of(BatchView(ConstBytes(batch)));
      return other.epoch == stamp.epoch && other.sequence == stamp.sequence;
    });
    return BatchView(ConstBytes(*found)).base_offset();
  }

  void ask() {
    auto question = window_->tail_to_read(now_);
    if (!question) question = window_->tail_to_try();
    if (!question) return;
    tail_.emplace(
        TailAnswer{.question = *question, .log_start = log_start_, .records = {}, .answer = {}});
    tail_->answer.high_watermark = high_watermark_;
    if (faults_.unreadable) {
      tail_->answer.error_code = ErrorCode::kTopicAuthorizationFailed;
    } else if (question->offset < log_start_ || question->offset > end_offset_) {
      tail_->answer.error_code = ErrorCode::kOffsetOutOfRange;
    }
    int batches = 3;
    for (const Buffer& stored : stored_) {
      const BatchView batch{ConstBytes(stored)};
      if (batch.next_offset() <= question->offset || batch.next_offset() > high_watermark_)
        continue;
      if (batches-- == 0) break;
      tail_->records.insert(tail_->records.end(), stored.begin(), stored.end());
    }
    tail_->answer.records = protocol::RecordsView(ConstBytes(tail_->records));
  }

  void answer_question(bool calm) {
    const TailAnswer arrived = std::move(*tail_);
    tail_.reset();
    if (!calm && chance(10)) {
      window_->on_tail_lost(arrived.question, now_, random_);
    } else {
      const auto news =
          arrived.question.log_start
              ? window_->on_log_start(arrived.question, arrived.log_start, now_, random_)
              : window_->on_tail(arrived.question, arrived.answer, now_, random_);
      told_ = told_ || news != ProduceWindow::TailNews::kNone;
    }
    take();
  }

  // The broker works on the oldest request of the connection and answers it.
  void answer(bool calm) {
    if (wire_.empty()) return;
    const Request request = wire_.front();
    wire_.pop_front();
    if (!calm && chance(8)) {
      const ErrorCode codes[] = {ErrorCode::kNotLeaderOrFollower, ErrorCode::kNotEnoughReplicas};
      return reject(request, codes[random_.below(2)]);
    }
    const ErrorCode code = produce(request);
    if (code != ErrorCode::kNone) return reject(request, code);
    if (!calm && chance(8)) return reject(request, ErrorCode::kRequestTimedOut);
    const std::int64_t offset = offset_of(request.stamp);
    high_watermark_ = std::max(high_watermark_, offset + request.stamp.records);
    window_->on_acknowledged(*request.batch, offset, now_);
    take();
  }

  void reject(const Request& request, ErrorCode code) {
    const Lane* lane = request.batch->lane;
    const auto action = window_->on_rejected(*request.batch, code, now_, random_);
    if (action == ProduceWindow::Action::kStopLane) {
      for (int i = 0; i < 3; ++i) {
        if (lanes_[static_cast<std::size_t>(i)].get() == lane) stopped_.insert(i);
      }
      window_->drop_lane(lane);
    }
    take();
  }

  // The connection ends. What is on it may still reach the broker, later, in its order.
  void cut() {
    const std::size_t arrive = random_.below(wire_.size() + 1);
    late_.insert(late_.end(), wire_.begin(), wire_.begin() + static_cast<std::ptrdiff_t>(arrive));
    for (const Request& request : wire_) window_->on_lost(*request.batch, now_, random_);
    wire_.clear();
    take();
  }

  void take() {
    for (const OutgoingBatch& batch : window_->take_done()) {
      done_.push_back(batch.entry);
      behind_done_[batch.lane] = batch.entry + 1;
    }
  }

  Random random_;
  Faults faults_;
  TimePoint now_{};
  net::SlabPool slabs_;
  Counters counters_;
  Budget budget_{1 << 20, slabs_};
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::set<Id> refused_;
  std::optional<ProduceWindow> window_;
  IdempotentLog broker_;
  std::vector<Id> log_;
  std::vector<Buffer> stored_;
  std::int64_t end_offset_ = 0;
  std::int64_t log_start_ = 0;
  std::int64_t high_watermark_ = 0;
  std::optional<TailAnswer> tail_;
  bool told_ = false;
  std::deque<Request> wire_;
  std::deque<Request> late_;                // of connections that ended
  std::vector<std::pair<Id, int>> pushed_;  // in the order of the window
  std::deque<Id> returned_[3];              // by lane
  std::map<const Lane*, Id> behind_done_;
  Id next_id_ = 0;
  std::map<int, Id> first_refused_;  // by lane
  std::set<int> stopped_;
  std::vector<Id> done_;
};

struct Case {
  const char* name;
  BrokerRules rules;
  Faults faults;
};

const Case kCases[] = {
    {"Kafka 0.11", {1, false, 1}, {}},
    {"Kafka 1.0", {5, false, 5}, {}},
    {"Kafka 2.5", {5, true, 5}, {}},
    {"30 in flight to 1.0", {5, false, 30}, {}},
    {"30 in flight to 2.5", {5, true, 30}, {}},
    {"30 in flight, brokers that restart", {5, true, 30}, {.restarts = true}},
    {"30 in flight, slow replicas", {5, true, 30}, {.restarts = true, .lags = true}},
    {"30 in flight, refused batches", {5, true, 30}, {.refused_of_100 = 3, .lags = true}},
    {"5 in flight, brokers that restart", {5, false, 5}, {.restarts = true}},
    {"a log that cannot be read", {5, true, 30}, {.unreadable = true}},
    {"Kafka 0.11, refused batches", {1, false, 1}, {.refused_of_100 = 3}},
    {"Kafka 1.0, refused batches", {5, false, 5}, {.refused_of_100 = 3}},
    {"Kafka 2.5, refused batches", {5, true, 5}, {.refused_of_100 = 3}},
};

TEST(ProduceWindowModel, TheLogHoldsEachBatchOnceAndInOrder) {
  for (const Case& test : kCases) {
    for (std::uint64_t seed = 1; seed <= 250; ++seed) {
      History history(seed, test.rules, test.faults);
      ASSERT_TRUE(history.run()) << test.name << ", seed " << seed << ": does not end";
      ASSERT_EQ(history.log(), history.expected()) << test.name << ", seed " << seed;
      ASSERT_EQ(history.done(), history.expected()) << test.name << ", seed " << seed;
    }
  }
}

// Where nothing is left of what was in doubt, and only there, batches may be sent a second time.
TEST(ProduceWindowModel, WhatIsDeletedMeanwhileIsNotSentAgainWithoutAWord) {
  int told = 0;
  for (const bool restarts : {false, true}) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
      History history(seed, {5, true, 30}, {.restarts = restarts, .lags = true, .deletes = true});
      ASSERT_TRUE(history.run()) << "seed " << seed << ": does not end";
      ASSERT_EQ(history.done(), history.expected()) << "seed " << seed;
      told += history.told() ? 1 : 0;
      if (history.told()) continue;
      ASSERT_EQ(history.log(), history.expected()) << "seed " << seed;
    }
  }
  EXPECT_GT(told, 0);
  EXPECT_LT(told, 500);
}

// A broker that forgets producers may get batches twice, but none is acknowledged without being in
// the log.
TEST(ProduceWindowModel, NothingIsLostToABrokerThatForgetsProducers) {
  for (const BrokerRules rules : {BrokerRules{5, false, 5}, {5, true, 5}, {5, true, 30}}) {
    for (std::uint64_t seed = 1; seed <= 250; ++seed) {
      History history(seed, rules, {.refused_of_100 = 2, .forgets = true, .lags = true});
      ASSERT_TRUE(history.run()) << "seed " << seed << ": does not end";
      const std::set<Id> stored(history.log().begin(), history.log().end());
      for (const Id id : history.done()) {
        ASSERT_TRUE(stored.contains(id)) << "seed " << seed << ": batch " << id;
      }
    }
  }
}

}  // namespace
}  // namespace kmirror::mirror
