// What `kmirror decode` would print: lines, each of which has to be JSON, and sentences about what
// is wrong, in their order. One owner.
#pragma once

#include <string>

#include "protocol/dump/dump_output.h"

namespace kmirror::fuzz {

class Dumped {
 public:
  // Refers to this object. More than a mebibyte is not taken: as if nobody read it any more.
  protocol::DumpOutput output();

  const std::string& text() const { return text_; }

 private:
  bool write(std::string_view lines);

  std::string text_;
};

}  // namespace kmirror::fuzz
