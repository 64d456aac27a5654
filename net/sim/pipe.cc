#include "net/sim/pipe.h"

#include <algorithm>

#include "base/check.h"

namespace kmirror::net::sim {

namespace {

// As Linux does it, but for the longest pause, which is two minutes there.
constexpr Duration kFirstRepetition = std::chrono::milliseconds(200);
constexpr int kDoublings = 5;
constexpr int kRepetitionsMax = 150;  // about 15 minutes

}  // namespace

std::size_t Pipe::room() {
  while (!reads_.empty() && reads_.front().known_at <= world_.now() &&
         passes_at(back_) <= world_.now()) {
    acknowledged_ += reads_.front().bytes;
    reads_.pop_front();
  }
  const std::size_t taken = written_ - acknowledged_;
  const std::size_t window = there_.options.window_bytes;
  if (taken < window) {
    if (writer_waits_ && writer) writer->notify();
    writer_waits_ = false;
    return window - taken;
  }
  writer_waits_ = true;
  if (!reads_.empty()) {
    // Where nothing passes, the writer asks for room every now and then.
    const TimePoint passes = passes_at(back_);
    const TimePoint when = passes == kNever ? world_.now() + kFirstRepetition : passes;
    world_.schedule(acknowledgement_, std::max(when, reads_.front().known_at));
  }
  return 0;
}

std::size_t Pipe::write(std::span<const ConstBytes> pieces, std::size_t bytes_max,
                        Lending lending) {
  std::size_t total = 0;
  for (const ConstBytes piece : pieces) total += piece.size();
  const std::size_t size = there_.part_of(std::min(total, bytes_max), there_.options.short_write);
  if (finished_) return size;
  std::size_t left = size;
  for (const ConstBytes piece : pieces) {
    const ConstBytes part = piece.first(std::min(left, piece.size()));
    if (lending == Lending::kLent) lent_.push_back({written_ + size - left, part});
    bytes_.insert(bytes_.end(), part.begin(), part.end());
    left -= part.size();
    if (left == 0) break;
  }
  send(Mark::kData, size);
  draw_faults();
  return size;
}

void Pipe::finish() {
  if (finished_ || broken_) return;
  finished_ = true;
  send(Mark::kFinish, 0);
}

void Pipe::abort() {
  if (aborted_ || broken_) return;
  finished_ = true;
  aborted_ = true;
  send(Mark::kReset, 0);
}

void Pipe::abandon() {
  finished_ = true;
  abandoned_ = true;
}

void Pipe::send(Mark mark, std::size_t bytes) {
  written_ += bytes;
  const TimePoint last = sent_.empty() ? world_.now() : sent_.back().at;
  sent_.push_back({std::max(last, there_.arrival(world_.now(), bytes)), written_, mark});
  if (!arrival_.is_scheduled()) world_.schedule(arrival_, sent_.front().at);
}

void Pipe::draw_faults() {
  const LinkOptions& options = there_.options;
  if (there_.chance(options.clog)) {
    const TimePoint until = world_.now() + there_.some_of(options.clog_max);
    there_.close(std::max(there_.closed_until(), until));
  }
  if (there_.chance(options.stall)) stalled_ = reverse_.stalled_ = true;
  if (there_.chance(options.half_close)) finish();
  if (there_.chance(options.reset)) abort();
}

std::size_t Pipe::read(MutableBytes into) {
  const std::size_t size =
      there_.part_of(std::min(into.size(), readable()), there_.options.short_read);
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(skipped_), size, into.begin());
  check_lent(into.first(size));
  skipped_ += size;
  read_ += size;
  while (!lent_.empty() && lent_.front().begin + lent_.front().bytes.size() <= read_) {
    lent_.pop_front();
  }
  if (skipped_ == bytes_.size() || skipped_ > bytes_.size() / 2) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(skipped_));
    skipped_ = 0;
  }
  const TimePoint known_at = world_.now() + back_.draw_latency();
  if (!reads_.empty() && reads_.back().known_at >= known_at) {
    reads_.back().bytes += size;
  } else {
    reads_.push_back({known_at, size});
  }
  if (writer_waits_ && !acknowledgement_.is_scheduled()) {
    world_.schedule(acknowledgement_, reads_.front().known_at);
  }
  return size;
}

// On one machine a reader may be given the very pages that the writer lent.
void Pipe::check_lent(ConstBytes read) const {
  for (const Lent& lent : lent_) {
    const std::uint64_t begin = std::max(lent.begin, read_);
    const std::uint64_t end = std::min(lent.begin + lent.bytes.size(), read_ + read.size());
    if (begin >= end) break;
    const ConstBytes now = lent.bytes.subspan(begin - lent.begin, end - begin);
    KM_CHECK(std::ranges::equal(now, read.subspan(begin - read_, end - begin)),
             "what is lent stays as it is until it is read");
  }
}

TimePoint Pipe::passes_at(const Link& link) const {
  return stalled_ ? kNever : link.closed_until();
}

void Pipe::arrive() {
  if (is_held_up()) return;
  repetitions_ = 0;
  while (!sent_.empty() && sent_.front().at <= world_.now()) {
    const Sent sent = sent_.front();
    sent_.pop_front();
    take(sent);
  }
  if (!sent_.empty()) world_.schedule(arrival_, sent_.front().at);
}

bool Pipe::is_held_up() {
  const TimePoint passes = passes_at(there_);
  const bool nobody_there = reader == nullptr && there_.to().silent;
  if (passes <= world_.now() && !nobody_there) return false;
  if (passes != kNever && !nobody_there) {
    world_.schedule(arrival_, passes + there_.draw_latency());
  } else if (abandoned_) {
    sent_.clear();
  } else if (++repetitions_ > kRepetitionsMax) {
    break_off(End::kTimedOut);
  } else {
    world_.schedule(arrival_,
                    world_.now() + kFirstRepetition * (1 << std::min(repetitions_, kDoublings)));
  }
  return true;
}

void Pipe::take(const Sent& sent) {
  world_.note(sent.end);
  if (sent.mark == Mark::kReset) {
    break_off(End::kReset);
  } else if (reader == nullptr) {
    if (sent.mark == Mark::kData) reverse_.abort();
  } else {
    arrived_ = sent.end;
    if (sent.mark == Mark::kFinish) ended_ = End::kFinished;
    reader->notify();
  }
}

void Pipe::break_off(End why) {
  end(why);
  reverse_.end(why);
}

void Pipe::end(End why) {
  if (broken_) return;
  arrival_.unschedule();
  acknowledgement_.unschedule();
  sent_.clear();
  if (there_.chance(0.5)) arrived_ = read_;
  broken_ = why;
  if (!ended_) ended_ = why;
  if (reader) reader->notify();
  if (writer) writer->notify();
}

}  // namespace kmirror::net::sim
