#include "protocol/records/batch_reader.h"

#include <limits>

#include "protocol/records/legacy_message.h"

namespace kmirror::protocol {

namespace {

constexpr std::int32_t kMinMessageLength = kMinMessageBytes - kMessagePrefixBytes;
constexpr std::int32_t kMinBatchLength = kBatchHeaderBytes - kBatchPrefixBytes;

}  // namespace

const char* problem_of_header(const BatchView& batch) {
  if (batch.base_offset() < 0) return "base offset is negative";
  if (batch.last_offset_delta() < 0) return "last offset delta is negative";
  if (batch.base_offset() >= std::numeric_limits<std::int64_t>::max() - batch.last_offset_delta()) {
    return "offsets overflow";
  }
  if (batch.record_count() < 0) return "record count is negative";
  return nullptr;
}

std::size_t BatchReader::next_size() const {
  if (rest().size() < kBatchPrefixBytes) return 0;
  const auto length = load_be<std::int32_t>(rest().data() + batch_field::kBatchLength);
  return length < 0 ? 0 : kBatchPrefixBytes + static_cast<std::size_t>(length);
}

BatchReader::Step BatchReader::fail(const char* what) {
  malformed_ = {.what = what, .position = position_};
  return Step::kMalformed;
}

BatchReader::Step BatchReader::next() {
  if (malformed_.what != nullptr) return Step::kMalformed;
  const ConstBytes left = rest();
  if (left.empty()) return Step::kEnd;
  if (left.size() < kBatchPrefixBytes) return Step::kPartial;
  const auto length = load_be<std::int32_t>(left.data() + batch_field::kBatchLength);
  // Every format has a magic, and the shortest message is a legacy one.
  if (length < kMinMessageLength) return fail("batch length is too small");
  const std::size_t size = kBatchPrefixBytes + static_cast<std::size_t>(length);
  if (left.size() < size) return Step::kPartial;
  entry_ = left.first(size);
  if (magic() < 0 || magic() > 2) return fail("magic is not 0, 1 or 2");
  if (magic() == 2) {
    if (length < kMinBatchLength) return fail("batch length is too small");
    if (const char* problem = problem_of_header(batch())) return fail(problem);
  }
  position_ += size;
  return magic() == 2 ? Step::kBatch : Step::kLegacy;
}

}  // namespace kmirror::protocol
