#include "mirror/core/progress.h"

#include <cstddef>

#include "base/check.h"

namespace kmirror::mirror {

namespace {

// What an idle lane keeps memory for.
constexpr std::size_t kKeptEntries = 16;

}  // namespace

Progress::Entry Progress::take(Position end, int parts) {
  KM_CHECK(end.offset >= taken_.offset, "a source is taken in order");
  taken_ = end;
  entries_.push_back({end, parts});
  const Entry entry = behind() - 1;
  settle();
  return entry;
}

void Progress::skip(Position end) {
  take(end, 0);
  if (!idle()) entries_.back().touched = true;
}

void Progress::acknowledge(Entry entry) {
  KM_CHECK(entry >= first_ && entry < behind(), "the entry is not settled yet");
  Pending& pending = at(entry);
  KM_CHECK(pending.parts > 0, "no part is acknowledged twice");
  --pending.parts;
  pending.touched = true;
  settle();
}

Progress::Entry Progress::first_untouched() const {
  Entry first = behind();
  while (first > first_ && !at(first - 1).touched) --first;
  return first;
}

void Progress::rewind(Entry first) {
  KM_CHECK(first >= first_untouched(), "what the destination has stays taken");
  while (behind() > first) entries_.pop_back();
  taken_ = idle() ? committable_ : entries_.back().end;
}

void Progress::settle() {
  while (!idle() && at(first_).parts == 0) {
    committable_ = at(first_).end;
    ++settled_;
    ++first_;
  }
  if (idle()) {
    entries_.clear();
    if (entries_.capacity() > kKeptEntries) entries_ = {};
    settled_ = 0;
  } else if (settled_ * 2 >= entries_.size()) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(settled_));
    settled_ = 0;
  }
}

}  // namespace kmirror::mirror
