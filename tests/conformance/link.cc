#include "conformance/link.h"

#include <chrono>

#include "net/task_group.h"
#include "net/wakeup.h"

namespace kmirror::conformance {
namespace {

using net::Awaitable;
using net::Result;

constexpr std::size_t kFrameMax = 64 << 20;

Awaitable<void> close_at(TimePoint deadline, net::Wakeup& ended, const bool& has_ended,
                         Link& link) {
  co_await ended.wait(deadline);
  if (!has_ended) link.close();
}

}  // namespace

Awaitable<Result<std::unique_ptr<Link>>> Link::connect(net::Runtime& runtime,
                                                       net::HostPort address) {
  auto found = co_await runtime.resolve(address.host, address.port);
  if (!found) co_return found.error();
  const TimePoint deadline = runtime.now() + std::chrono::seconds(30);
  auto stream = co_await runtime.connect(found.value().front(), deadline);
  if (!stream) co_return stream.error();
  co_return std::make_unique<Link>(runtime, std::move(stream.value()));
}

Awaitable<bool> Link::send(Buffer bytes) {
  ConstBytes rest = bytes;
  while (!rest.empty()) {
    const auto written = co_await stream_->write_some({&rest, 1});
    if (!written) co_return false;
    rest = rest.subspan(written.value());
  }
  co_return true;
}

Awaitable<Link::Outcome> Link::receive(TimePoint deadline) {
  net::TaskGroup watch(runtime_);
  net::Wakeup ended(runtime_);
  bool has_ended = false;
  watch.spawn(close_at(deadline, ended, has_ended, *this));
  Outcome outcome = co_await read_frame();
  const bool in_time = runtime_.now() < deadline;
  has_ended = true;
  ended.notify();
  co_await watch.join();
  if (outcome == Outcome::kClosed && !in_time) outcome = Outcome::kSilence;
  co_return outcome;
}

Awaitable<Link::Outcome> Link::read_frame() {
  std::uint8_t length[4];
  const bool began = co_await read(length);
  if (!began) co_return Outcome::kClosed;
  const auto size = load_be<std::uint32_t>(length);
  if (size > kFrameMax) co_return Outcome::kClosed;
  frame_.resize(size);
  const bool is_whole = co_await read(frame_);
  co_return is_whole ? Outcome::kFrame : Outcome::kClosed;
}

Awaitable<bool> Link::read(MutableBytes into) {
  while (!into.empty()) {
    const auto got = co_await stream_->read_some(into);
    if (!got) co_return false;
    into = into.subspan(got.value());
  }
  co_return true;
}

}  // namespace kmirror::conformance
