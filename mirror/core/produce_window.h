// One destination partition as a shard writes it: batches in the order they must stand in the log,
// how many of them are under way, and their sequence numbers.
//
// A batch keeps its sequence and its boundaries from its first sending until it is acknowledged, so
// the broker recognizes a repetition (KIP-98). After any failure the window drains: nothing new is
// sent until every request under way has resolved; then it sends again from the first batch that is
// not acknowledged. Until that one is acknowledged it travels alone, and so does the very first:
// brokers from 2.5 on take any sequence of a producer that they do not know (KIP-360), so a batch
// could overtake one that fails. Sans-IO; owned by a shard, used on its executor.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "mirror/core/outgoing_batch.h"
#include "net/core/back_off.h"
#include "protocol/error_code.h"

namespace kmirror::mirror {

class Lane;

// The producer id of a shard; nothing where the destination refuses idempotence.
struct ProducerIdentity {
  std::int64_t id = -1;
  bool idempotent() const { return id >= 0; }
};

class ProduceWindow {
 public:
  // How many batches of a producer a broker recognizes when they are repeated (KAFKA-5494), and so
  // how many are under way at most.
  static constexpr int kRememberedBatches = 5;

  struct Settings {
    int in_flight_max = 1;  // idempotent producers have at most 5, others 1
    Duration back_off_first{};
    Duration back_off_longest{};
  };

  // What the shard has to do after a failure.
  enum class Action {
    kRetry,            // nothing: ready() says when
    kRefreshMetadata,  // the same, and the leader may be another
    kStopLane,         // the batch can never be taken; call drop_lane() with its lane
  };

  ProduceWindow(Settings settings, ProducerIdentity producer);
  ProduceWindow(const ProduceWindow&) = delete;  // requests under way refer to its batches
  ProduceWindow& operator=(const ProduceWindow&) = delete;

  void push(OutgoingBatch batch, TimePoint now);

  // Whether send_next() may be called now.
  bool ready(TimePoint now) const;
  // When a window that waits for a retry may send again; kNever when it waits for something else.
  TimePoint next_try() const;

  // The next batch to send, stamped. It stays where it is until it is acknowledged or dropped, and
  // is not dropped while it is under way.
  OutgoingBatch& send_next();

  // The destination has the batch.
  void on_acknowledged(OutgoingBatch& batch, TimePoint now);

  // The destination answered with an error for the batch. Only a batch with nothing before it is
  // given up, so that what is before it keeps its sequence.
  Action on_rejected(OutgoingBatch& batch, protocol::ErrorCode code, TimePoint now, Random& random);

  // The answer never came: the batch may be in the log or not.
  void on_lost(OutgoingBatch& batch, TimePoint now, Random& random);

  // Gives up all batches of the lane, as soon as none is under way.
  void drop_lane(const Lane* lane);

  // Whether nothing has been acknowledged for so long, for whatever reason, that lanes should not
  // wait for it with all that they took.
  bool blocked(TimePoint now) const;

  // Whether an answer has been owed for so long that a slow network is no excuse.
  bool hangs(TimePoint now) const;

  // Whether a batch failed since the last acknowledgement.
  bool failing() const { return failing_; }

  // What stays of a lane's batches while the window is blocked: those that were sent, because they
  // may be in the log, and the first of all, which is tried again and again. Returns the number
  // behind the last entry that one of them belongs to, or 0.
  Progress::Entry behind_what_stays(const Lane* lane) const;

  // Takes out the lane's batches of this entry and all behind it, which must not stay. Returns
  // their bytes.
  std::size_t give_back(const Lane* lane, Progress::Entry first);

  // Detaches everything that is not under way.
  void detach(Budget& budget);

  // The batches that became done in the events since the last call: acknowledged, and so is, or was
  // dropped, everything before them. In order.
  std::vector<OutgoingBatch> take_done() { return std::exchange(done_, {}); }

  std::size_t queued_batches() const { return queue_.size(); }
  bool idle() const { return queue_.empty(); }

 private:
  using Queue = std::list<OutgoingBatch>;

  Action judge(OutgoingBatch& batch, protocol::ErrorCode code);
  void resolved(OutgoingBatch& batch);
  void failed(OutgoingBatch& batch, TimePoint now, Random& random);
  void settle();
  void on_drained();
  void begin_epoch();
  void stamp(OutgoingBatch& batch);

  Settings settings_;
  ProducerIdentity producer_;
  std::int16_t epoch_ = 0;
  std::int32_t next_sequence_ = 0;
  Queue queue_;                          // the first is not acknowledged
  Queue::iterator next_ = queue_.end();  // the first batch not sent since the last drain
  std::vector<OutgoingBatch> done_;
  int in_flight_ = 0;
  bool draining_ = false;
  bool confirmed_ = false;  // a batch was acknowledged since the last drain
  bool failing_ = false;
  bool renumber_ = false;  // the broker lost, or never had, our sequence
  TimePoint retry_at_ = TimePoint::min();
  TimePoint moved_at_{};  // the last acknowledgement, or the first batch after idleness
  net::BackOff back_off_;
  std::vector<const Lane*> dropped_lanes_;
};

}  // namespace kmirror::mirror
