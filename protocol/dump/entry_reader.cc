#include "protocol/dump/entry_reader.h"

#include <algorithm>

#include "base/check.h"
#include "protocol/records/legacy_message.h"

namespace kmirror::protocol {

namespace {

// Small enough to stay in the cache until its bytes are looked at.
constexpr std::size_t kWindowBytes = 256 << 10;
constexpr std::size_t kGrowthBytes = 1 << 20;

constexpr std::size_t kBytesUpToMagic = batch_field::kMagic + 1;
constexpr std::int32_t kMinMessageLength = kMinMessageBytes - kMessagePrefixBytes;
constexpr std::int32_t kMinBatchLength = kBatchHeaderBytes - kBatchPrefixBytes;

}  // namespace

EntryReader::EntryReader(ByteSource source) : source_(std::move(source)) {
  memory_.grow(kWindowBytes);
}

// Reads until `wanted` bytes are buffered, and returns how many of them there are.
std::size_t EntryReader::fill(std::size_t wanted) {
  if (buffered() >= wanted || at_end_) return std::min(buffered(), wanted);
  std::copy(memory_.data() + begin_, memory_.data() + end_, memory_.data());
  end_ = buffered();
  begin_ = 0;
  while (end_ < wanted && !at_end_) {
    if (end_ == memory_.size()) memory_.grow(std::min(wanted, memory_.size() + kGrowthBytes));
    const std::size_t room = std::min(memory_.size() - end_, kWindowBytes);
    const std::size_t got = source_.read({memory_.data() + end_, room});
    KM_CHECK(got <= room, "a source keeps to the room it is given");
    at_end_ = got == 0;
    end_ += got;
  }
  return std::min(buffered(), wanted);
}

EntryReader::Step EntryReader::stop(Step step, std::uint64_t size, const char* what) {
  size_ = size;
  what_ = what;
  return step_ = step;
}

// Whether only zero bytes are left, which otherwise would be malformed.
EntryReader::Step EntryReader::find_padding(const char* otherwise) {
  std::uint64_t zeros = 0;
  while (fill(1) > 0) {
    const ConstBytes bytes(memory_.data() + begin_, buffered());
    if (std::ranges::any_of(bytes, [](std::uint8_t byte) { return byte != 0; })) {
      return otherwise != nullptr ? stop(Step::kMalformed, 0, otherwise)
                                  : stop(Step::kCut, bytes.size());
    }
    zeros += bytes.size();
    begin_ = end_;
  }
  return zeros == 0 ? stop(Step::kEnd, 0) : stop(Step::kPadding, zeros);
}

EntryReader::Step EntryReader::next() {
  if (step_ != Step::kEntry) return step_;
  while (!next_piece().empty()) {
  }
  if (left_ > 0) return stop(Step::kCut, size_ - left_);
  position_ += size_;
  size_ = 0;
  if (fill(kBytesUpToMagic) < kBytesUpToMagic) return find_padding(nullptr);
  const std::uint8_t* at = memory_.data() + begin_;
  const auto length = load_be<std::int32_t>(at + batch_field::kBatchLength);
  const auto magic = load_be<std::int8_t>(at + batch_field::kMagic);
  constexpr const char* kTooSmall = "batch length is too small";
  if (length == 0) return find_padding(kTooSmall);
  if (length < kMinMessageLength) return stop(Step::kMalformed, 0, kTooSmall);
  if (magic < 0 || magic > 2) return stop(Step::kMalformed, 0, "magic is not 0, 1 or 2");
  if (magic == 2 && length < kMinBatchLength) return stop(Step::kMalformed, 0, kTooSmall);
  const std::uint64_t size = kBatchPrefixBytes + static_cast<std::uint64_t>(length);
  header_size_ =
      magic == 2 ? kBatchHeaderBytes : std::min<std::uint64_t>(size, kMinMessageBytesOfMagic1);
  if (fill(header_size_) < header_size_) return stop(Step::kCut, buffered());
  std::copy_n(memory_.data() + begin_, header_size_, header_.data());
  size_ = size;
  left_ = size;
  return Step::kEntry;
}

ConstBytes EntryReader::next_piece() {
  if (left_ == 0 || fill(1) == 0) return {};
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffered(), left_));
  const ConstBytes piece(memory_.data() + begin_, size);
  begin_ += size;
  left_ -= size;
  return piece;
}

ConstBytes EntryReader::first(std::uint64_t limit) {
  KM_CHECK(left_ == size_, "nothing of the entry was taken yet");
  const std::size_t size = fill(static_cast<std::size_t>(std::min(size_, limit)));
  const ConstBytes entry(memory_.data() + begin_, size);
  begin_ += size;
  left_ -= size;
  return entry;
}

void EntryReader::restart() {
  source_.seek(position_);
  begin_ = 0;
  end_ = 0;
  at_end_ = false;
  left_ = size_;
}

}  // namespace kmirror::protocol
