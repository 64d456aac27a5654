// What `kmirror decode` would print: lines, and sentences about what is wrong. One owner.
#pragma once

#include <string>

#include "protocol/dump/dump_output.h"

namespace kmirror::fuzz {

class Dumped {
 public:
  // Refers to this object. More than a mebibyte is not taken: as if nobody read it any more.
  protocol::DumpOutput output();

  // All of it, in its order.
  const std::string& text() const { return text_; }

  // Each line has to be JSON.
  void check_lines() const;

 private:
  std::string text_;
  std::string lines_;
};

}  // namespace kmirror::fuzz
