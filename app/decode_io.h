// What `kmirror decode` reads and writes: a file or standard input, and standard output. System
// calls without buffers of their own, errors remembered. One owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace kmirror::app {

class InputFile {
 public:
  InputFile() = default;
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // "-" is standard input.
  void open(const std::string& path);

  // Fills the beginning of `room` and says how far; 0 at the end and after an error.
  std::size_t read(MutableBytes room);

  // Reads what is left, but not more than `limit`.
  Buffer read_all(std::size_t limit = std::numeric_limits<std::size_t>::max());

  // False of pipes and terminals.
  bool can_seek() const { return begin_ >= 0; }
  // The next byte is the one at `position`, counted from where the file was when it was opened.
  void seek(std::uint64_t position);

  // Why it cannot be opened or read; empty if all is well.
  const std::string& error() const { return error_; }

 private:
  int fd_ = -1;
  std::int64_t begin_ = -1;  // of the file; standard input may have been read from before
  std::string error_;
};

class StandardOutput {
 public:
  // A reader that went away is noticed by write(), instead of ending the process.
  StandardOutput();

  // False once nothing can be written any more.
  bool write(std::string_view text);

  // Why nothing can be written; empty if that is only because the reader has seen enough.
  const std::string& error() const { return error_; }

 private:
  bool is_open_ = true;
  std::string error_;
};

}  // namespace kmirror::app
