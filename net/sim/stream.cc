#include "net/sim/stream.h"

#include <algorithm>

namespace kmirror::net::sim {

namespace {

Failure closed() {
  return {.kind = FailureKind::kClosed, .text = "connection closed"};
}

Failure failure_of(std::string_view doing, Pipe::End why) {
  std::string text(doing);
  if (why == Pipe::End::kFinished) {
    return {.kind = FailureKind::kClosed, .text = "connection closed by the peer"};
  }
  text += why == Pipe::End::kReset ? ": Connection reset by peer" : ": Connection timed out";
  return {.kind = FailureKind::kSystem, .text = std::move(text)};
}

}  // namespace

SimStream::SimStream(Process& process, std::shared_ptr<Wire> wire, Pipe& in, Pipe& out)
    : process_(process),
      wire_(std::move(wire)),
      in_(in),
      out_(out),
      readable_(process),
      writable_(process) {
  in_.reader = &readable_;
  out_.writer = &writable_;
}

Awaitable<Result<std::size_t>> SimStream::read_some(MutableBytes into, std::size_t expected) {
  const std::size_t mark = std::min(expected, in_.readable_max());
  while (!closed_) {
    if (in_.readable() >= mark || (in_.ended() && in_.readable() > 0)) co_return in_.read(into);
    if (in_.ended()) co_return failure_of("read", *in_.ended());
    co_await readable_.wait();
  }
  co_return closed();
}

Awaitable<Result<std::size_t>> SimStream::write_some(std::span<const ConstBytes> pieces,
                                                     Lending lending) {
  while (!closed_) {
    if (out_.broken()) co_return failure_of("write", *out_.broken());
    const std::size_t room = out_.room();
    if (room > 0) co_return out_.write(pieces, room, lending);
    co_await writable_.wait();
  }
  co_return closed();
}

// As Linux does: who closes without having read everything answers with a reset.
void SimStream::close() {
  if (closed_) return;
  if (in_.readable() > 0) {
    out_.abort();
  } else {
    out_.finish();
  }
  leave();
  readable_.notify();
  writable_.notify();
}

void SimStream::die(Death how) {
  if (closed_) return;
  if (how == Death::kSilent) out_.abandon();
  if (how == Death::kReset) out_.abort();
  if (how == Death::kClosed) close();
  leave();
}

void SimStream::leave() {
  closed_ = true;
  in_.reader = nullptr;
  out_.writer = nullptr;
  out_.take_back();
}

Awaitable<Result<std::unique_ptr<Stream>>> SimListener::accept() {
  while (waiting_.empty() && !closed_) co_await wakeup_.wait();
  if (closed_) {
    co_return Failure{.kind = FailureKind::kSystem, .text = "cannot accept: Operation canceled"};
  }
  std::unique_ptr<Stream> stream = std::move(waiting_.front());
  waiting_.pop_front();
  co_return stream;
}

void SimListener::close() {
  closed_ = true;
  unlink();
  for (const auto& stream : waiting_) stream->die(Death::kReset);
  waiting_.clear();
  wakeup_.notify();
}

void SimListener::add(std::unique_ptr<SimStream> stream) {
  waiting_.push_back(std::move(stream));
  wakeup_.notify();
}

}  // namespace kmirror::net::sim
