#include "app/decode_io.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace kmirror::app {

InputFile::~InputFile() {
  if (fd_ > STDIN_FILENO) ::close(fd_);
}

void InputFile::open(const std::string& path) {
  fd_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) {
    error_ = fmt::format("cannot be opened: {}", std::strerror(errno));
  } else {
    begin_ = ::lseek(fd_, 0, SEEK_CUR);
  }
}

std::size_t InputFile::read(MutableBytes room) {
  while (error_.empty()) {
    const ssize_t got = ::read(fd_, room.data(), room.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) error_ = fmt::format("cannot be read: {}", std::strerror(errno));
  }
  return 0;
}

Buffer InputFile::read_all(std::size_t limit) {
  constexpr std::size_t kStepBytes = 64 << 10;
  Buffer bytes;
  // A file's size spares copies, but is not believed: it may change, may be of holes, and a pipe
  // has none.
  constexpr std::size_t kMaxReserved = 1 << 30;
  struct stat file = {};
  const bool is_file = ::fstat(fd_, &file) == 0 && S_ISREG(file.st_mode);
  if (is_file)
    bytes.reserve(
        std::min({limit, static_cast<std::size_t>(file.st_size) + kStepBytes, kMaxReserved}));
  std::size_t size = 0;
  for (std::size_t got = 1; got > 0 && size < limit; size += got) {
    bytes.resize(size + std::min(kStepBytes, limit - size));
    got = read(MutableBytes(bytes).subspan(size));
  }
  bytes.resize(size);
  return bytes;
}

void InputFile::seek(std::uint64_t position) {
  if (::lseek(fd_, begin_ + static_cast<std::int64_t>(position), SEEK_SET) < 0) {
    error_ = fmt::format("cannot be read from byte {}: {}", position, std::strerror(errno));
  }
}

StandardOutput::StandardOutput() {
  std::signal(SIGPIPE, SIG_IGN);
}

bool StandardOutput::write(std::string_view text) {
  while (is_open_ && !text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      is_open_ = false;
      if (errno != EPIPE) error_ = fmt::format("cannot be written: {}", std::strerror(errno));
    }
  }
  return is_open_;
}

}  // namespace kmirror::app
