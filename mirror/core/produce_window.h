// One destination partition as a shard writes it: batches in the order they must stand in the log,
// how many of them are under way, and their sequence numbers.
//
// A batch keeps its sequence and its boundaries from its first sending until it is acknowledged, so
// the broker recognizes a repetition (KIP-98), but only of a producer's newest batches. So after
// any failure the window drains: nothing new is sent until every request under way has resolved. If
// several batches may be in the log, the end of the log is read then. Sending goes on from the
// newest batch that stands there, or else from the first that is not acknowledged. Until that one
// is acknowledged it travels alone, and so does the very first: brokers from 2.5 on take any
// sequence of a producer that they do not know (KIP-360), so a batch could overtake one that fails.
// Sans-IO; owned by a shard, used on its executor.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <memory_resource>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "mirror/core/outgoing_batch.h"
#include "mirror/core/tail_reader.h"
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
  // how many are under way at most where the log cannot be read.
  static constexpr int kRememberedBatches = 5;

  struct Settings {
    int in_flight_max = 1;  // batches; only an idempotent producer has more
    Duration back_off_first{};
    Duration back_off_longest{};
  };

  // What the shard has to do after a failure.
  enum class Action {
    kRetry,            // nothing: ready() says when, or tail_to_read()
    kRefreshMetadata,  // the same, and the leader may be another
    kStopLane,         // the batch can never be taken; call drop_lane() with its lane
  };

  // What people should hear of the end of the log; the window goes on.
  enum class TailNews {
    kNone,
    kCutOff,   // it ends before what was acknowledged
    kDeleted,  // some of it is gone, and whether batches in doubt were there: they are sent again
    kUnreadable,  // any more, with more batches in doubt than a broker knows again
  };

  // The windows of a shard share the memory that their batches are noted in, which outlives them.
  ProduceWindow(Settings settings, ProducerIdentity producer,
                std::pmr::memory_resource* memory = std::pmr::get_default_resource());
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

  // The destination has the batch, at this offset; -1 where brokers do not say.
  void on_acknowledged(OutgoingBatch& batch, std::int64_t base_offset, TimePoint now);

  // The destination answered with an error for the batch. Only a batch with nothing before it is
  // given up, so that what is before it keeps its sequence.
  Action on_rejected(OutgoingBatch& batch, protocol::ErrorCode code, TimePoint now, Random& random);

  // The answer never came: the batch may be in the log or not.
  void on_lost(OutgoingBatch& batch, TimePoint now, Random& random);

  // A question to the partition's leader: for one Fetch, or where the log begins.
  struct TailQuestion {
    std::int64_t offset = 0;
    std::int32_t bytes_max = 0;
    bool log_start = false;  // is asked for, and no records
    int tail = 0;            // a number for what is read, so that a late answer to another is known
  };

  // What is to be read of the log's end before anything is sent, if so, and if it is due.
  std::optional<TailQuestion> tail_to_read(TimePoint now) const;

  // Whether more could be under way if only it were known that the log's end can be read.
  std::optional<TailQuestion> tail_to_try() const;

  // The leader's answer.
  TailNews on_tail(TailQuestion asked, const protocol::FetchResponse::Partition& answer,
                   TimePoint now, Random& random);
  TailNews on_log_start(TailQuestion asked, std::int64_t log_start, TimePoint now, Random& random);

  // Whether it has to be asked for again, some time later.
  bool waits_for_tail(TimePoint now) const { return tail_ && now < retry_at_; }

  // It did not come.
  void on_tail_lost(TailQuestion asked, TimePoint now, Random& random);

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
  std::pmr::list<OutgoingBatch> take_done() {
    Queue done(queue_.get_allocator());
    done.swap(done_);
    return done;
  }

  std::size_t queued_batches() const { return queue_.size(); }
  bool idle() const { return queue_.empty(); }

 private:
  using Queue = std::pmr::list<OutgoingBatch>;

  enum class Readable { kUnknown, kYes, kNo };

  bool has_nothing_before(const OutgoingBatch& batch) const;
  Action judge(OutgoingBatch& batch, protocol::ErrorCode code);
  void resolved(OutgoingBatch& batch);
  void failed(OutgoingBatch& batch, TimePoint now, Random& random);
  void back_off(TimePoint now, Random& random);
  void settle();
  int in_flight_max() const;
  void stamp(OutgoingBatch& batch);

  // In produce_window_drain.cc.
  void on_drained();
  void drop_batches();
  int batches_in_doubt() const;
  bool needs_tail() const;
  void on_trial(protocol::ErrorCode error);
  bool is_asked(TailQuestion asked) const;
  TailNews on_step(TailReader::Step step, TimePoint now, Random& random);
  TailNews on_whole_tail();
  void mark_found(const std::vector<TailBatch>& tail);
  bool mark_deleted(std::int64_t before);
  Queue::iterator first_to_send();
  void go_on();
  void begin_epoch();

  Settings settings_;
  ProducerIdentity producer_;
  std::int16_t epoch_ = 0;
  std::int32_t next_sequence_ = 0;
  Queue queue_;                          // the first is not acknowledged, or only found
  Queue::iterator next_ = queue_.end();  // the first batch not sent since the last drain
  int ahead_ = 0;                        // batches before it
  Queue done_;
  std::int64_t end_offset_ = -1;  // of the log, behind the last batch that was done
  int in_flight_ = 0;
  bool draining_ = false;
  bool confirmed_ = false;  // a batch was acknowledged since the last drain
  bool failing_ = false;
  bool renumber_ = false;  // a sequence must not be used again
  std::optional<TailReader> tail_;
  int tails_ = 0;  // read so far
  Readable readable_ = Readable::kUnknown;
  TimePoint retry_at_ = TimePoint::min();
  TimePoint moved_at_{};  // the last acknowledgement, or the first batch after idleness
  net::BackOff back_off_;
  std::vector<const Lane*> dropped_lanes_;
};

}  // namespace kmirror::mirror
