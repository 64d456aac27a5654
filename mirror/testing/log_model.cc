#include "mirror/testing/log_model.h"

#include <algorithm>

#include "protocol/records/batch_view.h"

namespace kmirror::mirror {

LogModel::LogModel(const std::vector<std::pair<std::int64_t, std::size_t>>& batches) {
  for (const auto& [offsets, bytes] : batches) {
    batches_.push_back({end_, end_ + offsets, bytes});
    end_ += offsets;
    bytes_ += bytes;
  }
}

LogModel LogModel::regular(int batches, std::int64_t offsets, std::size_t bytes) {
  return LogModel(std::vector<std::pair<std::int64_t, std::size_t>>(
      static_cast<std::size_t>(batches), {offsets, bytes}));
}

Reach LogModel::read(const ReadAhead::Request& request) {
  Reach reach{.from = request.offset, .end = request.offset, .seen = request.offset};
  auto batch = std::ranges::partition_point(
      batches_, [&](const Batch& b) { return b.end <= request.offset; });
  std::size_t left = request.bytes;
  for (; batch != batches_.end(); ++batch) {
    if (reach.batches > 0 && batch->bytes > left) break;
    if (reach.batches++ == 0) reach.from = reach.first = batch->first;
    reach.bytes += batch->bytes;
    reach.end = reach.seen = batch->end;
    left -= std::min(left, batch->bytes);
  }
  if (batch == batches_.end()) left = 0;
  if (left >= protocol::kBatchHeaderBytes) reach.seen = batch->end;
  answer_bytes_ = reach.bytes + left;
  read_bytes_ += answer_bytes_;
  return reach;
}

}  // namespace kmirror::mirror
