// One direction of a TCP connection: bytes that are written, on their way, arrived, or read and not
// yet acknowledged. Nothing is lost, doubled or put into another order while the connection lives;
// what a closed link drops is sent again. A reset ends both directions.
//
// Two of them make a Wire, which the streams at its ends share; the last of them destroys it.
#pragma once

#include <deque>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "net/sim/link.h"
#include "net/sim/world.h"
#include "net/wakeup.h"

namespace kmirror::net::sim {

class Pipe {
 public:
  // How a direction ended, to its reader.
  enum class End { kFinished, kReset, kTimedOut };

  // `there` carries the bytes, `back` the acknowledgements; `reverse` is the other direction.
  Pipe(World& world, Link& there, Link& back, Pipe& reverse)
      : world_(world), there_(there), back_(back), reverse_(reverse) {}

  // The sleepers at the ends, for as long as they are there.
  Wakeup* writer = nullptr;
  Wakeup* reader = nullptr;

  // The writer's end. How much may be written now; if nothing, the writer is woken when there is
  // room.
  std::size_t room();
  std::size_t write(std::span<const ConstBytes> pieces, std::size_t bytes_max, Lending lending);
  const std::optional<End>& broken() const { return broken_; }
  void finish();  // the end of the stream follows what was written
  void abort();   // a reset does
  // As finish() and abort(), but the writer is gone without a word, and repeats nothing.
  void abandon();
  // What was lent may change from now on.
  void take_back() { lent_.clear(); }

  // The reader's end.
  std::size_t readable() const { return arrived_ - read_; }
  std::size_t readable_max() const { return there_.options.window_bytes; }
  std::size_t read(MutableBytes into);
  const std::optional<End>& ended() const { return ended_; }

  // The connection ends at once for both; what did not arrive is lost, and perhaps what did.
  void break_off(End why);

  // What is stalled goes on.
  void heal() { stalled_ = false; }

 private:
  enum class Mark : std::uint8_t { kData, kFinish, kReset };

  // The bytes up to `end` arrive at `at`, and then what the mark says.
  struct Sent {
    TimePoint at;
    std::uint64_t end;
    Mark mark;
  };
  struct Read {
    TimePoint known_at;  // to the writer
    std::size_t bytes;
  };

  // Bytes of the writer's that have to be the same when they are read.
  struct Lent {
    std::uint64_t begin;  // where in the stream
    ConstBytes bytes;
  };

  class Arrival final : public Event {
   public:
    explicit Arrival(Pipe& pipe) : Event(Kind::kArrival, 0), pipe_(pipe) {}

   private:
    void happen() override { pipe_.arrive(); }

    Pipe& pipe_;
  };

  class Acknowledgement final : public Event {
   public:
    explicit Acknowledgement(Pipe& pipe) : Event(Kind::kAcknowledgement, 0), pipe_(pipe) {}

   private:
    void happen() override { pipe_.room(); }

    Pipe& pipe_;
  };

  void check_lent(ConstBytes read) const;
  void send(Mark mark, std::size_t bytes);
  void draw_faults();
  TimePoint passes_at(const Link& link) const;
  void arrive();
  bool is_held_up();
  void take(const Sent& sent);
  void end(End why);

  World& world_;
  Link& there_;
  Link& back_;
  Pipe& reverse_;
  Arrival arrival_{*this};
  Acknowledgement acknowledgement_{*this};

  Buffer bytes_;             // those that are not read yet, behind some that are
  std::size_t skipped_ = 0;  // of bytes_, because they are read
  std::uint64_t written_ = 0;
  std::uint64_t arrived_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::deque<Sent> sent_;
  std::deque<Read> reads_;
  std::deque<Lent> lent_;

  bool writer_waits_ = false;
  bool finished_ = false;  // what is written from now on never arrives
  bool aborted_ = false;
  bool abandoned_ = false;
  bool stalled_ = false;
  int repetitions_ = 0;
  std::optional<End> broken_;
  std::optional<End> ended_;
};

class Wire {
 public:
  Wire(World& world, Link& link_forth, Link& link_back)
      : forth(world, link_forth, link_back, back), back(world, link_back, link_forth, forth) {}

  Pipe forth;  // from who connected to who accepted
  Pipe back;
};

}  // namespace kmirror::net::sim
