#include "mirror/core/progress.h"

#include "base/check.h"

namespace kmirror::mirror {

Progress::Entry Progress::take(Position end, int parts) {
  KM_CHECK(end.offset >= taken_.offset, "a source is taken in order");
  taken_ = end;
  entries_.push_back({end, parts});
  const Entry entry = first_ + entries_.size() - 1;
  settle();
  return entry;
}

void Progress::skip(Position end) {
  take(end, 0);
  if (!entries_.empty()) entries_.back().touched = true;
}

void Progress::acknowledge(Entry entry) {
  KM_CHECK(entry >= first_ && entry - first_ < entries_.size(), "the entry is not settled yet");
  Pending& pending = entries_[entry - first_];
  KM_CHECK(pending.parts > 0, "no part is acknowledged twice");
  --pending.parts;
  pending.touched = true;
  settle();
}

Progress::Entry Progress::first_untouched() const {
  Entry first = first_ + entries_.size();
  while (first > first_ && !entries_[first - 1 - first_].touched) --first;
  return first;
}

void Progress::rewind(Entry first) {
  KM_CHECK(first >= first_untouched(), "what the destination has stays taken");
  while (first_ + entries_.size() > first) entries_.pop_back();
  taken_ = entries_.empty() ? committable_ : entries_.back().end;
}

void Progress::settle() {
  while (!entries_.empty() && entries_.front().parts == 0) {
    committable_ = entries_.front().end;
    entries_.pop_front();
    ++first_;
  }
}

}  // namespace kmirror::mirror
