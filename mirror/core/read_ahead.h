// Reads one partition over a long link in several offset ranges at a time. A Fetch can only ask for
// an offset, and where the batches before it end is not known until they have come; so ranges are
// laid out by the size of batches so far. Each is asked for until it reaches into the batch with
// which the next one begins: a guess that is too short costs another round trip, one that is too
// long brings a little twice, and nothing is ever left out.
//
// How many are under way follows the time that answers take: more while they come as quickly as
// ever, fewer when they queue up somewhere. Sans-IO; owned by a ReadAheadLoop.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "net/core/slab.h"
#include "protocol/records/aborted_filter.h"

namespace kmirror::mirror {

// What the records of an answer hold, read from batch headers.
struct Reach {
  std::int64_t from = 0;  // everything that there is from here on,
  std::int64_t end = 0;   // up to here; its batches have so many
  std::size_t bytes = 0;  // together
  std::size_t batches = 0;
  std::int64_t first = 0;  // the first of them begins here, perhaps before what was asked for
  std::int64_t seen = 0;   // behind the last batch of which at least the header is there
};

// Of an answer to a Fetch that asked for `offset`.
Reach reach_of(ConstBytes records, std::int64_t offset);

class ReadAhead {
 public:
  struct Request {
    std::uint64_t range = 0;
    std::int64_t offset = 0;
    std::int64_t until = 0;
    std::size_t bytes = 0;  // what is expected, and a bit
  };

  struct Chunk {
    net::SlabRef slab;
    ConstBytes records;  // in the slab
    std::vector<protocol::AbortedTransaction> aborted;
    Reach reach;
  };

  // Goes on behind what `last` holds, in ranges of about `range_bytes`, or half as much again.
  // `quickest` is how long an answer takes at least.
  ReadAhead(std::size_t range_bytes, const Reach& last, Duration quickest);

  // What to ask for next, if anything; records can be read up to `readable_end`.
  std::optional<Request> next_request(std::int64_t readable_end) const;
  void begin(const Request& request);
  void on_answer(std::uint64_t range, Chunk chunk, Duration took);

  // The records at `position` and behind it, if they are there.
  std::optional<Chunk> next_chunk(std::int64_t position);

  std::size_t under_way() const { return under_way_; }

  // What came does not fit together, or not to the position: it is to be read again from there.
  bool broken() const { return broken_; }

  Duration quickest() const { return quickest_; }

 private:
  struct Range {
    std::int64_t next = 0;   // to ask for, where it is neither whole nor under way
    std::int64_t until = 0;  // where the next range begins, somewhere within a batch
    bool under_way = false;
    bool whole = false;
    std::vector<Chunk> chunks = {};  // mostly one
  };

  std::int64_t next_begin() const;
  std::int64_t next_until() const;
  double batches_to(std::int64_t offset) const;
  std::size_t bytes_between(std::int64_t offset, std::int64_t until) const;
  std::size_t waiting() const;
  void measure(const Reach& reach);
  void adapt(Duration took);

  std::size_t range_bytes_;
  std::deque<Range> ranges_;  // one behind the other
  std::uint64_t first_ = 0;   // the number of the first of them
  std::size_t under_way_ = 0;
  std::size_t allowed_;  // under way at a time
  Duration quickest_;
  bool broken_ = false;

  std::int64_t planned_;  // where the last range ends
  std::int64_t anchor_;   // the last offset known to begin a batch
  double batch_bytes_;    // as they came lately
  double batch_offsets_;
  double margin_;  // bytes asked for beyond what is expected
};

}  // namespace kmirror::mirror
