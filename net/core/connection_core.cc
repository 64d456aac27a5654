#include "net/core/connection_core.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.h"

namespace kmirror::net {

namespace {

// What one gather write takes at most (IOV_MAX on Linux).
constexpr std::size_t kPiecesMax = 1024;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kCorrelationBytes = 4;

// How many answers are awaited together at most.
constexpr std::size_t kAnswersAtOnce = 4;

}  // namespace

void ConnectionCore::submit(protocol::GatherBuffer request, TimePoint deadline,
                            std::size_t answer_bytes) {
  const std::int32_t id = next_id_;
  next_id_ = next_id_ == std::numeric_limits<std::int32_t>::max() ? 1 : next_id_ + 1;
  if (failure_) {
    completions_.push_back({id, *failure_});
    return;
  }
  pending_.push_back({id, deadline, answer_bytes});
  outgoing_.push_back(std::move(request));
}

std::span<const ConstBytes> ConnectionCore::next_write() {
  write_list_.clear();
  std::size_t skip = wrote_bytes_;
  for (const auto& request : outgoing_) {
    for (ConstBytes piece : request.pieces()) {
      if (write_list_.size() == kPiecesMax) return write_list_;
      if (skip >= piece.size()) {
        skip -= piece.size();
        continue;
      }
      write_list_.push_back(piece.subspan(skip));
      skip = 0;
    }
  }
  return write_list_;
}

void ConnectionCore::on_wrote(std::size_t bytes) {
  wrote_bytes_ += bytes;
  while (!outgoing_.empty() && wrote_bytes_ >= outgoing_.front().size()) {
    wrote_bytes_ -= outgoing_.front().size();
    sent_.push_back(std::move(outgoing_.front()));
    outgoing_.pop_front();
  }
  KM_CHECK(!outgoing_.empty() || wrote_bytes_ == 0, "no more is written than was asked for");
}

MutableBytes ConnectionCore::read_space() {
  return frame_ ? frame_.bytes().subspan(frame_bytes_) : MutableBytes(ahead_).subspan(ahead_bytes_);
}

std::size_t ConnectionCore::expected_bytes() const {
  if (frame_) return frame_.bytes().size() - frame_bytes_;
  const std::size_t sent = pending_.size() - outgoing_.size();
  std::size_t bytes = kLengthBytes;
  for (std::size_t i = 0; i < kAnswersAtOnce && i + 1 < sent; ++i) {
    const std::size_t answer = pending_[i].answer_bytes;
    if (answer == 0) break;
    bytes = i == 0 ? answer : bytes + answer;
  }
  return std::max(bytes, ahead_bytes_ + 1) - ahead_bytes_;
}

void ConnectionCore::on_read(std::size_t bytes) {
  if (failure_) return;
  if (frame_) {
    frame_bytes_ += bytes;
    if (frame_bytes_ == frame_.bytes().size()) on_frame();
    return;
  }
  ahead_bytes_ += bytes;
  while (!failure_ && !frame_ && ahead_bytes_ >= kLengthBytes) begin_frame();
}

void ConnectionCore::begin_frame() {
  const auto length = load_be<std::int32_t>(ahead_.data());
  if (length < static_cast<std::int32_t>(kCorrelationBytes) ||
      static_cast<std::size_t>(length) > frame_bytes_max_) {
    fail({.kind = FailureKind::kMalformed,
          .text = fmt::format("a response announces {} bytes; between {} and {} are possible "
                              "(is this port a plaintext Kafka listener?)",
                              length, kCorrelationBytes, frame_bytes_max_)});
    return;
  }
  frame_ = slabs_.allocate(static_cast<std::size_t>(length));
  const ConstBytes behind = ConstBytes(ahead_).first(ahead_bytes_).subspan(kLengthBytes);
  frame_bytes_ = std::min(behind.size(), frame_.bytes().size());
  std::ranges::copy(behind.first(frame_bytes_), frame_.bytes().begin());
  std::ranges::copy(behind.subspan(frame_bytes_), ahead_.begin());
  ahead_bytes_ = behind.size() - frame_bytes_;
  if (frame_bytes_ == frame_.bytes().size()) on_frame();
}

void ConnectionCore::on_frame() {
  const auto id = load_be<std::int32_t>(frame_.bytes().data());
  if (pending_.empty() || pending_.front().id != id) {
    fail({.kind = FailureKind::kMalformed,
          .text = fmt::format("a response carries correlation id {}, which is not the next one "
                              "awaited",
                              id)});
    return;
  }
  // Its records may be released once it resolves, so nothing of it may be left to write.
  if (pending_.size() <= outgoing_.size()) {
    fail({.kind = FailureKind::kMalformed,
          .text = fmt::format("a response carries correlation id {}, whose request is not wholly "
                              "sent",
                              id)});
    return;
  }
  pending_.pop_front();
  sent_.pop_front();
  completions_.push_back({id, std::move(frame_)});
}

void ConnectionCore::on_time(TimePoint now) {
  if (next_deadline() > now) return;
  fail({.kind = FailureKind::kTimeout, .text = "no response in time"});
}

TimePoint ConnectionCore::next_deadline() const {
  TimePoint earliest = kNever;
  for (const Pending& pending : pending_) earliest = std::min(earliest, pending.deadline);
  return earliest;
}

void ConnectionCore::fail(Failure failure) {
  if (failure_) return;
  failure_ = std::move(failure);
  for (const Pending& pending : pending_) completions_.push_back({pending.id, *failure_});
  pending_.clear();
  outgoing_.clear();
  sent_.clear();
  wrote_bytes_ = 0;
  frame_ = SlabRef();
}

std::optional<ConnectionCore::Completion> ConnectionCore::next_completion() {
  if (completions_.empty()) return std::nullopt;
  Completion completion = std::move(completions_.front());
  completions_.pop_front();
  return completion;
}

}  // namespace kmirror::net
