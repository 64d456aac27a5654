// The way from one host to another, and what may go wrong on it. Each fault is drawn from the
// link's own random stream; a probability of 0 costs nothing. Owned by the Network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/random.h"
#include "base/time.h"

namespace kmirror::net::sim {

struct LinkOptions {
  Duration latency_min{};
  Duration latency_max{};
  std::uint64_t bytes_per_second = 0;    // 0: any number
  std::size_t window_bytes = 256 << 10;  // sent and not read yet, before writes wait

  // Probabilities. Of a read and of a write: it takes only a part.
  double short_read = 0;
  double short_write = 0;
  // Of a write: nothing moves on the link for a while, of up to `clog_max`.
  double clog = 0;
  Duration clog_max = std::chrono::seconds(1);
  // Of a write: behind it, the connection is reset; this direction ends and the other one goes on;
  // all goes silent, until heal().
  double reset = 0;
  double half_close = 0;
  double stall = 0;
  // Of a connect: it is refused; nobody ever answers.
  double refuse = 0;
  double black_hole = 0;

  // Those that differ from the defaults, in one line.
  std::string to_string() const;
};

// A machine. One that died silently answers nothing until a process begins on it.
struct Host {
  bool silent = false;
};

class Link {
 public:
  Link(Random random, const Host& to, LinkOptions link_options)
      : options(link_options), to_(to), random_(random) {}

  LinkOptions options;

  const Host& to() const { return to_; }

  // Nothing passes before `until`. What is on its way waits there; with kNever it is lost, and its
  // sender repeats it as TCP does.
  void close(TimePoint until) { closed_until_ = until; }
  void open() { closed_until_ = {}; }
  TimePoint closed_until() const { return closed_until_; }

  bool chance(double probability) { return probability > 0 && random_.unit() < probability; }

  // All of `size`, or with the given probability a part, often a small one.
  std::size_t part_of(std::size_t size, double probability);

  // Up to `longest`, at least 1 ns.
  Duration some_of(Duration longest);

  Duration draw_latency();

  // When bytes that are sent now arrive, behind those that were sent before.
  TimePoint arrival(TimePoint now, std::size_t bytes);

 private:
  const Host& to_;
  Random random_;
  TimePoint closed_until_{};
  TimePoint free_at_{};  // when the last byte sent has left
};

}  // namespace kmirror::net::sim
