// How far one source partition has come: what was taken, in source order, and which of it the
// destination has acknowledged, in any order. The position that may be committed is where the first
// thing not yet acknowledged begins. Sans-IO; owned by a Lane.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kmirror::mirror {

struct Position {
  std::int64_t offset = 0;         // the next record to mirror
  std::int32_t leader_epoch = -1;  // of the batch before it, -1 where unknown
  bool operator==(const Position&) const = default;
};

class Progress {
 public:
  using Entry = std::uint64_t;

  explicit Progress(Position start) : taken_(start), committable_(start) {}

  // Takes the source up to `end`; it counts as done when `parts` acknowledgements have come. Zero
  // parts: nothing of it is to be produced.
  Entry take(Position end, int parts);

  // The source holds nothing before `end` any more. This is not taken back.
  void skip(Position end);

  // One part of the entry is acknowledged.
  void acknowledge(Entry entry);

  // From this entry on nothing is acknowledged or skipped.
  Entry first_untouched() const;

  // Takes back this entry and all behind it: the source is read again from where it began. Their
  // numbers are used again.
  void rewind(Entry first);

  // Where the next fetch goes on.
  const Position& taken() const { return taken_; }

  // Everything before it is at the destination.
  const Position& committable() const { return committable_; }

  // How many entries are not settled.
  std::size_t pending() const { return entries_.size() - settled_; }
  bool idle() const { return pending() == 0; }

 private:
  struct Pending {
    Position end;
    int parts;
    bool touched = false;  // a part is acknowledged, or it was skipped
  };

  void settle();
  Entry behind() const { return first_ + (entries_.size() - settled_); }
  Pending& at(Entry entry) { return entries_[entry - first_ + settled_]; }
  const Pending& at(Entry entry) const { return entries_[entry - first_ + settled_]; }

  Position taken_;
  Position committable_;
  // Lanes are many and mostly idle, and an empty deque takes half a kilobyte.
  std::vector<Pending> entries_;
  std::size_t settled_ = 0;  // of entries_, which go some time
  Entry first_ = 0;          // the number of the first that is not
};

}  // namespace kmirror::mirror
