#include "net/asio/lender.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "net/runtime.h"

namespace kmirror::net {

namespace {

// What the pipe holds, and the most that an unprivileged process may ask for.
constexpr int kPipeBytes = 1 << 20;

constexpr std::size_t kStageBytes = 64 << 10;

// What MSG_NOSIGNAL is to send(2): a connection that is gone ends no process.
ssize_t splice_quietly(int from, int to, std::size_t bytes) {
  sigset_t broken_pipe;
  sigset_t before;
  ::sigemptyset(&broken_pipe);
  ::sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
  const ssize_t moved =
      ::splice(from, nullptr, to, nullptr, bytes, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
  const int error = errno;
  if (moved < static_cast<ssize_t>(bytes)) {  // It may have ended in the midst of them.
    const timespec at_once{};
    ::sigtimedwait(&broken_pipe, nullptr, &at_once);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return moved;
}

}  // namespace

Lender::~Lender() {
  if (read_end_ >= 0) ::close(read_end_);
  if (write_end_ >= 0) ::close(write_end_);
  drop_stage();
}

// Its pages stay for as long as the system refers to them, and nobody can write there any more.
void Lender::drop_stage() {
  if (stage_ != nullptr) ::munmap(stage_, kStageBytes);
  stage_ = nullptr;
}

bool Lender::usable() {
  if (state_ != State::kUnknown) return state_ == State::kUsable;
  state_ = State::kUnusable;
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return false;
  read_end_ = ends[0];
  write_end_ = ends[1];
  if (::fcntl(write_end_, F_SETPIPE_SZ, kPipeBytes) < kPipeBytes) return false;
  state_ = State::kUsable;
  return true;
}

ssize_t Lender::write(int socket, std::span<const ConstBytes> pieces) {
  if (in_pipe_ == 0) {
    const ssize_t filled = fill(pieces);
    if (filled < 0) {
      state_ = State::kUnusable;
      return -1;
    }
    in_pipe_ = static_cast<std::size_t>(filled);
  }
  const ssize_t wrote = splice_quietly(read_end_, socket, in_pipe_);
  if (wrote > 0) in_pipe_ -= static_cast<std::size_t>(wrote);
  if (wrote < 0 && (errno == EINVAL || errno == ENOSYS || errno == EPERM)) {
    state_ = State::kUnusable;  // and what is in the pipe stays there
    in_pipe_ = 0;
  }
  return wrote;
}

// What neither the pipe nor the stage has room for is offered again.
ssize_t Lender::fill(std::span<const ConstBytes> pieces) {
  if (stage_ == nullptr || staged_ > kStageBytes / 2) begin_stage();
  vectors_.clear();
  std::size_t bytes = 0;
  for (const ConstBytes piece : pieces.first(std::min<std::size_t>(pieces.size(), IOV_MAX))) {
    const bool small = piece.size() < kLentBytesMin;
    if (bytes >= kPipeBytes || (small && piece.size() > kStageBytes - staged_)) break;
    bytes += piece.size();
    const ConstBytes from = small ? stage(piece) : piece;
    vectors_.push_back({const_cast<std::uint8_t*>(from.data()), from.size()});
  }
  has_lent_ = true;
  ssize_t filled;
  do {
    filled = ::vmsplice(write_end_, vectors_.data(), vectors_.size(), SPLICE_F_NONBLOCK);
  } while (filled < 0 && errno == EINTR);
  return filled;
}

void Lender::begin_stage() {
  drop_stage();
  void* const pages =
      ::mmap(nullptr, kStageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  stage_ = static_cast<std::uint8_t*>(pages);
  staged_ = 0;
}

ConstBytes Lender::stage(ConstBytes piece) {
  const MutableBytes to(stage_ + staged_, piece.size());
  std::ranges::copy(piece, to.begin());
  staged_ += piece.size();
  return to;
}

}  // namespace kmirror::net
