#include "net/retry.h"

#include <fmt/core.h>

namespace kmirror::net {

namespace {

using protocol::ErrorCode;

bool is_final(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::kSystem:
    case FailureKind::kClosed:
    case FailureKind::kTimeout:
      return false;
    case FailureKind::kMalformed:
    case FailureKind::kUnsupported:
    case FailureKind::kRefused:
      return true;
    case FailureKind::kBroker:
      return !protocol::is_retriable(failure.code);
  }
  return true;
}

// A broker that cannot be reached may be gone from the cluster.
bool wants_metadata(const Failure& failure) {
  return failure.kind != FailureKind::kBroker || failure.code == ErrorCode::kNotController ||
         protocol::refreshes_metadata(failure.code);
}

}  // namespace

std::int32_t Retry::broker_timeout_ms() const {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - cluster_.runtime().now());
  return static_cast<std::int32_t>(std::max<std::int64_t>(1, left.count() / 2));
}

Awaitable<bool> Retry::after(Failure failure) {
  if (is_final(failure) || cluster_.is_stopping()) co_return false;
  const TimePoint next = cluster_.runtime().now() + back_off_.next(cluster_.runtime().random());
  if (next >= deadline_) co_return false;
  co_await pause_.wait(next);
  // Whether this works shows in the next try.
  if (wants_metadata(failure)) co_await cluster_.refresh();
  co_return !cluster_.is_stopping();
}

Failure broker_failure(std::string_view about, ErrorCode code,
                       std::optional<std::string_view> message) {
  const std::string_view words =
      message && !message->empty() ? *message : protocol::error_sentence(code);
  return {.kind = FailureKind::kBroker,
          .text = fmt::format("{}: {}: {}", about, protocol::error_name(code), words),
          .code = code};
}

}  // namespace kmirror::net
