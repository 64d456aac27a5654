#include "protocol/records/aborted_filter.h"

#include <algorithm>
#include <utility>

#include "protocol/records/control.h"

namespace kmirror::protocol {

AbortedFilter::AbortedFilter(std::vector<AbortedTransaction> aborted)
    : aborted_(std::move(aborted)) {
  std::ranges::sort(aborted_, {}, &AbortedTransaction::first_offset);
}

AbortedFilter::Verdict AbortedFilter::judge(const BatchView& batch) {
  if (batch.producer_id() >= 0) {
    while (begun_ < aborted_.size() && aborted_[begun_].first_offset <= batch.last_offset()) {
      open_.insert(aborted_[begun_++].producer_id);
    }
  }
  if (batch.is_control()) {
    const auto type = control_type(batch);
    if (!type) return Verdict::kMalformed;
    if (*type == ControlType::kAbort) open_.erase(batch.producer_id());
    return Verdict::kDropControl;
  }
  // A producer of an aborted transaction may have plain batches as well; those stay.
  if (batch.is_transactional() && open_.contains(batch.producer_id())) return Verdict::kDropAborted;
  return Verdict::kKeep;
}

}  // namespace kmirror::protocol
