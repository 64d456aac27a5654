// The sans-IO heart of a connection: what to write next, where to read into, and what became of
// every request. Events go in, bytes and completions come out; time is an argument.
//
// A broker answers the requests of one connection in their order, so the requests under way form a
// queue. Each submitted request resolves exactly once: with its frame, or with the failure that
// ended the connection. A connection that failed stays failed; after malformed bytes or a missed
// deadline there is no way to know where the next answer starts.
//
// Owned by one Connection, used on one executor.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "net/core/slab.h"
#include "net/result.h"
#include "protocol/wire/gather_buffer.h"

namespace kmirror::net {

class ConnectionCore {
 public:
  struct Completion {
    std::int32_t id;
    Result<SlabRef> frame;  // the response after its length prefix
  };

  ConnectionCore(SlabPool& slabs, std::size_t frame_bytes_max)
      : slabs_(slabs), frame_bytes_max_(frame_bytes_max) {}

  // The correlation id that the next submitted request must carry.
  std::int32_t next_id() const { return next_id_; }

  // Takes a request encoded with next_id(). The records it refers to live until it resolves.
  // `answer_bytes`: see CallOptions.
  void submit(protocol::GatherBuffer request, TimePoint deadline, std::size_t answer_bytes = 0);

  bool has_output() const { return !outgoing_.empty(); }

  // Pieces to write now, in order; empty when there is nothing. The list is valid until the next
  // event, the pieces until their request resolves.
  std::span<const ConstBytes> next_write();
  void on_wrote(std::size_t bytes);

  // Where the next bytes belong; never empty. Valid until the next event.
  MutableBytes read_space();
  // How many of them are worth waiting for: those that belong to a frame that has begun, or to
  // answers that may wait for each other while the broker has one request more to work on.
  std::size_t expected_bytes() const;
  void on_read(std::size_t bytes);

  // Fails the connection if a request has missed its deadline.
  void on_time(TimePoint now);

  // The earliest deadline of the requests under way, or kNever.
  TimePoint next_deadline() const;

  // Ends the connection: all requests under way, and all submitted later, resolve with this.
  void fail(Failure failure);
  const std::optional<Failure>& failure() const { return failure_; }

  std::optional<Completion> next_completion();

 private:
  struct Pending {
    std::int32_t id;
    TimePoint deadline;
    std::size_t answer_bytes;
  };

  void begin_frame();
  void on_frame();

  SlabPool& slabs_;
  std::size_t frame_bytes_max_;
  std::int32_t next_id_ = 1;
  std::deque<Pending> pending_;
  std::deque<Completion> completions_;
  std::optional<Failure> failure_;

  std::deque<protocol::GatherBuffer>
      sent_;  // whole, and not answered: the system may refer to them
  std::deque<protocol::GatherBuffer> outgoing_;
  std::size_t wrote_bytes_ = 0;  // of the first outgoing request
  std::vector<ConstBytes> write_list_;

  // Lengths are read with what comes behind them: small frames whole, of others the first bytes.
  std::array<std::uint8_t, 1024> ahead_{};
  std::size_t ahead_bytes_ = 0;
  SlabRef frame_;                // set while a frame's body is being read
  std::size_t frame_bytes_ = 0;  // of the body, that were read
};

}  // namespace kmirror::net
